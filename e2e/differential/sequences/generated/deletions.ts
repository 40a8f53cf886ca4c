import fc from 'fast-check';
import type { RequestStep } from '../../sequence.ts';
import { del } from '../requests.ts';
import { earlier, nameOf, selectionOf, withQuery } from './draw.ts';
import type { DrawnKind } from './resource.ts';

const preconditions = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: earlier.map((step) => ({ preconditions: { uid: `{{r${step}.metadata.uid}}` } })) },
  {
    weight: 1,
    arbitrary: earlier.map((step) => ({
      preconditions: { resourceVersion: `{{r${step}.metadata.resourceVersion}}` },
    })),
  },
);
/** With the other policies somebody else goes on with the object afterwards, so they are only asked for as a dry run. */
const policies = fc.constantFrom<object>(
  {},
  {},
  {},
  { propagationPolicy: 'Background' },
  { propagationPolicy: 'Foreground', dryRun: ['All'] },
  { propagationPolicy: 'Orphan', dryRun: ['All'] },
  { propagationPolicy: 'Some' },
  { gracePeriodSeconds: 0 },
  { dryRun: ['All'] },
);

/** A DELETE of one object. */
export function deletion(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  const { path } = kind;
  const withBody = fc
    .tuple(nameOf(kind), preconditions, policies)
    .map(([object, given, policy]) =>
      del(`${path}/${object}`, { apiVersion: 'v1', kind: 'DeleteOptions', ...given, ...policy }),
    );
  const withoutBody = fc
    .tuple(
      nameOf(kind),
      fc.constantFrom('', '', '', 'dryRun=All', 'propagationPolicy=Background', 'gracePeriodSeconds=0'),
    )
    .map(([object, query]) => del(withQuery(`${path}/${object}`, query)));
  return fc.oneof(withBody, withoutBody);
}

/** A DELETE of all that is selected. */
export function deletionOfMany(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  return fc
    .tuple(selectionOf(kind), fc.constantFrom('', '', 'dryRun=All'), fc.boolean())
    .map(([selected, dryRun, withBody]) =>
      del(
        withQuery(kind.path, selected, dryRun),
        withBody ? { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' } : undefined,
      ),
    );
}
