import type { MachineSpec } from '@virtkit/hal';

/** One difference between two specs. */
export interface MachineChange {
  /** JSON pointer into the spec. */
  path: string;
  /** Absent when it was added. */
  before?: unknown;
  /** Absent when it was removed. */
  after?: unknown;
  /** Whether a running machine keeps the old value until it is started anew. */
  needsRestart: boolean;
}

/** Every difference, and what they mean for a running machine. */
export interface MachineDiff {
  changes: MachineChange[];
  /** Whether any change does. */
  needsRestart: boolean;
}

/**
 * Members that are read when they are needed and not when the machine starts: labels, and how long a stop may take. No
 * hypervisor facet changes a running machine, so every other member needs a restart.
 */
const live: readonly RegExp[] = [/^\/labels(\/|$)/, /^\/gracePeriodSeconds$/];

/** What changed from `before` to `after`. Disks and interfaces are compared by id; their order counts too. */
export function diffMachine(before: MachineSpec, after: MachineSpec): MachineDiff {
  const changes: MachineChange[] = [];
  compare(before, after, '', changes);
  return { changes, needsRestart: changes.some(({ needsRestart }) => needsRestart) };
}

function compare(before: unknown, after: unknown, path: string, changes: MachineChange[]): void {
  if (Object.is(before, after)) return;
  if (isIdentified(before) && isIdentified(after)) return compareLists(before, after, path, changes);
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(before[key], after[key], `${path}/${escape(key)}`, changes);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries()) compare(item, after[index], `${path}/${index}`, changes);
    return;
  }
  changes.push({
    path,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    needsRestart: !live.some((pattern) => pattern.test(path)),
  });
}

type Identified = { id: string }[];

function compareLists(before: Identified, after: Identified, path: string, changes: MachineChange[]): void {
  const ids = (list: Identified): string[] => list.map(({ id }) => id);
  const shared = (list: Identified, other: Identified): string =>
    ids(list)
      .filter((id) => ids(other).includes(id))
      .join('\n');
  if (shared(before, after) !== shared(after, before))
    changes.push({ path, before: ids(before), after: ids(after), needsRestart: true });
  for (const id of new Set([...ids(before), ...ids(after)])) {
    const one = (list: Identified): unknown => list.find((item) => item.id === id);
    compare(one(before), one(after), `${path}/${escape(id)}`, changes);
  }
}

const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIdentified(value: unknown): value is Identified {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item: unknown) => isRecord(item) && typeof item['id'] === 'string')
  );
}
