import { createHash } from 'node:crypto';
import { apiVersionOf, resources, type Service, type ServicePort } from '@virtkit/core-types';
import { defined } from './attachment.ts';

/** Label of the Pod of each instance, by which a Service finds it. */
export const instanceIdLabel = 'vmi.kubevirt.io/id';

/** Longest value of a label, in characters. */
const longestLabel = 63;
const hashLength = 8;

/**
 * The value of {@link instanceIdLabel} for an instance: its name, shortened with a hash when it does not fit a label
 * (KubeVirt launcher Pod labels).
 */
export function instanceId(name: string): string {
  if (name.length <= longestLabel) return name;
  const hash = createHash('sha1').update(name).digest('hex').slice(0, hashLength);
  return `${name.slice(0, longestLabel - 1 - hashLength)}-${hash}`;
}

/** Which ports of which machine, and how far they are offered. */
export interface MachineServiceOptions {
  /** Name of the machine or instance. */
  readonly machine: string;
  /** Name of the Service; the machine's when absent. */
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Ports of the guest by number, or in full. Several ports given by number are named `port-1`, `port-2`, ... */
  readonly ports: readonly (number | ServicePort)[];
  /** `ClusterIP` when absent. */
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | undefined;
}

/** The manifest of a Service that leads to ports of a machine, whichever run of it is the present one. */
export function machineService(options: MachineServiceOptions): Service {
  const { machine, namespace, labels, ports, type = 'ClusterIP' } = options;
  return {
    apiVersion: apiVersionOf(resources.services),
    kind: resources.services.kind,
    metadata: defined({
      name: options.name ?? machine,
      namespace,
      labels: labels === undefined ? undefined : { ...labels },
    }),
    spec: {
      type,
      selector: { [instanceIdLabel]: instanceId(machine) },
      ports: ports.map((port, index) =>
        typeof port === 'object'
          ? port
          : defined({
              name: ports.length > 1 ? `port-${index + 1}` : undefined,
              port,
              protocol: 'TCP',
              targetPort: port,
            }),
      ),
    },
  };
}
