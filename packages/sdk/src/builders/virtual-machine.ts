import {
  apiVersionOf,
  resources,
  type CPU,
  type DomainSpec,
  type Port,
  type RunStrategy,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import { ApiError } from '../errors.ts';
import { cloudInitDisk, containerDisk, defined, type Attachment, type CloudInit } from './attachment.ts';

/** Annotation that chooses the hypervisor of a machine. */
export const hypervisorAnnotation = 'virtkit.dev/hypervisor';

/** A common virtual machine. What is not covered is added to the manifest, which is a plain object. */
export interface VirtualMachineInstanceOptions {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Guest memory as a quantity, for example `512Mi`. */
  readonly memory: string;
  /** Number of cores, or a topology; 1 core when absent. */
  readonly cpu?: number | CPU | undefined;
  /** Image reference of the first disk. */
  readonly containerDisk?: string | undefined;
  /** User data as a string, or more. */
  readonly cloudInit?: string | CloudInit | undefined;
  /** More disks, in the order in which the guest finds them, after the container disk and before cloud-init. */
  readonly disks?: readonly Attachment[] | undefined;
  /** How the guest joins the Pod's network; `masquerade` when absent. */
  readonly network?: 'masquerade' | 'bridge' | 'passt' | 'none' | undefined;
  /** Ports that reach the guest; all when absent. */
  readonly ports?: readonly (number | Port)[] | undefined;
  /** For example `kvm-qemu` or `mock`; the platform's default when absent. */
  readonly hypervisor?: string | undefined;
  readonly hostname?: string | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  /** Seconds that the guest has to shut down. */
  readonly terminationGracePeriodSeconds?: number | undefined;
}

/** As {@link VirtualMachineInstanceOptions}, and when it is to run. */
export interface VirtualMachineOptions extends VirtualMachineInstanceOptions {
  /** `Always` when absent. */
  readonly runStrategy?: RunStrategy | undefined;
}

/**
 * The manifest of a VirtualMachine. Labels go to the machine and to its instances; annotations go to the machine, the
 * hypervisor's to the instances.
 *
 * @throws ApiError `invalid` when two disks have one name
 */
export function virtualMachine(options: VirtualMachineOptions): VirtualMachine {
  const { name, namespace, labels, annotations, hypervisor } = options;
  return {
    apiVersion: apiVersionOf(resources.virtualMachines),
    kind: resources.virtualMachines.kind,
    metadata: defined({ name, namespace, labels: copy(labels), annotations: copy(annotations) }),
    spec: {
      runStrategy: options.runStrategy ?? 'Always',
      template: {
        metadata: defined({ labels: copy(labels), annotations: hypervisorAnnotations(hypervisor) }),
        spec: instanceSpec(options),
      },
    },
  };
}

/**
 * The manifest of a VirtualMachineInstance: one run, which nothing restarts.
 *
 * @throws ApiError `invalid` when two disks have one name
 */
export function virtualMachineInstance(options: VirtualMachineInstanceOptions): VirtualMachineInstance {
  const { name, namespace, labels } = options;
  const annotations = { ...options.annotations, ...hypervisorAnnotations(options.hypervisor) };
  return {
    apiVersion: apiVersionOf(resources.virtualMachineInstances),
    kind: resources.virtualMachineInstances.kind,
    metadata: defined({
      name,
      namespace,
      labels: copy(labels),
      annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
    }),
    spec: instanceSpec(options),
  };
}

function instanceSpec(options: VirtualMachineInstanceOptions): VirtualMachineInstanceSpec {
  const attachments = attachmentsOf(options);
  const { hostname, nodeSelector, terminationGracePeriodSeconds } = options;
  return defined({
    domain: domain(options, attachments),
    networks: options.network === 'none' ? undefined : [{ name: 'default', pod: {} }],
    volumes: attachments.map(({ volume }) => volume),
    hostname,
    nodeSelector: copy(nodeSelector),
    terminationGracePeriodSeconds,
  });
}

function domain(options: VirtualMachineInstanceOptions, attachments: readonly Attachment[]): DomainSpec {
  const { cpu = 1 } = options;
  return {
    cpu: typeof cpu === 'number' ? { cores: cpu } : cpu,
    memory: { guest: options.memory },
    devices: {
      disks: attachments.map(({ disk }) => disk),
      ...network(options),
      rng: {},
    },
  };
}

function network(options: VirtualMachineInstanceOptions): Partial<DomainSpec['devices']> {
  const { network: binding = 'masquerade', ports } = options;
  // Without this an instance that names no interface gets one.
  if (binding === 'none') return { autoattachPodInterface: false };
  const list = ports?.map((port) => (typeof port === 'number' ? { port } : port));
  // KubeVirt's field `passt` is another, which it took away.
  const field = binding === 'passt' ? 'passtBinding' : binding;
  return { interfaces: [defined({ name: 'default', [field]: {}, ports: list })] };
}

function attachmentsOf(options: VirtualMachineInstanceOptions): Attachment[] {
  const { cloudInit } = options;
  const attachments = [
    ...(options.containerDisk === undefined ? [] : [containerDisk(options.containerDisk)]),
    ...(options.disks ?? []),
    ...(cloudInit === undefined
      ? []
      : [cloudInitDisk(typeof cloudInit === 'string' ? { userData: cloudInit } : cloudInit)]),
  ];
  const names = new Set<string>();
  for (const { volume } of attachments) {
    if (names.has(volume.name)) {
      throw new ApiError('invalid', `two disks of ${options.name} have the name "${volume.name}"`, {
        fields: [{ field: 'disks', message: `duplicate name ${volume.name}` }],
      });
    }
    names.add(volume.name);
  }
  return attachments;
}

function hypervisorAnnotations(hypervisor: string | undefined): Record<string, string> | undefined {
  return hypervisor === undefined ? undefined : { [hypervisorAnnotation]: hypervisor };
}

function copy(record: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  return record === undefined ? undefined : { ...record };
}
