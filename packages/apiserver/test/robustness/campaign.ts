import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../support/random.ts';
import { checkHistory } from './check/check.ts';
import type { Violation } from './check/violations.ts';
import { openDisk, type Disk } from './faults/disk.ts';
import { FAULT_KINDS, saveHistory, type FaultKind, type History } from './history.ts';
import { runHistory, UnfinishedHistory } from './run-history.ts';

/** What a campaign has come to. */
interface Tally {
  seed: number;
  disk: string;
  histories: number;
  operations: Record<string, number>;
  watches: number;
  events: number;
  faults: Record<FaultKind, number>;
  /** Stretches of history that no watch saw, where less can be checked. */
  holes: number;
  violations: Violation[];
  /** Files of the histories with violations. */
  saved: string[];
}

const FAULTS_PER_HISTORY = [2, 5] as const;

/**
 * Runs and checks histories one after the other. It ends with the first history that has a violation, so that its faults can be looked into.
 * @param enough asked before each history.
 * @throws Error that tells where the history is saved, when one could not be brought to its end.
 */
export async function runCampaign(seed: number, enough: (tally: Tally) => boolean): Promise<Tally> {
  const random = new Random(seed);
  await using disk = await openDisk();
  const tally = emptyTally(seed, disk);
  const possible = FAULT_KINDS.filter((kind) => kind !== 'power-cut' || disk.unsynced !== undefined);
  // Every kind of fault has its turn before one comes again.
  let kinds: FaultKind[] = [];
  while (!enough(tally) && tally.violations.length === 0) {
    const faults = Array.from({ length: random.between(...FAULTS_PER_HISTORY) }, () => {
      if (kinds.length === 0) kinds = shuffled(possible, random);
      return kinds.pop() ?? FAULT_KINDS[0];
    });
    let history: History;
    try {
      history = await runHistory({ seed: random.between(0, 2 ** 31), faults }, disk);
    } catch (error) {
      if (!(error instanceof UnfinishedHistory)) throw error;
      throw new Error(`${error.message}; history saved: ${save(error.history)}`, { cause: error });
    }
    count(tally, history);
    const violations = checkHistory(history);
    if (violations.length === 0) continue;
    tally.violations.push(...violations);
    tally.saved.push(save(history));
  }
  return tally;
}

/** @returns the file. */
function save(history: History): string {
  const file = join(mkdtempSync(join(tmpdir(), 'virtkit-history-')), `${history.seed}.json`);
  saveHistory(file, history);
  return file;
}

function emptyTally(seed: number, disk: Disk): Tally {
  return {
    seed,
    disk: disk.kind,
    histories: 0,
    operations: {},
    watches: 0,
    events: 0,
    faults: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Tally['faults'],
    holes: 0,
    violations: [],
    saved: [],
  };
}

function shuffled<T>(from: readonly T[], random: Random): T[] {
  const result = [...from];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = random.between(0, at);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}

function count(tally: Tally, history: History): void {
  tally.histories += 1;
  for (const { kind, outcome, ...operation } of history.operations) {
    const name = `${'action' in operation ? operation.action : kind} ${outcome}`;
    tally.operations[name] = (tally.operations[name] ?? 0) + 1;
  }
  tally.watches += history.watches.length;
  tally.events += history.watches.reduce((sum, { events }) => sum + events.length, 0);
  for (const { kind } of history.faults) tally.faults[kind] += 1;
  tally.holes += history.holes.length;
}

/** A campaign in a few lines. */
export function describeTally(tally: Tally): string {
  const operations = Object.entries(tally.operations).sort(([a], [b]) => a.localeCompare(b));
  const total = operations.reduce((sum, [, times]) => sum + times, 0);
  // The first line is what a summary of failed tests shows.
  return [
    `violations ${tally.violations.length}, seed ${tally.seed}, disk: ${tally.disk}`,
    ...describeViolations(tally.violations),
    `histories checked ${tally.histories}; operations ${total} (${listed(operations)})`,
    `watches ${tally.watches} with ${tally.events} events; stretches unseen ${tally.holes}`,
    `faults ${listed(Object.entries(tally.faults))}`,
    ...tally.saved.map((file) => `history saved: ${file}`),
  ].join('\n');
}

function listed(counts: readonly [string, number][]): string {
  return counts.map(([name, times]) => `${name} ${times}`).join(', ');
}

/** The first few violations of each check. */
export function describeViolations(violations: readonly Violation[]): string[] {
  return Object.values(Object.groupBy(violations, ({ check }) => check)).flatMap((found) => [
    ...found.slice(0, 5).map(({ check, message }) => `${check}: ${message}`),
    ...(found.length > 5 ? [`${found[0]?.check ?? ''}: and ${found.length - 5} more`] : []),
  ]);
}
