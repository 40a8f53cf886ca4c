import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { ownCopy, type SpecFill } from '../fill.ts';

/** D1-9: a disk for each volume that is neither a disk nor a file system. What kind of disk is not said yet. */
export const fillMissingDisks: SpecFill = (spec) => addMissingDisks(spec);

function addMissingDisks({ volumes = [], domain: { devices } }: VirtualMachineInstanceSpec): void {
  const shown = new Set([...(devices.disks ?? []), ...(devices.filesystems ?? [])].map(({ name }) => name));
  const missing = volumes
    .filter((volume) => !shown.has(volume.name))
    .map((volume) => ({ name: volume.name }));
  if (missing.length > 0) devices.disks = [...(devices.disks ?? []), ...missing];
}

/** The spec with D1-9 alone, for those who need it before the other defaults. */
export function withMissingDisks(spec: VirtualMachineInstanceSpec): VirtualMachineInstanceSpec {
  const complete = ownCopy(spec);
  addMissingDisks(complete);
  return complete;
}
