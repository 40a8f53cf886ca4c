import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { getCondition, type VirtualMachine, type VirtualMachineInstance } from '@virtkit/core-types';
import { isApiError, waitFor } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { bootPatience, createRunning, patience, realMachine } from '../support/machines.ts';
import { needsRealGuests } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsRealGuests);
const name = 'guest';
/** The third virtio disk of the machine: after its image and its seed. */
const mountData = '#!/bin/sh\nmke2fs /dev/vdc && mkdir -p /data && mount /dev/vdc /data\n';

/** Adds an empty disk, which the guest makes a file system on, and slots for USB devices. */
function withDiskAndUsb(machine: VirtualMachine): VirtualMachine {
  const spec = machine.spec.template.spec!;
  spec.domain.devices.clientPassthrough = {};
  spec.domain.devices.disks?.push({ name: 'data', disk: { bus: 'virtio' } });
  spec.volumes?.push({ name: 'data', emptyDisk: { capacity: '16Mi' } });
  return machine;
}

async function frozen(wanted: boolean): Promise<void> {
  await waitFor(
    cluster().client.virtualMachineInstances,
    name,
    (instance) => (instance?.status?.fsFreezeStatus === 'frozen') === wanted,
    { timeoutSeconds: patience },
  );
}

/** Turns a feature gate on. */
async function openGate(gate: string): Promise<void> {
  const { kubeVirts } = cluster().client;
  const { items } = await kubeVirts.list({ namespace: 'kubevirt' });
  const { name: object = '' } = items[0]?.metadata ?? {};
  const body = { spec: { configuration: { developerConfiguration: { featureGates: [gate] } } } };
  await kubeVirts.patch(object, { type: 'merge', body }, { namespace: 'kubevirt' });
}

it('a guest with a VSOCK device gets an address where a node has the device, and waits for one elsewhere', async () => {
  await openGate('VSOCK');
  const { virtualMachines, virtualMachineInstances } = cluster().client;
  const machine = realMachine(cluster(), { name: 'vsock' });
  machine.spec.template.spec!.domain.devices.autoattachVSOCK = true;
  await virtualMachines.create(machine);
  const judged = await waitFor(
    virtualMachineInstances,
    'vsock',
    (instance) => instance?.status?.VSOCKCID !== undefined || unschedulable(instance) !== undefined,
    { timeoutSeconds: patience },
  );
  if (existsSync('/dev/vhost-vsock')) expect(judged?.status?.VSOCKCID).toBeGreaterThanOrEqual(3);
  else expect(unschedulable(judged)).toMatch(/Insufficient devices\.kubevirt\.io\/vhost-vsock/);
  await virtualMachines.delete('vsock');
});

/** Why no node takes the instance's Pod. */
const unschedulable = (instance: VirtualMachineInstance | undefined): string | undefined =>
  getCondition(instance?.status?.conditions, 'PodScheduled')?.message;

describe('what is done with a real guest', () => {
  it('its file systems are listed', async () => {
    await createRunning(cluster(), withDiskAndUsb(realMachine(cluster(), { name, cloudInit: mountData })));
    const { virtualMachineInstances } = cluster().client;
    await waitUntil(
      'the file system',
      async () => {
        const { items } = await virtualMachineInstances.filesystemList(name);
        return items.find(({ mountPoint }) => mountPoint === '/data');
      },
      { timeoutMs: bootPatience * 1000, intervalMs: 500 },
    );
  });

  it('its file systems are frozen until they are thawed, or by themselves', async () => {
    const { virtualMachineInstances } = cluster().client;
    await virtualMachineInstances.freeze(name, { thawAfterSeconds: 0 });
    await frozen(true);
    expect(await virtualMachineInstances.guestOsInfo(name)).toMatchObject({ fsFreezeStatus: 'frozen' });
    await virtualMachineInstances.unfreeze(name);
    await frozen(false);
    await virtualMachineInstances.freeze(name, { thawAfterSeconds: 2 });
    await frozen(true);
    await frozen(false);
  });

  it('USB devices of four clients are plugged in, and a fifth is refused', async () => {
    const { virtualMachineInstances } = cluster().client;
    const open = () => virtualMachineInstances.usbRedirection(name);
    const streams = [await open(), await open(), await open(), await open()];
    for (const stream of streams) {
      const [hello] = (await once(stream, 'data')) as [Buffer];
      // The usbredir protocol: a hello is type 0, and names its side's version after 12 bytes.
      expect(hello.readUInt32LE(0)).toBe(0);
      expect(hello.toString('latin1', 12)).toMatch(/^qemu usb-redir guest/);
    }
    const refusal: unknown = await open().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(isApiError(refusal)).toBe(true);
    for (const stream of streams) stream.destroy();
  });
});
