import type { VolumeStatus } from '@virtkit/core-types';
import { waitFor } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { createDisk, onClaim } from '../support/claim-pods.ts';
import { createClaim } from '../support/claims.ts';
import { ConsoleReader } from '../support/console.ts';
import { createRunning, patience, realMachine } from '../support/machines.ts';
import { needsRealGuests } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsRealGuests);
const name = 'guest';

/** Logs in at the guest's console and has it answer a command. */
async function guestSays(command: string, answer: RegExp): Promise<void> {
  using console = new ConsoleReader(await cluster().client.virtualMachineInstances.console(name));
  await console.answer('\n', /login:|#/, { timeoutMs: patience * 1000 });
  await console.answer('root\n', /assword:|#/, { timeoutMs: patience * 1000 });
  await console.answer('virtkit\n', /#/, { timeoutMs: patience * 1000 });
  await console.answer(`${command}\n`, answer, { timeoutMs: patience * 1000 });
}

async function volume(volumeName: string, condition: (entry: VolumeStatus | undefined) => boolean) {
  await waitFor(
    cluster().client.virtualMachineInstances,
    name,
    (one) =>
      one !== undefined && condition(one.status?.volumeStatus?.find((entry) => entry.name === volumeName)),
    { timeoutSeconds: 2 * patience },
  );
}

describe('a real guest', () => {
  it.each(['scsi', 'virtio'])('gets a %s disk while it runs, writes to it, and loses it', async (bus) => {
    if ((await cluster().client.virtualMachines.list()).items.length === 0)
      await createRunning(cluster(), realMachine(cluster(), { name }));
    const claim = `on-${bus}`;
    await createDisk(cluster(), claim);
    await cluster().virtctl(['addvolume', name, '--volume-name', claim, '--bus', bus, '--serial', 'plugged']);
    await volume(claim, (entry) => entry?.phase === 'Ready');
    const device = bus === 'scsi' ? 'sda' : 'vdb';
    await guestSays(`until [ -b /dev/${device} ]; do sleep 1; done; echo disk-$?`, /disk-0/);
    await guestSays(`echo "from inside $((40 + 2))" > /dev/${device}; sync; echo written-$?`, /written-0/);
    await cluster().virtctl(['removevolume', name, '--volume-name', claim]);
    await cluster().killProgram('virt-handler');
    await volume(claim, (entry) => entry === undefined);
    await guestSays(`while [ -b /dev/${device} ]; do sleep 1; done; echo gone-$?`, /gone-0/);
    expect(await onClaim(cluster(), claim, 'head -n 1 /claim/disk.img')).toBe('from inside 42\n');
  });

  it('has its memory dumped as a core file', async () => {
    await createClaim(cluster(), 'memory', '1Gi');
    await cluster().virtctl(['memory-dump', 'get', name, '--claim-name', 'memory']);
    await waitUntil(
      'the dump',
      async () => {
        const { status } = await cluster().client.virtualMachines.get(name);
        return status?.memoryDumpRequest?.phase === 'Completed' || undefined;
      },
      { timeoutMs: 3 * patience * 1000, intervalMs: 500 },
    );
    expect(await onClaim(cluster(), 'memory', 'head -c 4 /claim/*.memory.dump | tail -c 3')).toBe('ELF');
  });
});
