import fc from 'fast-check';
import type { RequestStep, Sequence, Step } from '../sequence.ts';
import { configMap, configMaps, del, get, patch, post, put } from './requests.ts';

const name = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('0', '1', '2');
const dryRun = fc.constantFrom('', '', '', '', 'dryRun=All');
const labels = fc.constantFrom({}, { in: 'yes' }, { in: 'no' }, { in: 'yes', more: 'x' });
const finalizers = fc.constantFrom([], [], [], ['example.com/f'], ['example.com/f', 'example.com/g']);
/** Of an answer that came before, by its number; there may be none, or it may be a refusal: then both servers get nonsense. */
const earlier = fc.integer({ min: 0, max: 8 });
const revision = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: earlier.map((step) => `{{r${step}.metadata.resourceVersion}}`) },
);

const withQuery = (path: string, ...parameters: string[]): string => {
  const given = parameters.filter((parameter) => parameter !== '');
  return given.length === 0 ? path : `${path}?${given.join('&')}`;
};

const creation = fc
  .tuple(name, value, labels, finalizers, dryRun)
  .map(([object, v, given, held, dry]) =>
    post(withQuery(configMaps, dry), configMap(object, { v }, { labels: given, finalizers: held })),
  );

const replacement = fc
  .tuple(name, value, labels, finalizers, revision, dryRun)
  .map(([object, v, given, held, resourceVersion, dry]) =>
    put(
      withQuery(`${configMaps}/${object}`, dry),
      configMap(
        object,
        { v },
        { labels: given, finalizers: held, ...(resourceVersion !== undefined && { resourceVersion }) },
      ),
    ),
  );

const change = fc.oneof(
  value.map((v) => ['merge', { data: { v } }] as const),
  value.map((v) => ['strategic', { data: { w: v } }] as const),
  fc.constant(['merge', { data: null }] as const),
  fc.constant(['merge', { metadata: { finalizers: null } }] as const),
  fc.constant(['strategic', { metadata: { finalizers: ['example.com/h'] } }] as const),
  fc.constant([
    'strategic',
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/f'] } },
  ] as const),
  labels.map((given) => ['merge', { metadata: { labels: given } }] as const),
  fc.constant(['merge', { metadata: { labels: { in: null } } }] as const),
  revision.map((resourceVersion) => ['merge', { metadata: { resourceVersion } }] as const),
  value.map((v) => ['json', [{ op: 'add', path: '/data', value: { v } }]] as const),
  value.map((v) => ['json', [{ op: 'test', path: '/data/v', value: v }]] as const),
  fc.constant(['json', [{ op: 'remove', path: '/data/v' }]] as const),
);
const patching = fc
  .tuple(name, change, dryRun)
  .map(([object, [kind, body], dry]) => patch(kind, withQuery(`${configMaps}/${object}`, dry), body));

const preconditions = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: earlier.map((step) => ({ uid: `{{r${step}.metadata.uid}}` })) },
  {
    weight: 1,
    arbitrary: earlier.map((step) => ({ resourceVersion: `{{r${step}.metadata.resourceVersion}}` })),
  },
);
const deletion = fc
  .tuple(name, preconditions, dryRun)
  .map(([object, given, dry]) =>
    del(
      withQuery(`${configMaps}/${object}`, dry),
      given === undefined ? undefined : { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: given },
    ),
  );

const selection = fc.constantFrom(
  '',
  'labelSelector=in%3Dyes',
  'labelSelector=in',
  'labelSelector=!in',
  'labelSelector=in%20notin%20(yes)',
  'fieldSelector=metadata.name%3Da',
  'fieldSelector=metadata.name!%3Da',
);
const reading = fc.oneof(
  name.map((object) => get(`${configMaps}/${object}`)),
  fc
    .tuple(selection, fc.constantFrom('', 'limit=1', 'limit=2', 'limit=5'))
    .map((parameters) => get(withQuery(configMaps, ...parameters))),
  fc
    .tuple(earlier, fc.constantFrom('Exact', 'NotOlderThan'))
    .map(([step, match]) =>
      get(
        `${configMaps}?resourceVersion={{r${step}.metadata.resourceVersion}}&resourceVersionMatch=${match}`,
      ),
    ),
  earlier.map((step) => get(`${configMaps}?limit=1&continue={{list${step}.metadata.continue}}`)),
);
const deletionOfMany = selection.map((parameters) => del(withQuery(configMaps, parameters)));

const request: fc.Arbitrary<RequestStep> = fc.oneof(
  { weight: 6, arbitrary: creation },
  { weight: 5, arbitrary: replacement },
  { weight: 6, arbitrary: patching },
  { weight: 4, arbitrary: deletion },
  { weight: 4, arbitrary: reading },
  { weight: 1, arbitrary: deletionOfMany },
);

const sequence = fc
  .tuple(fc.array(request, { minLength: 3, maxLength: 9 }), selection, fc.boolean())
  .map(([requests, selected, watched]): Step[] => {
    const steps = requests.map((step, index): RequestStep => ({ ...step, as: nameOf(step, index) }));
    if (!watched) return steps;
    const watch = { watch: 'w', path: withQuery(configMaps, 'watch=true', selected) };
    // Every selection sees one of the two.
    const last = [
      post(configMaps, configMap('last', {}, { labels: { in: 'yes' } })),
      post(configMaps, configMap('last-too')),
    ];
    return selected.includes('name%3Da') && !selected.includes('!%3D')
      ? steps
      : [watch, ...steps, ...last, { collect: 'w', through: { name: lastSeen(selected) } }];
  });

/** Revisions of lists are not referred to: they count what other sequences write at the same time. */
function nameOf({ method, path }: RequestStep, index: number): string {
  const one = path.startsWith(`${configMaps}/`) || method === 'POST';
  return one ? `r${index}` : `list${index}`;
}

function lastSeen(selected: string): string {
  return selected === 'labelSelector=in%3Dyes' || selected === 'labelSelector=in' ? 'last' : 'last-too';
}

/** Sequences of ordinary requests, valid and refused ones, drawn at random. The same seed draws the same. */
export function generatedSequences(seed: number, count: number): Sequence[] {
  return fc
    .sample(sequence, { seed, numRuns: count })
    .map((steps, index) => ({ name: `generated: ${index} of seed ${seed}`, steps }));
}
