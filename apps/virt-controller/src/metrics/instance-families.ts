// Metrics of VirtualMachineInstances, by KubeVirt's names and labels.
import {
  getCondition,
  annotations,
  labels,
  Quantity,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import type { MetricFamily, Sample } from '@virtkit/program';
import type { ClusterContents } from './cluster-contents.ts';
import { interfaceLabels } from './interface-labels.ts';
import { referenceName } from './reference-name.ts';

/** Annotations by which users and templates tell what a machine is for. */
export const descriptions = {
  os: 'vm.kubevirt.io/os',
  workload: 'vm.kubevirt.io/workload',
  flavor: 'vm.kubevirt.io/flavor',
} as const;

/** Metrics of instances, from the stores of virt-controller. */
export const instanceFamilies: readonly MetricFamily<ClusterContents>[] = [
  {
    name: 'kubevirt_vmi_info',
    type: 'gauge',
    help: 'One for each VirtualMachineInstance, with what it is in the labels.',
    samples: (contents) =>
      contents.instances.map((instance) => ({ labels: infoLabels(instance, contents), value: 1 })),
  },
  {
    name: 'kubevirt_vmi_number_of_outdated',
    type: 'gauge',
    help: 'VirtualMachineInstances whose launcher is not of the present image.',
    samples: ({ instances }) => [{ value: instances.filter(isOutdated).length }],
  },
  {
    name: 'kubevirt_vmi_non_evictable',
    type: 'gauge',
    help: 'Whether an instance is to be migrated when its node is drained, but cannot be (1).',
    samples: (contents) =>
      contents.instances.map((instance) => ({
        labels: placed(instance),
        value: isEvictable(instance, contents) ? 0 : 1,
      })),
  },
  {
    name: 'kubevirt_vmi_status_addresses',
    type: 'gauge',
    help: 'One for each interface that an instance has been seen with.',
    samples: ({ instances }) => instances.flatMap(addresses),
  },
  {
    name: 'kubevirt_vmi_vnic_info',
    type: 'gauge',
    help: 'One for each interface of an instance on the network of Pods or of Multus.',
    *samples({ instances }) {
      for (const instance of instances)
        for (const one of interfaceLabels(instance.spec))
          yield { labels: { ...named(instance), ...one }, value: 1 };
    },
  },
  {
    name: 'kubevirt_vmi_launcher_memory_overhead_bytes',
    type: 'gauge',
    help: 'What the launcher of an instance needs beside the memory of the guest.',
    *samples({ instances }) {
      for (const instance of instances) {
        const overhead = instance.status?.memory?.memoryOverhead;
        if (overhead !== undefined)
          yield { labels: named(instance), value: Quantity.parse(overhead).toNumber() };
      }
    },
  },
];

function infoLabels(instance: VirtualMachineInstance, contents: ClusterContents): Sample['labels'] {
  const { metadata, status } = instance;
  const { annotations: notes = {} } = metadata;
  const guest = status?.guestOSInfo;
  const reference = (
    role: 'instancetype' | 'preference',
    local: string,
    cluster: string,
  ): string | undefined => {
    const [inNamespace, anywhere] = [notes[local], notes[cluster]];
    if (inNamespace !== undefined) return referenceName(contents, role, metadata.namespace, inNamespace);
    return anywhere === undefined ? undefined : referenceName(contents, role, undefined, anywhere);
  };
  return {
    ...placed(instance),
    phase: (status?.phase ?? '').toLowerCase(),
    os: notes[descriptions.os],
    workload: notes[descriptions.workload],
    flavor: notes[descriptions.flavor],
    instance_type: reference(
      'instancetype',
      annotations.instancetypeName,
      annotations.clusterInstancetypeName,
    ),
    preference: reference('preference', annotations.preferenceName, annotations.clusterPreferenceName),
    guest_os_kernel_release: guest?.kernelRelease,
    guest_os_machine: status?.machine?.type,
    guest_os_arch: guest?.machine,
    guest_os_name: guest?.name,
    guest_os_version_id: guest?.versionId,
    evictable: String(isEvictable(instance, contents)),
    outdated: String(isOutdated(instance)),
    vmi_pod: launcherName(instance, contents),
  };
}

function named({ metadata }: VirtualMachineInstance): Record<'namespace' | 'name', string | undefined> {
  return { namespace: metadata.namespace, name: metadata.name };
}

function placed(instance: VirtualMachineInstance): Record<'node' | 'namespace' | 'name', string | undefined> {
  return { node: instance.status?.nodeName, ...named(instance) };
}

function isOutdated({ metadata }: VirtualMachineInstance): boolean {
  return metadata.labels?.[labels.outdatedLauncherImage] !== undefined;
}

/** Whether a drain of its node does not have to wait for it: its strategy does not want a migration, or it can be migrated. */
function isEvictable({ spec, status }: VirtualMachineInstance, { configuration }: ClusterContents): boolean {
  const strategy = spec.evictionStrategy ?? configuration.values.evictionStrategy;
  return strategy !== 'LiveMigrate' || getCondition(status?.conditions, 'LiveMigratable')?.status === 'True';
}

/** The Pod that runs the guest now. */
function launcherName(
  { metadata, status }: VirtualMachineInstance,
  contents: ClusterContents,
): string | undefined {
  return contents
    .launcherPods(metadata.uid ?? '')
    .find((pod) => pod.status?.phase === 'Running' && pod.spec.nodeName === status?.nodeName)?.metadata.name;
}

function addresses(instance: VirtualMachineInstance): Sample[] {
  return (instance.status?.interfaces ?? []).map(({ name, interfaceName, ipAddress }) => ({
    labels: {
      ...placed(instance),
      vnic_name: name,
      interface_name: interfaceName,
      address: ipAddress,
      type: ipAddress ? 'ExternalInterface' : 'SystemInterface',
    },
    value: 1,
  }));
}
