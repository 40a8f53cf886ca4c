import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import { expect, it } from 'vitest';
import { createClaim, withDisk } from '../support/claims.ts';
import { programNames } from '../support/cluster.ts';
import { insist } from '../support/insist.ts';
import { mockMachine } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { startTestPlatform, type TestPlatform } from '../support/platform.ts';
import { chooseSeed, Random } from '../support/random.ts';

const rounds = 12;
const names = ['kept-0', 'kept-1', 'kept-2'];
const settleMs = 120_000;

/** That something is there already, or gone, is an answer. */
const ask = (request: () => Promise<unknown>) => insist(request, ['already-exists', 'not-found', 'conflict']);

/** The disk in each volume of the platform, by its inode: another number means another disk. */
function disks(platform: TestPlatform): Map<string, number> {
  const folder = join(platform.root, 'volumes');
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const found = statSync(join(folder, name, 'disk.img'), { throwIfNoEntry: false });
      return found === undefined ? [] : [[name, found.ino]];
    }),
  );
}

async function running({ client }: TestPlatform): Promise<void> {
  await waitUntil(
    'all machines run',
    async () => {
      const { items } = await client.virtualMachines.list();
      const states = items.map(({ status }) => status?.printableStatus ?? 'none');
      if (states.length === names.length && states.every((state) => state === 'Running')) return true;
      throw new Error(states.join(', '));
    },
    { timeoutMs: settleMs, intervalMs: 500 },
  );
}

it(
  'kill -9 of programs loses no disk of a claim, and makes none twice',
  { timeout: 420_000 },
  async (context) => {
    needsPlatform(context);
    const random = new Random(chooseSeed());
    console.log(`VIRTKIT_E2E_SEED=${random.seed}`);
    await using platform = await startTestPlatform({ hypervisor: 'mock' });
    const killSome = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, random.between(50, 1_500)));
      await platform.killProgram(random.pick(programNames));
    };
    for (const name of names) {
      await ask(() => createClaim(platform, name, '16Mi'));
      const machine = withDisk(mockMachine(platform, { name }), {
        persistentVolumeClaim: { claimName: name },
      });
      await ask(() => platform.client.virtualMachines.create(machine));
      await killSome();
    }
    await running(platform);
    const before = disks(platform);
    expect(before.size).toBe(names.length);
    for (let round = 0; round < rounds; round++) {
      await ask(() => platform.client.virtualMachines.restart(random.pick(names)));
      await killSome();
    }
    await running(platform);
    expect(disks(platform)).toEqual(before);
    for (const name of names) {
      await ask(() => platform.client.persistentVolumeClaims.delete(name));
      await killSome();
      expect(disks(platform)).toEqual(before);
    }
    for (const name of names) {
      await ask(() => platform.client.virtualMachines.delete(name));
      await killSome();
    }
    await waitUntil(
      'everything is gone',
      async () => {
        const { items } = await platform.client.persistentVolumes.list();
        return items.length === 0 && readdirSync(join(platform.root, 'volumes')).length === 0;
      },
      { timeoutMs: settleMs, intervalMs: 500 },
    );
  },
);
