import { clusterConfiguration, type ClusterConfiguration } from '@virtkit/admission';
import type { Container, KubeVirt, Pod, VirtualMachineInstance } from '@virtkit/core-types';
import { renderPod, type LauncherFacts } from '../../../src/index.ts';
import { instanceOf } from '../../builders.ts';

export const launcherImage = 'virtkit.dev/virt-launcher:0.1.0';

type Spec = VirtualMachineInstance['spec'];
type Configuration = NonNullable<NonNullable<KubeVirt['spec']>['configuration']>;

/** The configuration of a cluster whose KubeVirt object says this, without the container for the console's log. */
export function configured(
  configuration: Configuration = {},
  annotations: Record<string, string> = {},
): ClusterConfiguration {
  return clusterConfiguration({
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { name: 'kubevirt', namespace: 'kubevirt', annotations },
    spec: {
      configuration: { virtualMachineOptions: { disableSerialConsoleLog: {} }, ...configuration },
    },
  });
}

/** Feature gates that are on. */
export function gated(...featureGates: string[]): ClusterConfiguration {
  return configured({ developerConfiguration: { featureGates } });
}

/** What a test changes of an instance with 1Gi of memory. */
export interface Change {
  readonly spec?: Partial<Spec>;
  readonly domain?: Partial<Spec['domain']>;
  readonly devices?: Spec['domain']['devices'];
  readonly metadata?: VirtualMachineInstance['metadata'];
  readonly status?: VirtualMachineInstance['status'];
  readonly configuration?: ClusterConfiguration;
  readonly facts?: LauncherFacts;
}

/** The Pod of the instance. */
export function podWith(change: Change = {}): Pod {
  const domain: Spec['domain'] = {
    memory: { guest: '1Gi' },
    devices: change.devices ?? {},
    ...change.domain,
  };
  const instance = instanceOf(
    { phase: 'Pending', runtimeUser: 107, ...change.status },
    change.metadata ?? {},
    { architecture: 'amd64', ...change.spec, domain },
  );
  return renderPod(instance, {
    configuration: change.configuration ?? configured(),
    launcherImage,
    facts: change.facts ?? {},
  });
}

/** One of the Pod's containers or init containers. */
export function containerOf(pod: Pod, name: string): Container | undefined {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((one) => one.name === name);
}

/** The launcher's container. */
export function computeOf(pod: Pod): Container {
  const [compute] = pod.spec.containers;
  if (compute === undefined) throw new Error('the Pod has no container');
  return compute;
}
