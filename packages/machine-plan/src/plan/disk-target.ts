import { launcherPaths, type Disk, type VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { Disk as MachineDisk } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import { pciAddress } from './pci.ts';

/** How the guest sees a disk. */
export type DiskTarget = Pick<
  MachineDisk,
  'device' | 'bus' | 'readOnly' | 'trayOpen' | 'pciAddress' | 'reservationsSocket'
>;

const buses = ['virtio', 'sata', 'scsi', 'usb'] as const;

/** KubeVirt: the socket of the helper that carries out persistent reservations. */
const reservationsSocket = `${launcherPaths.public}/daemons/pr/pr-helper.sock`;

/** The bus that a disk names, or else its architecture's. */
export function diskBusOf(disk: Disk, { architecture }: VirtualMachineInstanceSpec): string {
  const preferred = architecture === 'arm64' || architecture === 's390x' ? 'virtio' : 'sata';
  return (disk.disk ?? disk.lun ?? disk.cdrom)?.bus || preferred;
}

/** Kind, bus and place. @throws PlanError `unsupported` for a bus that there is not, `invalid` for an impossible place */
export function planTarget(disk: Disk, spec: VirtualMachineInstanceSpec, field: string): DiskTarget {
  if (disk.cdrom !== undefined) {
    const { readonly = true, tray } = disk.cdrom;
    const bus = known(diskBusOf(disk, spec), `${field}.cdrom.bus`);
    return { device: 'cdrom', bus, readOnly: readonly, ...(tray === 'open' && { trayOpen: true }) };
  }
  if (disk.lun !== undefined) {
    const { readonly = false, reservation } = disk.lun;
    const bus = known(diskBusOf(disk, spec), `${field}.lun.bus`);
    return { device: 'lun', bus, readOnly: readonly, ...(reservation === true && { reservationsSocket }) };
  }
  const bus = known(diskBusOf(disk, spec), `${field}.disk.bus`);
  const address = disk.disk?.pciAddress;
  if (address && bus !== 'virtio')
    throw new PlanError('invalid', `a disk on ${bus} has no PCI address of its own`, {
      field: `${field}.disk.pciAddress`,
    });
  return {
    device: 'disk',
    bus,
    readOnly: disk.disk?.readonly ?? false,
    ...(address && { pciAddress: pciAddress(address, `${field}.disk.pciAddress`) }),
  };
}

function known(bus: string, field: string): MachineDisk['bus'] {
  const found = buses.find((candidate) => candidate === bus);
  if (found !== undefined) return found;
  throw new PlanError('unsupported', `there is no disk bus ${bus}`, { field });
}
