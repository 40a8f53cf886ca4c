import type { VirtualMachine } from '@virtkit/core-types';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { programNames, type Cluster, type ProgramName } from '../support/cluster.ts';
import { insist } from '../support/insist.ts';
import { listLaunchers } from '../support/launchers.ts';
import { mockMachine, realMachine } from '../support/machines.ts';
import { needsRealGuests } from '../support/needs.ts';
import { startTestPlatform, type TestPlatform } from '../support/platform.ts';
import { killProcess } from '../support/processes.ts';
import { chooseSeed, Random } from '../support/random.ts';
import { SecondProcessWatch } from '../support/second-process-watch.ts';

const mockCount = 50;
const realCount = 3;
/** How long processes are killed, and how long everything may take to settle afterwards, in milliseconds. */
const turmoilMs = 75_000;
const settleMs = 150_000;

/** What may happen to a machine while processes die. The state that its spec asks for at the end is what counts. */
const actions = ['stop', 'start', 'restart', 'pause', 'unpause', 'delete'] as const;
type Action = (typeof actions)[number];

/** Processes are looked for by these names, so another run on the same computer must have others. */
const namesOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${process.pid}-${index}`);

/** A refusal is an answer: machines are asked for things that their state does not allow. */
const ask = (request: () => Promise<unknown>) =>
  insist(request, ['conflict', 'not-found', 'already-exists', 'invalid', 'bad-request']);

function perform({ client }: Cluster, action: Action, name: string): Promise<void> {
  const { virtualMachines } = client;
  switch (action) {
    case 'stop':
      return ask(() => virtualMachines.stop(name));
    case 'start':
      return ask(() => virtualMachines.start(name));
    case 'restart':
      return ask(() => virtualMachines.restart(name));
    case 'pause':
      return ask(() => virtualMachines.pause(name));
    case 'unpause':
      return ask(() => virtualMachines.unpause(name));
    case 'delete':
      return ask(() => virtualMachines.delete(name));
    default:
      return action satisfies never;
  }
}

/** Kills one process of the platform, of a program or of any launcher. @returns what it was */
async function killOne(
  platform: TestPlatform,
  random: Random,
  machines: ReadonlySet<string>,
): Promise<string> {
  const victim = random.pick<ProgramName | 'launcher'>([...programNames, 'launcher']);
  if (victim !== 'launcher') {
    await platform.killProgram(victim);
    return victim;
  }
  const launchers = listLaunchers().filter(({ name }) => machines.has(name));
  if (launchers.length === 0) return 'no launcher';
  const { pid, name } = random.pick(launchers);
  killProcess(pid);
  return `launcher of ${name}`;
}

/** A simulated machine that asks for no memory beside the guest's: fifty launchers' worth is more than many a CI machine has. */
function smallMachine(cluster: Cluster, name: string): VirtualMachine {
  const machine = mockMachine(cluster, { name });
  const instance = machine.spec.template.spec;
  if (instance !== undefined) instance.domain.resources = { overcommitGuestOverhead: true };
  return machine;
}

/** Lets many machines share few processors: simulated ones use none. */
async function crowd({ client }: Cluster): Promise<void> {
  const body = { spec: { configuration: { developerConfiguration: { cpuAllocationRatio: 1000 } } } };
  await client.kubeVirts.patch('kubevirt', { type: 'merge', body }, { namespace: 'kubevirt' });
}

/**
 * Whether a machine is where its spec wants it, by what it says and by the launchers that really run; a description of what
 * is missing otherwise. A status alone may be from before its launcher was killed.
 */
function unsettled(machine: VirtualMachine, launchers: readonly string[]): string | undefined {
  const serving = launchers.filter((name) => name === machine.metadata.name).length;
  const needed = machine.spec.runStrategy === 'Halted' ? 0 : 1;
  if (serving !== needed) return `${machine.metadata.name}: ${serving} launchers, not ${needed}`;
  const word = machine.status?.printableStatus ?? 'none';
  const wanted = machine.spec.runStrategy === 'Halted' ? ['Stopped'] : ['Running', 'Paused'];
  return wanted.includes(word)
    ? undefined
    : `${machine.metadata.name}: ${machine.spec.runStrategy} but ${word}`;
}

async function settled({ client }: Cluster, expected: ReadonlySet<string>): Promise<void> {
  let open: string[] = [];
  try {
    await waitUntil(
      'every machine is where its spec wants it',
      async () => {
        const { items } = await client.virtualMachines.list();
        const launchers = listLaunchers().map(({ name }) => name);
        const there = new Set(items.map(({ metadata }) => metadata.name ?? ''));
        const lost = [...expected].filter((name) => !there.has(name)).map((name) => `${name}: lost`);
        const left = [...there].filter((name) => !expected.has(name)).map((name) => `${name}: not deleted`);
        open = [...lost, ...left, ...items.flatMap((machine) => unsettled(machine, launchers) ?? [])];
        return open.length === 0;
      },
      { timeoutMs: settleMs, intervalMs: 500 },
    );
  } catch (cause) {
    throw new Error(`machines that did not settle:\n${open.join('\n')}`, { cause });
  }
}

describe('kill -9 of any process at any time', () => {
  it(
    `loses none of ${mockCount} simulated and ${realCount} real machines`,
    { timeout: 420_000 },
    async (context) => {
      needsRealGuests(context);
      const random = new Random(chooseSeed());
      console.log(`VIRTKIT_E2E_SEED=${random.seed}`);
      const history: string[] = [];
      context.onTestFailed(() => console.error(`seed ${random.seed}\n${history.join('\n')}`));

      // Its disposal checks that no process, mount or network namespace is left.
      await using platform = await startTestPlatform();
      await crowd(platform);
      const real = namesOf('real', realCount);
      const mock = namesOf('mock', mockCount);
      const machines = new Set([...real, ...mock]);
      const expected = new Set(machines);
      using watch = new SecondProcessWatch(machines);

      const begin = performance.now();
      const elapsed = (): number => performance.now() - begin;
      const note = (what: string): void => {
        history.push(`${(elapsed() / 1000).toFixed(1)} s: ${what}`);
      };

      const lifecycle = async (): Promise<void> => {
        for (const name of real)
          await ask(() => platform.client.virtualMachines.create(realMachine(platform, { name })));
        for (const name of mock)
          await ask(() => platform.client.virtualMachines.create(smallMachine(platform, name)));
        note('all machines are created');
        while (elapsed() < turmoilMs) {
          const action = random.pick(actions);
          // Real guests take long to boot: they are not what is deleted.
          const name = random.pick(action === 'delete' ? mock : [...expected]);
          if (action === 'delete') expected.delete(name);
          note(`${action} ${name}`);
          await perform(platform, action, name);
          await new Promise((resolve) => setTimeout(resolve, random.between(50, 600)));
        }
      };
      // Its own numbers: how often the other loop draws depends on the speed of the machine.
      const victims = new Random(random.seed + 1);
      const turmoil = async (): Promise<void> => {
        while (elapsed() < turmoilMs) {
          await new Promise((resolve) => setTimeout(resolve, victims.between(500, 5_000)));
          note(`kill -9 ${await killOne(platform, victims, machines)}`);
        }
      };
      await Promise.all([lifecycle(), turmoil()]);
      await settled(platform, expected);
      note('everything is settled');
      expect(watch.violations).toEqual([]);
    },
  );
});
