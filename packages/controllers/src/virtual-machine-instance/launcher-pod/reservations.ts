import type { VirtualMachineInstance } from '@virtkit/core-types';
import { claimOf, type LauncherFacts } from './facts.ts';

/** Labels of the claims on which the guest may reserve the disk for itself (SCSI persistent reservation). */
export function reservationLabels(
  { spec }: VirtualMachineInstance,
  { claims }: LauncherFacts,
): Record<string, string> {
  const reserving = new Set(
    (spec.domain.devices.disks ?? []).filter(({ lun }) => lun?.reservation === true).map(({ name }) => name),
  );
  const uids = (spec.volumes ?? [])
    .filter(({ name }) => reserving.has(name))
    .map((volume) => claims?.get(claimOf(volume) ?? '')?.uid)
    .filter((uid) => uid !== undefined);
  return Object.fromEntries(uids.map((uid) => [`pr.kubevirt.io/${uid}`, '']));
}
