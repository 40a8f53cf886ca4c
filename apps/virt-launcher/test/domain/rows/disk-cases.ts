import type { Disk, VirtualMachineInstance } from '@virtkit/core-types';
import type { ImageFact } from '@virtkit/machine-plan';
import type { Case } from '../row.ts';

export type Change = (vmi: VirtualMachineInstance) => void;
export type Domain = VirtualMachineInstance['spec']['domain'];

/** Disks on claims of the same names. */
export const disks =
  (...given: Disk[]): Change =>
  ({ spec }) => {
    spec.domain.devices.disks = given;
    spec.volumes = given.map(({ name }) => ({ name, persistentVolumeClaim: { claimName: name } }));
  };
export const all =
  (...changes: Change[]): Change =>
  (vmi) =>
    changes.forEach((change) => change(vmi));
export const domain =
  (given: Partial<Domain>): Change =>
  ({ spec }) => {
    Object.assign(spec.domain, given);
  };

export const file: ImageFact = { path: '/claims/a/disk.img', format: 'raw' };
export const block: ImageFact = { path: '/dev/a', format: 'raw', block: true };
export const named = (...names: string[]): Case['facts'] => ({
  images: Object.fromEntries(
    names.map((name) => [name, { path: `/claims/${name}/disk.img`, format: 'raw' }]),
  ),
});
export const a = (image: ImageFact = file): Case['facts'] => ({ images: { a: image } });
export const virtio = (also: Partial<Disk> = {}): Disk => ({ name: 'a', disk: { bus: 'virtio' }, ...also });
export const disk = 'devices/disk';
export const field = 'spec.domain.devices.disks[0]';
