import type { VirtualMachine } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { createRunning, realMachine } from '../support/machines.ts';
import { needsRealGuests } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsRealGuests);

/** Adds what ordinary manifests say about devices, and disks made of objects. */
function withDevices(machine: VirtualMachine): VirtualMachine {
  const spec = machine.spec.template.spec!;
  Object.assign(spec.domain, {
    clock: { utc: {}, timer: { hpet: { present: false }, rtc: { tickPolicy: 'catchup' } } },
    features: { acpi: {}, apic: {}, hyperv: { relaxed: {}, vapic: {} } },
    chassis: { asset: 'A-1' },
    ioThreadsPolicy: 'auto',
  });
  Object.assign(spec.domain.devices, {
    rng: {},
    inputs: [{ name: 'pen', type: 'tablet', bus: 'usb' }],
    sound: { name: 'audio' },
    video: { type: 'virtio' },
  });
  spec.domain.devices.disks?.push(
    { name: 'settings', disk: { bus: 'sata' }, serial: 'SETTINGS' },
    { name: 'keys', cdrom: { bus: 'sata' } },
    { name: 'about', disk: { bus: 'virtio' } },
    { name: 'scratch', disk: { bus: 'scsi' }, cache: 'writeback', errorPolicy: 'report' },
  );
  spec.volumes?.push(
    { name: 'settings', configMap: { name: 'settings', volumeLabel: 'settings' } },
    { name: 'keys', secret: { secretName: 'keys' } },
    {
      name: 'about',
      downwardAPI: { fields: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] },
    },
    { name: 'scratch', emptyDisk: { capacity: '16Mi' } },
  );
  return machine;
}

describe('a real guest with devices', () => {
  const name = 'devices';

  it('boots with disks made of a ConfigMap, a Secret and fields of its own', async () => {
    const create = (...args: string[]) => cluster().kubectl(['-n', cluster().namespace, 'create', ...args]);
    await create('configmap', 'settings', '--from-literal=colour=blue');
    await create('secret', 'generic', 'keys', '--from-literal=key=value');
    await createRunning(cluster(), withDevices(realMachine(cluster(), { name })));
    const { status } = await cluster().client.virtualMachineInstances.get(name);
    const targets = Object.fromEntries((status?.volumeStatus ?? []).map((one) => [one.name, one.target]));
    expect(targets).toMatchObject({ settings: 'sda', keys: 'sdb', about: 'vdb', scratch: 'sdc' });
  });
});
