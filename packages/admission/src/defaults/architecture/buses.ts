import type { SpecFill } from '../fill.ts';

/** The bus of disks, CD-ROM drives and LUNs that name none. */
export function fillBuses(bus: string): SpecFill {
  return ({ domain: { devices } }) => {
    for (const { disk, cdrom, lun } of devices.disks ?? []) {
      for (const target of [disk, cdrom, lun]) if (target !== undefined) target.bus ||= bus;
    }
  };
}
