import fc from 'fast-check';
import type { RequestStep } from '../../sequence.ts';
import { get } from '../requests.ts';
import { earlier, nameOf, selectionOf, withQuery } from './draw.ts';
import type { DrawnKind } from './resource.ts';

const metadataOf = (what: string) =>
  `application/json;as=PartialObjectMetadata${what};g=meta.k8s.io;v=v1,application/json`;
const shapes = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  'application/json;as=Table;g=meta.k8s.io;v=v1,application/json',
  metadataOf(''),
  metadataOf('List'),
);
const accepting = (accept: string | undefined) => (accept === undefined ? {} : { accept });

/** A GET of one object. */
export function reading(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  return fc
    .tuple(nameOf(kind), shapes)
    .map(([object, accept]) => get(`${kind.path}/${object}`, accepting(accept)));
}

/** A list: of a selection, in pages, of the past. One that may be older than the last write is not asked for: how old it is, is chance. */
export function listing(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  const { path } = kind;
  const selection = selectionOf(kind);
  return fc.oneof(
    fc
      .tuple(selection, fc.constantFrom('', '', 'limit=1', 'limit=2', 'limit=5'), shapes)
      .map(([selected, more, accept]) => get(withQuery(path, selected, more), accepting(accept))),
    fc
      .tuple(earlier, fc.constantFrom('', '', 'limit=1'))
      .map(([step, limit]) =>
        get(
          withQuery(
            path,
            `resourceVersion={{r${step}.metadata.resourceVersion}}`,
            'resourceVersionMatch=Exact',
            limit,
          ),
        ),
      ),
    fc
      .tuple(earlier, selection)
      .map(([step, selected]) =>
        get(withQuery(path, 'limit=1', `continue={{list${step}.metadata.continue}}`, selected)),
      ),
  );
}
