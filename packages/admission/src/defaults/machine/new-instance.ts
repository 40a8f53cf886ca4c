import {
  annotations,
  finalizers,
  type ObjectMeta,
  type OwnerReference,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import {
  applyAutoattachPreferences,
  applyReferences,
  defaultInputDevice,
  isClusterKind,
  referencedKind,
  type ReferencedSpecs,
} from '../../instancetype/index.ts';
import { refused as refusedWhole, required, type Finding } from '../../validation/finding.ts';
import { withFinalizer } from '../finalizers.ts';
import { withMissingDisks } from '../spec/disks.ts';
import { networkRefusal, withDefaultNetwork } from '../spec/network.ts';
import { legacyFirmwareUuid } from './firmware-identity.ts';

/** What a start of a virtual machine needs beside the machine. */
export interface NewInstanceInput {
  readonly configuration: ClusterConfiguration;
  /** Name of the ControllerRevision that keeps the machine's spec as it is started. */
  readonly revisionName: string;
  /** What the machine refers to. Default: nothing. */
  readonly references?: ReferencedSpecs;
}

/** The instance to create, or why there can be none. */
export type NewInstance =
  | { readonly ok: true; readonly instance: VirtualMachineInstance }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * The instance that a start of the machine creates (KubeVirt defaulting, what the VM controller does): the template, not the
 * machine's own labels and annotations, with disks, the devices that are attached by themselves, a network, instance type and
 * preference. Everything else is filled in when the instance is created. The machine has a name and a uid.
 */
export function newInstanceOf(
  machine: VirtualMachine,
  { configuration, revisionName, references = {} }: NewInstanceInput,
): NewInstance {
  const { template } = machine.spec;
  if (template.spec === undefined) {
    return refused({ rule: 'VM-01', ...required('spec.template', 'a template describes an instance') });
  }
  const attached = withAttachedDevices(startedSpec(machine, template.spec), references);
  const refusal = networkRefusal(attached, configuration);
  if (refusal !== undefined) return refused({ rule: 'D1-8', ...refusedWhole(400, refusal) });
  const metadata = instanceMetadata(machine);
  const applied = applyReferences(
    { spec: withDefaultNetwork(attached, configuration), annotations: metadata.annotations },
    references,
    'spec.template.spec',
  );
  if (!applied.ok) return { ok: false, findings: applied.conflicts };
  const instance: VirtualMachineInstance = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { ...metadata, annotations: { ...applied.target.annotations, ...referenceNames(machine) } },
    spec: applied.target.spec,
    status: { virtualMachineRevisionName: revisionName },
  };
  return { ok: true, instance };
}

/** Whether the first request that waits is a start that leaves the guest paused. */
export function startsPaused({ status }: VirtualMachine): boolean {
  const request = status?.stateChangeRequests?.[0];
  return request?.action === 'Start' && request.data?.['paused'] === 'true';
}

function startedSpec(machine: VirtualMachine, spec: VirtualMachineInstanceSpec): VirtualMachineInstanceSpec {
  const { firmware } = spec.domain;
  const uuid = firmware?.uuid || legacyFirmwareUuid(machine.metadata.name ?? '');
  return withMissingDisks({
    ...withoutCompletedDump(machine, spec),
    ...(startsPaused(machine) && { startStrategy: 'Paused' }),
    domain: { ...spec.domain, firmware: { ...firmware, uuid } },
  });
}

/** A dump that is complete is not made again when the machine starts anew. */
function withoutCompletedDump(
  { status }: VirtualMachine,
  spec: VirtualMachineInstanceSpec,
): VirtualMachineInstanceSpec {
  const dump = status?.memoryDumpRequest;
  if (dump?.phase !== 'Completed' || spec.volumes === undefined) return spec;
  return { ...spec, volumes: spec.volumes.filter(({ name }) => name !== dump.claimName) };
}

function withAttachedDevices(
  spec: VirtualMachineInstanceSpec,
  { preference }: ReferencedSpecs,
): VirtualMachineInstanceSpec {
  return defaultInputDevice(preference === undefined ? spec : applyAutoattachPreferences(spec, preference));
}

function instanceMetadata(machine: VirtualMachine): ObjectMeta {
  const { metadata, spec } = machine;
  const { generateName: _generateName, ...given } = spec.template.metadata ?? {};
  const receives = spec.runStrategy === 'WaitAsReceiver';
  return withFinalizer(
    {
      ...given,
      name: metadata.name,
      namespace: metadata.namespace,
      annotations: {
        ...given.annotations,
        [annotations.machineGeneration]: String(metadata.generation ?? 0),
        ...(receives && { [annotations.createMigrationTarget]: 'true' }),
      },
      ownerReferences: [ownerReference(machine)],
    },
    finalizers.machine,
  );
}

function ownerReference({ metadata: { name = '', uid = '' } }: VirtualMachine): OwnerReference {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The annotations that name what an instance was made from. */
const nameKeys = {
  instancetype: { cluster: annotations.clusterInstancetypeName, namespaced: annotations.instancetypeName },
  preference: { cluster: annotations.clusterPreferenceName, namespaced: annotations.preferenceName },
} as const;

/** The names of what the machine refers to, as annotations that tell cluster-wide kinds from others. */
function referenceNames({ spec }: VirtualMachine): Record<string, string> {
  const names: Record<string, string> = {};
  for (const role of ['instancetype', 'preference'] as const) {
    const matcher = spec[role];
    if (!matcher?.name) continue;
    const kind = referencedKind(role, matcher.kind);
    const scope = kind !== undefined && isClusterKind(kind) ? 'cluster' : 'namespaced';
    names[nameKeys[role][scope]] = matcher.name;
  }
  return names;
}

function refused(finding: Finding): NewInstance {
  return { ok: false, findings: [finding] };
}
