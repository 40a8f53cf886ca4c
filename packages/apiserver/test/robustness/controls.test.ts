import { requires } from '@virtkit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONTROLS, type ControlName } from './broken/stores.ts';
import { describeViolations } from './campaign.ts';
import { checkHistory } from './check/check.ts';
import { CHECKS } from './check/violations.ts';
import { openDisk, type Disk } from './faults/disk.ts';
import { runHistory } from './run-history.ts';

/** Within so many histories a fault must be found. */
const HISTORIES = 12;

let disk: Disk;

beforeAll(async () => {
  disk = await openDisk();
});

afterAll(async () => {
  await disk[Symbol.asyncDispose]();
});

test('there is a control for every check', () => {
  const controlled = new Set(Object.values(CONTROLS).map(({ check }) => check));
  expect([...controlled].sort()).toEqual([...CHECKS].sort());
});

test.for(Object.keys(CONTROLS) as ControlName[])(
  'a store that %s is found out',
  { timeout: 600_000, retry: 0 },
  async (broken, context) => {
    const { check, faults } = CONTROLS[broken];
    if (faults.some((kind) => kind === 'power-cut'))
      requires(context, { kind: 'command', name: 'gcc', package: 'g++' });
    const seed = Math.floor(Math.random() * 2 ** 31);
    const found: string[] = [];
    for (let history = 0; history < HISTORIES; history += 1) {
      const violations = checkHistory(await runHistory({ seed: seed + history, faults, broken }, disk));
      found.push(...describeViolations(violations));
      if (violations.some((violation) => violation.check === check)) {
        console.log(`${broken}: seed ${seed}, found in history ${history + 1}, "${check}"`);
        return;
      }
    }
    expect.fail(
      `seed ${seed}: "${check}" was not found in ${HISTORIES} histories, but:\n${found.join('\n')}`,
    );
  },
);
