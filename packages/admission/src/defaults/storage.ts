import type { Disk, Volume } from '@virtkit/core-types';
import type { SpecDefault } from './spec-default.ts';

/** Bus of disks that name none, on amd64 (KubeVirt defaulting, defaults per architecture). */
const defaultBus = 'sata';

/** A disk for each volume that has neither disk nor file system (KubeVirt defaulting D1-9). */
export const missingDisksDefault: SpecDefault = (spec) => {
  const { devices } = spec.domain;
  const used = new Set([...(devices.disks ?? []), ...(devices.filesystems ?? [])].map(({ name }) => name));
  const missing = [...new Set((spec.volumes ?? []).map((volume) => volume.name))].filter((n) => !used.has(n));
  if (missing.length === 0) return spec;
  const disks = [...(devices.disks ?? []), ...missing.map((name): Disk => ({ name }))];
  return { ...spec, domain: { ...spec.domain, devices: { ...devices, disks } } };
};

/** Kind and bus of disks that leave them open, and the state of CD-ROM drives (KubeVirt defaulting D2). */
export const diskTargetsDefault: SpecDefault = (spec) => {
  const { disks } = spec.domain.devices;
  if (disks === undefined) return spec;
  const devices = { ...spec.domain.devices, disks: disks.map(withTarget) };
  return { ...spec, domain: { ...spec.domain, devices } };
};

function withTarget(disk: Disk): Disk {
  const { disk: plain, cdrom, lun } = disk;
  const open = plain === undefined && cdrom === undefined && lun === undefined;
  return {
    ...disk,
    ...(plain === undefined && !open ? {} : { disk: { ...plain, bus: plain?.bus || defaultBus } }),
    ...(lun === undefined ? {} : { lun: { ...lun, bus: lun.bus || defaultBus } }),
    ...(cdrom === undefined
      ? {}
      : {
          cdrom: {
            ...cdrom,
            bus: cdrom.bus || defaultBus,
            readonly: cdrom.readonly ?? true,
            tray: cdrom.tray || 'closed',
          },
        }),
  };
}

/** When to pull the images of containerDisks: always when their tag moves (KubeVirt defaulting D1-6). */
export const pullPolicyDefault: SpecDefault = (spec) =>
  spec.volumes === undefined ? spec : { ...spec, volumes: spec.volumes.map(withPullPolicy) };

function withPullPolicy(volume: Volume): Volume {
  const { containerDisk } = volume;
  if (containerDisk === undefined || containerDisk.imagePullPolicy !== undefined) return volume;
  const { image } = containerDisk;
  const moves = image.endsWith(':latest') || !/[:@]/.test(image);
  return {
    ...volume,
    containerDisk: { ...containerDisk, imagePullPolicy: moves ? 'Always' : 'IfNotPresent' },
  };
}
