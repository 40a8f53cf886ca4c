import fc from 'fast-check';
import type { RequestStep } from '../../sequence.ts';
import { deletion, deletionOfMany } from './deletions.ts';
import { mistake } from './mistakes.ts';
import { listing, reading } from './reads.ts';
import type { DrawnKind } from './resource.ts';
import { scaling } from './scales.ts';
import { applying, creation, patching, replacement, statusChange } from './writes.ts';

/** Any request about objects of a kind. */
export function requestsOf(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  const { status, more, namespaced = true, scale = false } = kind;
  return fc.oneof(
    { weight: 8, arbitrary: creation(kind) },
    { weight: 5, arbitrary: replacement(kind) },
    { weight: 7, arbitrary: patching(kind) },
    { weight: 3, arbitrary: applying(kind) },
    { weight: 3, arbitrary: deletion(kind) },
    { weight: 2, arbitrary: reading(kind) },
    { weight: 1, arbitrary: mistake(kind) },
    ...(namespaced
      ? [
          { weight: 3, arbitrary: listing(kind) },
          { weight: 1, arbitrary: deletionOfMany(kind) },
        ]
      : []),
    ...(status === undefined ? [] : [{ weight: 3, arbitrary: statusChange(kind, status) }]),
    ...(scale ? [{ weight: 2, arbitrary: scaling(kind) }] : []),
    ...(more === undefined ? [] : [{ weight: 2, arbitrary: more }]),
  );
}
