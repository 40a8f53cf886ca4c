// Metrics of VirtualMachines, by KubeVirt's names and labels.
import { referencedKind, isClusterKind } from '@virtkit/admission';
import type { VirtualMachine } from '@virtkit/core-types';
import { labelName, type MetricFamily, type Sample } from '@virtkit/program';
import type { ClusterContents, ObservedMachine } from './cluster-contents.ts';
import { descriptions } from './instance-families.ts';
import { interfaceLabels } from './interface-labels.ts';
import { referenceName } from './reference-name.ts';
import { diskSizes, resourceLimits, resourceRequests } from './resource-samples.ts';
import { lastTransition, statusGroup, statusGroups, type StatusGroup } from './status-group.ts';

/** A family with the labels of the machine on each of its samples. */
function perMachine(
  head: Pick<MetricFamily<ClusterContents>, 'name' | 'help'> & { readonly type?: 'counter' },
  samples: (observed: ObservedMachine, contents: ClusterContents) => Iterable<Sample>,
): MetricFamily<ClusterContents> {
  return {
    type: 'gauge',
    ...head,
    *samples(contents) {
      for (const observed of contents.machines) {
        const { name, namespace } = observed.machine.metadata;
        for (const { labels, value } of samples(observed, contents))
          yield { labels: { name, namespace, ...labels }, value };
      }
    },
  };
}

/** Metrics of machines, from the stores of virt-controller. */
export const machineFamilies: readonly MetricFamily<ClusterContents>[] = [
  perMachine(
    { name: 'kubevirt_vm_info', help: 'One for each VirtualMachine, with what it is in the labels.' },
    ({ machine }, contents) => [{ labels: infoLabels(machine, contents), value: 1 }],
  ),
  ...statusGroups.map((group) =>
    perMachine(
      {
        name: `kubevirt_vm_${group}_status_last_transition_timestamp_seconds`,
        // KubeVirt says so, although the value is a time that goes back to 0.
        type: 'counter',
        help: `When a machine whose status is in the group "${group}" came to its status; 0 for all others.`,
      },
      ({ machine }) => [{ value: groupOf(machine) === group ? lastTransition(machine) : 0 }],
    ),
  ),
  perMachine(
    { name: 'kubevirt_vm_create_date_timestamp_seconds', help: 'When a machine was created.' },
    ({ machine }) => timestampSamples(machine.metadata.creationTimestamp),
  ),
  perMachine(
    {
      name: 'kubevirt_vm_vnic_info',
      help: 'One for each interface of a machine on the network of Pods or of Multus.',
    },
    ({ spec }) => (spec === undefined ? [] : interfaceLabels(spec).map((labels) => ({ labels, value: 1 }))),
  ),
  perMachine(
    {
      name: 'kubevirt_vm_resource_requests',
      help: 'Memory and CPUs that a machine asks for, and where that is said.',
    },
    ({ spec }) => (spec === undefined ? [] : resourceRequests(spec)),
  ),
  perMachine(
    { name: 'kubevirt_vm_resource_limits', help: 'Most memory and CPU time that a machine may use.' },
    ({ spec }) => (spec === undefined ? [] : resourceLimits(spec)),
  ),
  perMachine(
    { name: 'kubevirt_vm_disk_allocated_size_bytes', help: 'What the claims of a machine’s disks ask for.' },
    ({ machine }, { claim }) => diskSizes(machine, claim),
  ),
  perMachine(
    { name: 'kubevirt_vm_labels', help: 'One for each machine, with the labels that administrators chose.' },
    ({ machine }, { labels }) => chosenLabels(machine, labels),
  ),
];

function infoLabels(machine: VirtualMachine, contents: ClusterContents): Sample['labels'] {
  const { spec, status } = machine;
  const notes = spec.template.metadata?.annotations ?? {};
  return {
    os: notes[descriptions.os],
    workload: notes[descriptions.workload],
    flavor: notes[descriptions.flavor],
    machine_type: spec.template.spec?.domain.machine?.type,
    instance_type: matcherName(machine, 'instancetype', contents),
    preference: matcherName(machine, 'preference', contents),
    status: status?.printableStatus?.toLowerCase(),
    status_group: statusGroup(status?.printableStatus) ?? '<unknown>',
  };
}

function matcherName(
  { metadata, spec }: VirtualMachine,
  role: 'instancetype' | 'preference',
  contents: ClusterContents,
): string | undefined {
  const matcher = spec[role];
  if (!matcher?.name) return undefined;
  const kind = referencedKind(role, matcher.kind);
  if (kind === undefined) return '<other>';
  return referenceName(contents, role, isClusterKind(kind) ? undefined : metadata.namespace, matcher.name);
}

/** KubeVirt metrics: a status that is in no group counts as an error. */
function groupOf({ status }: VirtualMachine): StatusGroup | undefined {
  return status?.printableStatus === undefined ? undefined : (statusGroup(status.printableStatus) ?? 'error');
}

function timestampSamples(time: string | null | undefined): Sample[] {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? [] : [{ value: milliseconds / 1000 }];
}

function chosenLabels(machine: VirtualMachine, isChosen: ClusterContents['labels']): Sample[] {
  const all = { ...machine.metadata.labels, ...machine.spec.template.metadata?.labels };
  const chosen = Object.entries(all).filter(([key]) => isChosen(key));
  if (chosen.length === 0) return [];
  return [
    {
      labels: Object.fromEntries(chosen.map(([key, value]) => [`label_${labelName(key)}`, value])),
      value: 1,
    },
  ];
}
