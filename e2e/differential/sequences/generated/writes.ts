import fc from 'fast-check';
import type { RequestStep } from '../../sequence.ts';
import { apply } from '../apply/requests.ts';
import { patch, post, put } from '../requests.ts';
import { finalizers, labels, nameOf, revision, withQuery, writeParameters } from './draw.ts';
import { objectOf, type Change, type DrawnKind } from './resource.ts';

type Request = fc.Arbitrary<RequestStep>;

/** A POST of a new object. A generated name is only tried, because nobody knows at which place a list has it. */
export function creation(kind: DrawnKind): Request {
  const named = fc
    .tuple(nameOf(kind), kind.content, labels, finalizers, writeParameters)
    .map(([object, content, given, held, query]) =>
      post(
        withQuery(kind.path, ...query),
        objectOf(kind, { name: object, labels: given, finalizers: held }, content),
      ),
    );
  // What is wrong with an object would be told with its name, which nobody else knows.
  const generated = fc.constant(
    post(`${kind.path}?dryRun=All`, objectOf(kind, { generateName: 'made-' }, kind.good)),
  );
  // It would have to be a dry run.
  if (kind.assigns === true) return named;
  return fc.oneof({ weight: 12, arbitrary: named }, { weight: 1, arbitrary: generated });
}

/** A PUT of an object. */
export function replacement(kind: DrawnKind): Request {
  return fc
    .tuple(nameOf(kind), kind.content, labels, finalizers, revision, writeParameters)
    .map(([object, content, given, held, resourceVersion, query]) =>
      put(
        withQuery(`${kind.path}/${object}`, ...query),
        objectOf(
          kind,
          {
            name: object,
            labels: given,
            finalizers: held,
            ...(resourceVersion !== undefined && { resourceVersion }),
          },
          content,
        ),
      ),
    );
}

const ofMetadata: fc.Arbitrary<Change> = fc.oneof(
  fc.constant(['merge', { metadata: { finalizers: null } }] as const),
  fc.constant(['strategic', { metadata: { finalizers: ['example.com/h'] } }] as const),
  fc.constant([
    'strategic',
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/f'] } },
  ] as const),
  labels.map((given) => ['merge', { metadata: { labels: given } }] as const),
  fc.constant(['merge', { metadata: { labels: { in: null } } }] as const),
  fc.constant(['merge', { metadata: { annotations: { note: 'x' } } }] as const),
  revision.map((resourceVersion) => ['merge', { metadata: { resourceVersion } }] as const),
  fc.constant(['json', [{ op: 'add', path: '/metadata/labels', value: { in: 'yes' } }]] as const),
  fc.constant(['json', [{ op: 'test', path: '/metadata/name', value: 'a' }]] as const),
  fc.constant(['json', [{ op: 'remove', path: '/metadata/labels/in' }]] as const),
  fc.constant(['json', [{ op: 'replace', path: '/metadata/labels', value: null }]] as const),
);

/** A patch of any of the three older types. */
export function patching(kind: DrawnKind): Request {
  return fc
    .tuple(nameOf(kind), fc.oneof(ofMetadata, kind.changes, kind.changes), writeParameters)
    .map(([object, [type, body], query]) => {
      const path = withQuery(`${kind.path}/${object}`, ...query);
      // To a custom resource a strategic merge patch is always refused, which a written sequence shows.
      return patch(type === 'strategic' && kind.strategic === false ? 'merge' : (type as 'merge'), path, body);
    });
}

const applyParameters = fc.constantFrom(
  '',
  '',
  '',
  '&force=true',
  '&force=true',
  '&force=maybe',
  '&dryRun=All',
  '&fieldValidation=Strict',
);

/** A server-side apply. */
export function applying(kind: DrawnKind): Request {
  return fc
    .tuple(nameOf(kind), kind.content, labels, fc.constantFrom('one', 'one', 'two', ''), applyParameters)
    .map(([object, content, given, manager, query]) =>
      apply(`${kind.path}/${object}`, objectOf(kind, { name: object, labels: given }, content), manager, query),
    );
}

/** A write of the status alone. */
export function statusChange(kind: DrawnKind, status: fc.Arbitrary<Record<string, unknown>>): Request {
  return fc
    .tuple(nameOf(kind), status, labels, fc.constantFrom('merge', 'put', 'apply'), revision, writeParameters)
    .map(([object, observed, given, how, resourceVersion, query]) => {
      const path = `${kind.path}/${object}/status`;
      const metadata = {
        name: object,
        labels: given,
        ...(resourceVersion !== undefined && { resourceVersion }),
      };
      if (how === 'put')
        return put(
          withQuery(path, ...query),
          objectOf(kind, metadata, { ...kind.good, status: observed }),
        );
      if (how === 'apply')
        return apply(path, objectOf(kind, { name: object, labels: given }, { status: observed }), 'observer');
      return patch('merge', withQuery(path, ...query), { metadata: { labels: given }, status: observed });
    });
}
