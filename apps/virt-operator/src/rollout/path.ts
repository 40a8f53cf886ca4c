import type { KubeVirtStatus } from '@virtkit/core-types';
import type { RolloutPath } from './stages.ts';

/** What the path follows from. */
export type RolloutPathStatus = Pick<KubeVirtStatus, 'observedKubeVirtVersion'>;

const semantic = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * In which order to go on: as an update when a newer version than the one that runs is meant, or when versions cannot be
 * compared; as a creation when nothing runs yet or when it goes back to an older version.
 */
export function rolloutPath(
  status: RolloutPathStatus | null | undefined,
  targetVersion: string,
): RolloutPath {
  const observed = status?.observedKubeVirtVersion;
  if (observed === undefined || observed === '') return 'create';
  const [from, to] = [semantic.exec(observed), semantic.exec(targetVersion)];
  if (from === null || to === null) return 'update';
  return compare(from, to) < 0 ? 'update' : 'create';
}

/** Negative when `a` is the older version. */
function compare(a: RegExpExecArray, b: RegExpExecArray): number {
  for (const part of [1, 2, 3]) {
    const difference = Number(a[part]) - Number(b[part]);
    if (difference !== 0) return difference;
  }
  return comparePrerelease(a[4], b[4]);
}

/** Semantic versioning: a pre-release is older than its release; parts are compared as numbers where they are. */
function comparePrerelease(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  const [left, right] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [x, y] = [left[index], right[index]];
    if (x === y) continue;
    if (x === undefined) return -1;
    if (y === undefined) return 1;
    const [xNumber, yNumber] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (xNumber && yNumber) return Number(x) - Number(y);
    if (xNumber !== yNumber) return xNumber ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}
