import type { MachineSpec } from '@virtkit/hal';

/** libvirt's name of the dialect that a machine's virtio devices speak. */
export function virtioModel({ architecture, virtioTransitional }: MachineSpec): string {
  if (architecture === 's390x') return 'virtio';
  return virtioTransitional === true ? 'virtio-transitional' : 'virtio-non-transitional';
}

/**
 * `on` where virtio devices have to reach guest memory through the guest's own mapping, because the host cannot read all of
 * it; undefined elsewhere. TDX guests get it from their firmware.
 */
export function iommuOption({ launchSecurity }: MachineSpec): 'on' | undefined {
  return launchSecurity === undefined || launchSecurity.kind === 'tdx' ? undefined : 'on';
}

/** A `<driver>` with nothing but that option, for devices that have no other. */
export function iommuDriver(spec: MachineSpec): { '@iommu': 'on' } | undefined {
  const option = iommuOption(spec);
  return option === undefined ? undefined : { '@iommu': option };
}
