import { resources, VirtualMachineRestoreSchema, type VirtualMachineRestore } from '@virtkit/core-types';
import { denialOf } from '../../validation/denial.ts';
import { isOtherMachine, restoreFindings, type RestoreTarget } from '../../validation/index.ts';
import { readableStored, readObject, resourceOf, type KindAdmission } from '../kind.ts';
import { LookUpFailure, lookUp } from '../look-up.ts';
import type { AdmissionLookups } from '../lookups.ts';
import { nameOf, namespaceOf, type AdmissionRequest } from '../request.ts';

const writes = ['CREATE', 'UPDATE'] as const;

/** Restores of machines from snapshots. */
export const restores: KindAdmission = {
  resource: resourceOf(resources.virtualMachineRestores),
  validates: writes,
  async validate(request, { configuration, lookups }) {
    const read = readObject(VirtualMachineRestoreSchema, request.object);
    if (!read.ok) return denialOf(read.findings);
    const before = readableStored(VirtualMachineRestoreSchema, request.oldObject);
    const creating = request.operation === 'CREATE';
    return denialOf(
      restoreFindings({
        restore: read.value,
        before,
        target: creating
          ? await targetOf(read.value, namespaceOf(request), lookups)
          : { state: 'no-snapshot' },
        others: creating ? await othersOf(request, lookups) : [],
        configuration,
      }),
    );
  },
};

async function targetOf(
  { spec }: VirtualMachineRestore,
  namespace: string,
  lookups: AdmissionLookups,
): Promise<RestoreTarget> {
  try {
    const snapshot = await lookUp(() => lookups.snapshot(namespace, spec.virtualMachineSnapshotName));
    if (snapshot === undefined) return { state: 'no-snapshot' };
    const machine = await lookUp(() => lookups.machine(namespace, spec.target.name));
    const uid = machine?.metadata.uid;
    const name = snapshot.status?.virtualMachineSnapshotContentName ?? '';
    const needed = name !== '' && isOtherMachine(snapshot, uid);
    const content = needed ? await lookUp(() => lookups.snapshotContent(namespace, name)) : undefined;
    return { state: 'known', snapshot, uid, content };
  } catch (failure) {
    if (failure instanceof LookUpFailure) return { state: 'unknown', message: failure.message };
    throw failure;
  }
}

async function othersOf(request: AdmissionRequest, lookups: AdmissionLookups) {
  const all = await lookUp(() => lookups.restores(namespaceOf(request)));
  return all.filter(({ metadata }) => metadata.name !== nameOf(request));
}
