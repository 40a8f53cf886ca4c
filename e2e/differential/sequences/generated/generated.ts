import fc from 'fast-check';
import type { RequestStep, Sequence, Step } from '../../sequence.ts';
import { post } from '../requests.ts';
import { drawnBuiltIns } from './built-in.ts';
import { drawnGadget } from './custom.ts';
import { selectionOf, withQuery } from './draw.ts';
import { requestsOf } from './requests.ts';
import { creation } from './writes.ts';
import { objectOf, type DrawnKind } from './resource.ts';

const kinds: readonly (readonly [number, DrawnKind])[] = [...drawnBuiltIns, [5, drawnGadget]];

type Drawn = Pick<Sequence, 'steps' | 'pods'> & { readonly kind: string };

const drawn: fc.Arbitrary<Drawn> = fc.oneof(
  ...kinds.map(([weight, kind]) => ({ weight, arbitrary: sequenceOf(kind) })),
);

function sequenceOf(kind: DrawnKind): fc.Arbitrary<Drawn> {
  const requests = fc
    .tuple(creation(kind), fc.array(requestsOf(kind), { minLength: 2, maxLength: 6 }))
    .map(([first, others]) => [first, ...others]);
  const watch = kind.namespaced === false ? fc.constant(undefined) : fc.oneof(
          { weight: 2, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: watchOf(kind) },
        );
  return fc.tuple(requests, watch).map(([drawnSteps, watched]) => {
    const steps = drawnSteps.map((step, index): RequestStep => ({
      ...step,
      path: kind.assigns === true ? step.path.replace(/\bdryRun=All&?/, '') : step.path,
      as: nameFor(kind, step, index),
    }));
    return {
      kind: kind.kind,
      steps: watched === undefined ? steps : watching(kind, steps, watched),
      ...(kind.pods === true && { pods: true }),
    };
  });
}

interface Watched {
  readonly selected: string;
  /** After how many of the requests it is opened. */
  readonly after: number;
  /** Percent-encoded, as in a query. */
  readonly from: string;
}

const everything = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

/** A watch that is opened before the first request, or after some and from one of their revisions. */
function watchOf(kind: DrawnKind): fc.Arbitrary<Watched> {
  // What selects one object alone would not see the last ones, and what their contents are does not matter.
  const selection = selectionOf({ ...kind, selectors: [] }).filter((selected) => !selected.includes('name%3Da'));
  return fc
    .tuple(selection, fc.integer({ min: 0, max: 3 }), fc.constantFrom('revision', 'now', 'everything'))
    .map(([selected, after, start]) => ({
      selected,
      after,
      from:
        start === 'everything'
          ? everything
          : start === 'revision' && after > 0
              ? `resourceVersion={{r${after - 1}.metadata.resourceVersion}}`
              : '',
    }));
}

/** The steps, and what a watch tells of them. */
function watching(kind: DrawnKind, steps: Step[], { selected, after, from }: Watched): Step[] {
  const end = (name: string, labels: object) =>
    post(kind.path, objectOf(kind, { name, labels }, kind.good));
  // Every selection sees one of the two.
  return [
    ...steps.slice(0, after),
    { watch: 'w', path: withQuery(kind.path, 'watch=true', selected, from) },
    ...steps.slice(after),
    end('last', { in: 'yes' }),
    end('last-too', {}),
    { collect: 'w', through: { name: lastSeen(selected) } },
  ];
}

/** Revisions of lists are not referred to: they count what other sequences write at the same time. */
function nameFor(kind: DrawnKind, { method, path }: RequestStep, index: number): string {
  return path.startsWith(`${kind.path}/`) || method === 'POST' ? `r${index}` : `list${index}`;
}

function lastSeen(selected: string): string {
  return selected === 'labelSelector=in%3Dyes' || selected === 'labelSelector=in' ? 'last' : 'last-too';
}

/** Sequences of ordinary requests, valid and refused ones, drawn at random. The same seed draws the same. */
export function generatedSequences(seed: number, count: number): Sequence[] {
  return fc
    .sample(drawn, { seed, numRuns: count })
    .map(({ kind, ...sequence }, index) => ({ name: `generated: ${kind} ${index} of seed ${seed}`, ...sequence }));
}
