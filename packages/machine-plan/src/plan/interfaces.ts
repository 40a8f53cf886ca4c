import { createHash } from 'node:crypto';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { Interface } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';

const models = ['virtio', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet', 'igb'] as const;

/** Interfaces in the order of the instance; those with state `absent` are left out. */
export function planInterfaces(instance: VirtualMachineInstance, facts: MachineFacts): Interface[] {
  return (instance.spec.domain.devices.interfaces ?? []).flatMap((nic, index): Interface[] => {
    if (nic.state === 'absent') return [];
    const field = `spec.domain.devices.interfaces[${index}]`;
    const connected = facts.interfaces[nic.name];
    if (connected === undefined)
      throw new PlanError('missing-fact', field, `the network of interface ${nic.name} was not set up`);
    const model = models.find(
      (known) => known === (nic.model === undefined || nic.model === '' ? 'virtio' : nic.model),
    );
    if (model === undefined)
      throw new PlanError('not-carried', `${field}.model`, `model ${nic.model} is unknown`);
    return [
      {
        id: nic.name,
        model,
        mac: interfaceMac(instance, nic.name, nic.macAddress),
        backend: connected.backend,
        linkUp: nic.state !== 'down',
        ...(connected.mtu === undefined ? {} : { mtu: connected.mtu }),
        ...(nic.bootOrder === undefined ? {} : { bootOrder: nic.bootOrder }),
      },
    ];
  });
}

/**
 * The interface's MAC address: the given one in lower case with colons, else one derived from the instance's UID and the
 * interface's name: locally administered, unicast, and the same each time it is computed.
 */
export function interfaceMac(
  { metadata }: Pick<VirtualMachineInstance, 'metadata'>,
  name: string,
  given: string | undefined,
): string {
  if (given !== undefined && given !== '') return given.toLowerCase().replaceAll('-', ':');
  const digest = createHash('sha256')
    .update(`${metadata.uid ?? ''}/${name}`)
    .digest();
  return ['02', ...[...digest.subarray(0, 5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
