import fc from 'fast-check';
import type { RequestStep } from '../../sequence.ts';
import { get, patch, post, put } from '../requests.ts';
import { nameOf, withQuery } from './draw.ts';
import { objectOf, type DrawnKind } from './resource.ts';

const bodies = fc.constantFrom<unknown>(
  'no JSON',
  '{"metadata":{"name":"a"}',
  '[]',
  '"text"',
  'null',
  '',
  { metadata: { name: 5 } },
  { metadata: { name: 'a', labels: [] } },
  { metadata: { name: 'a', labels: { in: 5 } } },
  { metadata: { name: 'a', finalizers: ['plain'] } },
  { metadata: { name: 'a', labels: { 'a b': 'c' } } },
  { metadata: { name: 'A_b' } },
  { metadata: { name: 'a', namespace: 'default' } },
  { metadata: 'text' },
);

/** Bodies that cannot be read, or that say what they must not. */
function badBody(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  // To what has no name Kubernetes assigns an address before it misses the name, and all others of the sequence are counted from there.
  // That is asked by a written sequence.
  const drawn = kind.assigns === true ? bodies.filter((body) => body !== 'null') : bodies;
  return fc.tuple(nameOf(kind), drawn, fc.constantFrom('post', 'put')).map(([object, body, how]) => {
    const whole = isMembers(body) ? { ...objectOf(kind, {}, kind.good), ...ownName(kind, body) } : body;
    return how === 'put' ? put(`${kind.path}/${object}`, whole) : post(kind.path, whole);
  });
}

const isMembers = (body: unknown): body is { metadata: unknown } => typeof body === 'object';

/** Of a kind of the whole cluster no two sequences name an object alike: which of them made it would be chance. */
function ownName({ namespaced = true }: DrawnKind, body: { metadata: unknown }): { metadata: unknown } {
  const { metadata } = body;
  if (namespaced || typeof metadata !== 'object' || !('name' in (metadata ?? {}))) return body;
  const { name } = metadata as { name: unknown };
  return name === 'a' ? { metadata: { ...metadata, name: '{{ns}}-a' } } : body;
}

const validations = fc.constantFrom('', 'fieldValidation=Strict', 'fieldValidation=Warn', 'fieldValidation=Ignore');
const foreign = fc.constantFrom<(metadata: object) => object>(
  (metadata) => ({ metadata, colour: 'red' }),
  (metadata) => ({ metadata: { ...metadata, size: 1 } }),
  (metadata) => ({ metadata: { ...metadata, size: 1 }, colour: 'red', other: {} }),
);

/** Members that the kind does not have, and members that are there twice. */
function foreignMembers(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  const type = { apiVersion: kind.apiVersion, kind: kind.kind };
  const unknown = fc
    .tuple(nameOf(kind), foreign, validations, fc.constantFrom('post', 'put', 'patch'))
    .map(([object, make, query, how]) => {
      const body = make({ name: object });
      const path = withQuery(how === 'post' ? kind.path : `${kind.path}/${object}`, query);
      if (how === 'patch') return patch('merge', path, body);
      return (how === 'post' ? post : put)(path, { ...type, ...kind.good, ...body });
    });
  const twice = fc.tuple(nameOf(kind), validations).map(([object, query]) => {
    const text = JSON.stringify(objectOf(kind, { name: object, labels: { in: 'yes' } }, kind.good));
    return post(withQuery(kind.path, query), text.replace('"in":"yes"', '"in":"no","in":"yes"'));
  });
  return fc.oneof({ weight: 3, arbitrary: unknown }, { weight: 1, arbitrary: twice });
}

/** Objects of another kind, types of bodies and patches that there are not, paths and methods that do not go together. */
function misdirected(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  const { path } = kind;
  return nameOf(kind).chain((object) =>
    fc.constantFrom<RequestStep>(
      post(path, { ...objectOf(kind, { name: object }, kind.good), kind: 'Planet' }),
      put(`${path}/${object}`, { ...objectOf(kind, { name: object }, kind.good), apiVersion: 'v7' }),
      put(`${path}/${object}`, objectOf(kind, { name: 'other' }, kind.good)),
      post(path, objectOf(kind, { name: object }, kind.good), { type: 'text/plain' }),
      patch('merge', `${path}/${object}`, {}, { type: 'text/plain' }),
      patch('merge', `${path}/${object}`, []),
      patch('json', `${path}/${object}`, {}),
      patch('json', `${path}/${object}`, [{ op: 'other', path: '/metadata' }]),
      // The paths of custom resources are all served by one handler, which has its own mind about these.
      ...(kind.strategic === false
        ? []
        : [
            post(`${path}/${object}`, objectOf(kind, { name: object }, kind.good)),
            put(path, objectOf(kind, { name: object }, kind.good)),
            patch('merge', path, {}),
            get(`${path}/${object}`, { accept: 'text/plain' }),
          ]),
      get(`${path}/${object}/absent`),
      get(`${path}/${object}?resourceVersion=x`),
    ),
  );
}

/** A request that is refused, or answered with a warning. */
export function mistake(kind: DrawnKind): fc.Arbitrary<RequestStep> {
  return fc.oneof(badBody(kind), foreignMembers(kind), misdirected(kind));
}
