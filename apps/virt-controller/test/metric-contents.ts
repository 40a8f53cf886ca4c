import { clusterConfiguration } from '@virtkit/admission';
import type {
  KubernetesObject,
  KubeVirt,
  PersistentVolumeClaim,
  Pod,
  VirtualMachine,
  VirtualMachineInstance,
} from '@virtkit/core-types';
import type { MetricFamily, Sample } from '@virtkit/program';
import type { ClusterContents } from '../src/metrics/cluster-contents.ts';
import { instanceFamilies } from '../src/metrics/instance-families.ts';
import { labelFilter } from '../src/metrics/label-filter.ts';
import { machineFamilies } from '../src/metrics/machine-families.ts';
import { machine } from './test-cluster.ts';

/** Families of virt-controller by name. */
export const families = new Map(
  [...machineFamilies, ...instanceFamilies].map((family): [string, MetricFamily<ClusterContents>] => [
    family.name,
    family,
  ]),
);

const vendor = (name: string): KubernetesObject => ({
  apiVersion: 'instancetype.kubevirt.io/v1beta1',
  kind: 'VirtualMachineClusterInstancetype',
  metadata: { name, labels: { 'instancetype.kubevirt.io/vendor': 'kubevirt.io' } },
});

export interface Contents {
  machines?: VirtualMachine[];
  instances?: VirtualMachineInstance[];
  pods?: Pod[];
  claims?: PersistentVolumeClaim[];
  kubeVirt?: KubeVirt;
  labels?: Record<string, string>;
}

/** What a family tells of these contents, one line for each sample, without labels that are empty. */
export function told(name: string, contents: Contents): string[] {
  const { machines = [], instances = [], pods = [], claims = [], kubeVirt, labels } = contents;
  const samples: Iterable<Sample> = families.get(name)!.samples({
    machines: machines.map((one) => ({ machine: one, spec: one.spec.template.spec })),
    instances,
    configuration: clusterConfiguration(kubeVirt),
    launcherPods: () => pods,
    claim: (_namespace, claim) => claims.find(({ metadata }) => metadata.name === claim),
    referenced: (_role, _namespace, reference) =>
      reference.startsWith('u1') ? vendor(reference) : undefined,
    labels: labelFilter(labels),
  });
  return [...samples].map(({ labels: given = {}, value }) => {
    const present = Object.entries(given).filter(([, text]) => text);
    return `${present.map(([key, text]) => `${key}=${text}`).join(' ')} ${value}`.trim();
  });
}

export function vm(
  status: VirtualMachine['status'] = {},
  changes: Partial<VirtualMachine['spec']> = {},
): VirtualMachine {
  return { ...machine('web', changes), status };
}

export function withTemplate(change: (template: VirtualMachine['spec']['template']) => void): VirtualMachine {
  const changed = structuredClone(machine('web'));
  change(changed.spec.template);
  return changed;
}

export function vmi(
  status: VirtualMachineInstance['status'] = {},
  metadata: VirtualMachineInstance['metadata'] = {},
): VirtualMachineInstance {
  const { spec } = machine('web').spec.template;
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'web', namespace: 'default', uid: 'u', ...metadata },
    spec: spec!,
    status,
  };
}

export const launcher = (phase: 'Running' | 'Failed'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `virt-launcher-${phase.toLowerCase()}` },
  spec: { nodeName: 'n1', containers: [] },
  status: { phase },
});

export const web = 'name=web namespace=default';
