import { Store, type StoreOptions } from '../../../src/storage/store.ts';
import type { CheckName } from '../check/violations.ts';
import type { FaultKind } from '../history.ts';
import { CompactionGap, DroppedReplay, RepeatedReplay, SwappedEvents } from './events.ts';
import { LostAcknowledgedWrite, RevisionGoesBack } from './restarts.ts';
import { FailsAfterStoring, IgnoredPrecondition, SplitTransaction } from './writes.ts';
import { LatePublication, RepeatedPublication, StaleRead } from './reads.ts';

/** A store with one fault on purpose, and which check must find it. */
interface Control {
  check: CheckName;
  /** Faults of the server without which it does not show. */
  faults: readonly FaultKind[];
  open: (options: StoreOptions) => Store;
}

/** One control at least for each check. */
export const CONTROLS = {
  'drops an acknowledged write at a restart': {
    check: 'lost write',
    faults: ['kill', 'kill'],
    open: (options) => new LostAcknowledgedWrite(options),
  },
  'answers before a write is synced': {
    check: 'lost write',
    faults: ['power-cut', 'power-cut', 'power-cut'],
    open: (options) => new Store({ ...options, durability: 'process-crash' }),
  },
  'gives out revisions again after a restart': {
    check: 'revision went back',
    faults: ['kill', 'kill'],
    open: (options) => new RevisionGoesBack(options),
  },
  'leaves events out of a replay': {
    check: 'watch missed an event',
    faults: ['cut-connections'],
    open: (options) => new DroppedReplay(options),
  },
  'repeats events of a replay': {
    check: 'watch repeated an event',
    faults: ['cut-connections'],
    open: (options) => new RepeatedReplay(options),
  },
  'publishes a commit twice': {
    check: 'watch repeated an event',
    faults: [],
    open: (options) => new RepeatedPublication(options),
  },
  'publishes events in the wrong order': {
    check: 'watch out of order',
    faults: [],
    open: (options) => new SwappedEvents(options),
  },
  'commits a transaction in two parts': {
    check: 'transaction split',
    faults: [],
    open: (options) => new SplitTransaction(options),
  },
  'reads an older version': {
    check: 'stale read',
    faults: [],
    open: (options) => new StaleRead(options),
  },
  'publishes after bookmarks have passed': {
    check: 'progress ahead of events',
    faults: [],
    open: (options) => new LatePublication(options),
  },
  'replays what is compacted without saying so': {
    check: 'compaction gap',
    faults: ['compaction', 'cut-connections', 'compaction', 'cut-connections'],
    open: (options) => new CompactionGap(options),
  },
  'decides preconditions by an older version': {
    check: 'lost update',
    faults: [],
    open: (options) => new IgnoredPrecondition(options),
  },
  'stores a write and answers that it failed': {
    check: 'write not explained',
    faults: [],
    open: (options) => new FailsAfterStoring(options),
  },
} satisfies Record<string, Control>;

export type ControlName = keyof typeof CONTROLS;

/** @throws Error for a name that is none of {@link CONTROLS}. */
export function brokenStore(name: string, options: StoreOptions): Store {
  if (!Object.hasOwn(CONTROLS, name)) throw new Error(`there is no broken store "${name}"`);
  return CONTROLS[name as ControlName].open(options);
}
