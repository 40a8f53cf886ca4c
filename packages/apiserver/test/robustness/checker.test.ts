import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { checkHistory } from './check/check.ts';
import type { CheckName } from './check/violations.ts';
import {
  loadHistory,
  saveHistory,
  type GetOperation,
  type History,
  type ListOperation,
  type Version,
  type WatchedEvent,
  type WatchSession,
  type WriteOperation,
} from './history.ts';

const KEY = 'configmaps/one';

function version(revision: number, token: string): Version {
  return { key: KEY, revision, uid: 'u1', group: 'a', content: { w: token } };
}

function write(
  action: 'create' | 'update',
  token: string,
  [call, returned]: [number, number],
  answered: number | 'unknown' | 'refused',
): WriteOperation {
  return {
    kind: 'write',
    action,
    keys: [KEY],
    token,
    content: { w: token },
    group: 'a',
    call,
    returned,
    outcome: typeof answered === 'number' ? 'ok' : answered,
    versions: typeof answered === 'number' ? [version(answered, token)] : [],
  };
}

function get([call, returned]: [number, number], found: Version | undefined): GetOperation {
  return {
    kind: 'get',
    key: KEY,
    call,
    returned,
    ...(found === undefined ? { outcome: 'absent' } : { outcome: 'ok', version: found }),
  };
}

function list([call, returned]: [number, number], revision: number, items: Version[]): ListOperation {
  return {
    kind: 'list',
    resource: 'configmaps',
    mode: 'now',
    call,
    returned,
    outcome: 'ok',
    pages: [revision],
    items,
  };
}

function event(at: number, type: WatchedEvent['type'], revision: number, token?: string): WatchedEvent {
  return { at, type, revision, ...(token !== undefined && { version: version(revision, token) }) };
}

function watch(events: WatchedEvent[], more: Partial<WatchSession> = {}): WatchSession {
  const start = { mode: 'revision', revision: 1 } as const;
  return {
    id: 0,
    resource: 'configmaps',
    start,
    reference: true,
    call: 0,
    ended: 100,
    end: 'closed',
    events,
    ...more,
  };
}

function history(parts: Partial<History>): History {
  return {
    seed: 0,
    operations: [],
    watches: [],
    faults: [],
    compactions: [],
    deaths: [],
    holes: [],
    ...parts,
  };
}

const CREATED = write('create', 't1', [1, 2], 2);
const UPDATED = write('update', 't2', [3, 4], 3);
const BOTH = [event(2, 'ADDED', 2, 't1'), event(4, 'MODIFIED', 3, 't2')];

test.each<[string, Partial<History>]>([
  [
    'reads and lists that follow the writes',
    {
      operations: [CREATED, get([2.5, 2.6], version(2, 't1')), UPDATED, list([5, 6], 3, [version(3, 't2')])],
      watches: [watch(BOTH)],
    },
  ],
  [
    'a read during a write that finds either state',
    {
      operations: [CREATED, UPDATED, get([3, 5], version(2, 't1')), get([3, 5], version(3, 't2'))],
      watches: [watch(BOTH)],
    },
  ],
  [
    'a write without an answer that happened',
    {
      operations: [CREATED, write('update', 't2', [3, 4], 'unknown')],
      watches: [watch(BOTH)],
    },
  ],
  [
    'a write without an answer that did not happen',
    {
      operations: [CREATED, write('update', 't2', [3, 4], 'unknown')],
      watches: [watch(BOTH.slice(0, 1))],
    },
  ],
  [
    'a watch from now on that begins after a change which came and went',
    {
      operations: [
        CREATED,
        { ...UPDATED, group: 'b', versions: [{ ...version(3, 't2'), group: 'b' }] },
        write('update', 't3', [5, 6], 4),
      ],
      watches: [
        watch([
          event(2, 'ADDED', 2, 't1'),
          { at: 4, type: 'MODIFIED', revision: 3, version: { ...version(3, 't2'), group: 'b' } },
          event(6, 'MODIFIED', 4, 't3'),
        ]),
        // Group b is empty at revision 2 and at revision 4: it is the latter that explains why nothing comes.
        watch([event(7, 'BOOKMARK', 4)], { id: 1, start: { mode: 'now' }, group: 'b', call: 2.5 }),
      ],
    },
  ],
  [
    'a watch that is refused because of a compaction',
    {
      operations: [CREATED, UPDATED],
      watches: [watch(BOTH), watch([], { id: 1, end: 'expired', start: { mode: 'revision', revision: 1 } })],
      compactions: [{ at: 5, target: 3 }],
    },
  ],
])('%s is explained', (_what, parts) => {
  expect(checkHistory(history(parts))).toEqual([]);
});

test.each<[string, CheckName, Partial<History>]>([
  [
    'an acknowledged write that a list does not show after a restart',
    'lost write',
    {
      operations: [CREATED, UPDATED, list([6, 7], 3, [version(2, 't1')])],
      watches: [watch(BOTH)],
      deaths: [5],
    },
  ],
  [
    'an acknowledged write that no watch brings',
    'lost write',
    {
      operations: [CREATED, UPDATED],
      watches: [watch([event(2, 'ADDED', 2, 't1'), event(9, 'BOOKMARK', 4)])],
    },
  ],
  [
    'an object that is created twice',
    'lost update',
    {
      operations: [CREATED, write('create', 't2', [3, 4], 3)],
      watches: [watch(BOTH)],
    },
  ],
  ['a change that nobody made', 'write not explained', { operations: [CREATED], watches: [watch(BOTH)] }],
  [
    'a refused write that happened',
    'write not explained',
    {
      operations: [CREATED, write('update', 't2', [3, 4], 'refused')],
      watches: [watch(BOTH)],
    },
  ],
  [
    'a revision that is given out twice',
    'revision went back',
    {
      operations: [CREATED, write('update', 't2', [3, 4], 2)],
      watches: [watch(BOTH.slice(0, 1))],
    },
  ],
  [
    'a read of what was replaced before',
    'stale read',
    {
      operations: [CREATED, UPDATED, get([5, 6], version(2, 't1'))],
      watches: [watch(BOTH)],
    },
  ],
  [
    'a read that misses what was acknowledged before',
    'stale read',
    {
      operations: [CREATED, get([5, 6], undefined)],
      watches: [watch(BOTH.slice(0, 1))],
    },
  ],
  [
    'events in the wrong order',
    'watch out of order',
    {
      operations: [CREATED, UPDATED],
      watches: [watch(BOTH), watch(BOTH.toReversed(), { id: 1 })],
    },
  ],
  [
    'an event that comes twice',
    'watch repeated an event',
    {
      operations: [CREATED, UPDATED],
      watches: [watch([...BOTH, ...BOTH.slice(1)])],
    },
  ],
  [
    'an event that is left out',
    'watch missed an event',
    {
      operations: [CREATED, UPDATED],
      watches: [watch(BOTH), watch(BOTH.slice(1), { id: 1 })],
    },
  ],
  [
    'a bookmark before its event',
    'progress ahead of events',
    {
      operations: [CREATED, UPDATED],
      watches: [watch(BOTH), watch([event(2, 'BOOKMARK', 2), event(2, 'ADDED', 2, 't1')], { id: 1 })],
    },
  ],
  [
    'a watch over what is compacted',
    'compaction gap',
    {
      operations: [CREATED, UPDATED],
      watches: [watch(BOTH), watch(BOTH.slice(1), { id: 1 })],
      compactions: [{ at: 1, target: 2 }],
    },
  ],
  [
    'a watch that is refused without a compaction',
    'compaction gap',
    {
      operations: [CREATED],
      watches: [watch(BOTH.slice(0, 1)), watch([], { id: 1, end: 'expired' })],
    },
  ],
])('%s is a violation', (_what, check, parts) => {
  expect(checkHistory(history(parts)).map((violation) => violation.check)).toContain(check);
});

test('a saved history can be checked again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'virtkit-history-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'history.json');
  const saved = history({ operations: [CREATED, UPDATED], watches: [watch(BOTH.slice(1))] });
  saveHistory(file, saved);
  expect(loadHistory(file)).toEqual(saved);
  const program = fileURLToPath(new URL('programs/robustness.ts', import.meta.url));
  const ended = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, ['--conditions=@virtkit/source', program, '--check', file], (error, output) =>
      resolve({ code: error?.code, output }),
    );
  });
  expect(ended).toMatchObject({
    code: 1,
    output: expect.stringContaining('lost write: watch 0 of configmaps'),
  });
});
