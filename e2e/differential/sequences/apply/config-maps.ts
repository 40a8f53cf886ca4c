import type { Sequence, Step } from '../../sequence.ts';
import { configMap, configMaps, del, get, patch, post, put } from '../requests.ts';
import { apply, applyType, as } from './requests.ts';

const a = `${configMaps}/a`;
const of = (data: Record<string, string>, metadata: Record<string, unknown> = {}) =>
  configMap('a', data, metadata);
const entry = {
  manager: 'given',
  operation: 'Update',
  apiVersion: 'v1',
  time: '2020-01-01T00:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': { 'f:v': {} } },
};
const lastApplied = (object: unknown) => ({
  annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(object)}\n` },
});
const owner = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid: `{{${name}.metadata.uid}}`,
});

const steps: Record<string, readonly Step[]> = {
  'makes an object': [apply(a, of({ v: '1' }), 'one'), get(a)],
  'the same twice': [apply(a, of({ v: '1' }), 'one'), apply(a, of({ v: '1' }), 'one')],
  'changes its own field': [apply(a, of({ v: '1' }), 'one'), apply(a, of({ v: '2' }), 'one')],
  'leaves a field out': [apply(a, of({ v: '1', w: '1' }), 'one'), apply(a, of({ v: '1' }), 'one')],
  'leaves everything out': [apply(a, of({ v: '1' }, { labels: { l: 'm' } }), 'one'), apply(a, of({}), 'one')],
  'says only its name': [
    apply(a, of({ v: '1' }), 'one'),
    apply(a, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }, 'one'),
  ],
  'two share a field': [
    apply(a, of({ v: '1' }), 'one'),
    apply(a, of({ v: '1' }), 'two'),
    apply(a, of({}), 'one'),
    apply(a, of({}), 'two'),
  ],
  'two have fields of their own': [
    apply(a, of({ v: '1' }), 'one'),
    apply(a, of({ w: '1' }), 'two'),
    apply(a, of({ x: '1' }), 'one'),
  ],
  'a conflict': [
    apply(a, of({ v: '1' }), 'one'),
    apply(a, of({ v: '2' }), 'two'),
    apply(a, of({ v: '2' }), 'two', '&force=true'),
    apply(a, of({ v: '1' }), 'one'),
    get(a),
  ],
  'several conflicts with one': [
    apply(a, of({ v: '1', w: '1' }, { labels: { l: 'm' } }), 'one'),
    apply(a, of({ v: '2', w: '2' }, { labels: { l: 'n' } }), 'two'),
  ],
  'a conflict with an update': [
    post(as('maker', configMaps), of({ v: '1' })),
    apply(a, of({ v: '2' }), 'one'),
    apply(a, of({ v: '1' }), 'one'),
    patch('merge', as('editor', a), { data: { v: '3' } }),
    apply(a, of({ v: '1' }), 'one'),
    apply(a, of({ v: '1' }), 'one', '&force=true'),
  ],
  'an update takes fields': [
    apply(a, of({ v: '1', w: '1' }), 'one'),
    put(as('two', a), of({ v: '2', w: '1', x: '1' })),
    put(as('two', a), of({ v: '2' })),
    put(as('three', a), of({ v: '2' })),
    get(a),
  ],
  'all kinds of patches': [
    post(as('maker', configMaps), of({ v: '1' })),
    patch('json', as('json', a), [{ op: 'add', path: '/data/j', value: '1' }]),
    patch('merge', as('merge', a), { data: { m: '1' } }),
    patch('strategic', as('strategic', a), { data: { s: '1' } }),
    patch('merge', as('merge', a), { data: { m: null, j: null } }),
    patch('json', as('json', a), []),
    get(a),
  ],
  'labels, annotations, finalizers, owners': [
    post(configMaps, configMap('u1'), { as: 'u1' }),
    post(configMaps, configMap('u2'), { as: 'u2' }),
    apply(
      a,
      of(
        {},
        {
          labels: { l: '1' },
          annotations: { n: '1' },
          finalizers: ['a.b/c'],
          ownerReferences: [owner('u1')],
        },
      ),
      'one',
    ),
    apply(a, of({}, { labels: { k: '1' }, finalizers: ['a.b/d'], ownerReferences: [owner('u2')] }), 'two'),
    apply(a, of({}, { finalizers: ['a.b/c'] }), 'one'),
    apply(a, of({}, { ownerReferences: [{ ...owner('u2'), controller: true }] }), 'one'),
    patch('merge', a, { metadata: { finalizers: null } }),
  ],
  'nulls and empty objects': [
    apply(a, { ...of({}), data: null }, 'one'),
    apply(a, { ...of({}), data: {}, binaryData: {} }, 'one'),
    apply(a, { ...of({}), data: { v: null } }, 'one'),
    apply(a, of({ v: '1' }, { labels: null, annotations: {} }), 'one'),
    get(a),
  ],
  'update with the same content': [
    post(as('maker', configMaps), of({ v: '1' })),
    put(as('other', a), of({ v: '1' })),
    put(as('maker', a), of({ v: '1' })),
    patch('merge', as('other', a), { data: { v: '1' } }),
  ],
  'owners cleared by an empty list': [
    apply(a, of({ v: '1' }), 'one'),
    patch('merge', as('two', a), { metadata: { managedFields: [] }, data: { w: '1' } }),
    patch('merge', as('two', a), { data: { x: '1' } }),
    apply(a, of({ v: '2' }), 'one'),
    apply(a, of({ v: '1' }), 'one'),
    apply(a, of({}), 'one'),
  ],
  'owners cleared by an empty entry': [
    apply(a, of({ v: '1' }), 'one'),
    put(as('two', a), of({ v: '1' }, { managedFields: [{}] })),
    put(as('two', a), of({ v: '2' })),
  ],
  'owners of the client are taken': [
    post(as('one', configMaps), of({ v: '1', w: '1' }, { managedFields: [entry] })),
    put(as('two', a), of({ v: '2', w: '1' }, { managedFields: [entry] })),
    put(as('two', a), of({ v: '2', w: '1' }, { managedFields: null })),
  ],
  'owners that are not valid': [
    post(as('one', configMaps), of({ v: '1' })),
    ...[
      [{ ...entry, operation: 'Other' }],
      [{ ...entry, fieldsType: 'Other' }],
      [{ ...entry, fieldsType: undefined }],
      [{ ...entry, apiVersion: '' }],
      [{ ...entry, fieldsV1: { x: {} } }],
      [{ ...entry, fieldsV1: { 'k:x': {} } }],
      [{ ...entry, manager: 'x'.repeat(129) }],
      [{ ...entry, subresource: 'x'.repeat(257) }],
      [{ ...entry, apiVersion: 'v9' }],
      'text',
    ].map((managedFields) => patch('merge', as('two', a), { metadata: { managedFields } })),
    get(a),
  ],
  'a JSON patch of owners': [
    apply(a, of({ v: '1' }), 'one'),
    patch('json', as('two', a), [
      { op: 'replace', path: '/metadata/managedFields/0/manager', value: 'renamed' },
    ]),
    patch('json', as('two', a), [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]),
  ],
  revisions: [
    apply(a, of({ v: '1' }, { resourceVersion: '1' }), 'one'),
    apply(a, of({ v: '1' }), 'one', '', { as: 'made' }),
    apply(a, of({ v: '2' }, { resourceVersion: '{{made.metadata.resourceVersion}}' }), 'one'),
    apply(a, of({ v: '3' }, { resourceVersion: '{{made.metadata.resourceVersion}}' }), 'one'),
    apply(a, of({ v: '3' }, { resourceVersion: 'x' }), 'one'),
  ],
  uids: [
    apply(a, of({ v: '1' }, { uid: '00000000-0000-4000-8000-000000000000' }), 'one'),
    apply(a, of({ v: '1' }), 'one', '', { as: 'made' }),
    apply(a, of({ v: '1' }, { uid: '{{made.metadata.uid}}' }), 'one'),
    apply(a, of({ v: '1' }, { uid: '00000000-0000-4000-8000-000000000000' }), 'one'),
  ],
  'names and namespaces': [
    apply(a, configMap('b'), 'one'),
    apply(a, { apiVersion: 'v1', kind: 'ConfigMap' }, 'one'),
    apply(a, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a' } }, 'one'),
    apply(a, of({}, { namespace: 'other' }), 'one'),
    apply(a, of({}, { namespace: '{{ns}}' }), 'one'),
    apply('/api/v1/namespaces/there-is-none/configmaps/a', of({}), 'one'),
    apply(`${configMaps}/A_B`, configMap('A_B'), 'one'),
    apply(a, of({}, { name: 5 }), 'one'),
  ],
  types: [
    apply(a, { ...of({}), apiVersion: 'v2' }, 'one'),
    apply(a, { ...of({}), apiVersion: 'apps/v1' }, 'one'),
    apply(a, { ...of({}), kind: 'Secret' }, 'one'),
    apply(a, { ...of({}), kind: undefined }, 'one'),
    apply(a, { ...of({}), apiVersion: undefined }, 'one'),
  ],
  'what does not fit': [
    apply(a, { ...of({}), other: 1 }, 'one'),
    apply(a, { ...of({}), data: 'text' }, 'one'),
    apply(a, { ...of({}), data: [] }, 'one'),
    apply(a, { ...of({}), data: { v: 5 } }, 'one'),
    apply(a, { ...of({}), data: { v: true } }, 'one'),
    apply(a, { ...of({}), immutable: 'yes' }, 'one'),
    apply(a, of({}, { finalizers: ['a.b/c', 'a.b/c'] }), 'one'),
    apply(a, of({}, { finalizers: 'a.b/c' }), 'one'),
    apply(a, of({}, { ownerReferences: [{ name: 'x' }] }), 'one'),
    apply(a, of({}, { managedFields: [] }), 'one'),
    apply(a, of({}, { managedFields: [entry] }), 'one'),
    apply(a, of({}, { other: 1 }), 'one'),
    apply(a, of({ 'not valid!': '1' }), 'one'),
  ],
  bodies: [
    apply(a, '', 'one'),
    apply(a, '[]', 'one'),
    apply(a, '"text"', 'one'),
    apply(a, 'null', 'one'),
    apply(a, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  v: "1"\n', 'one'),
    apply(
      a,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\nimmutable: off\ndata: {v: "yes"}\n',
      'one',
    ),
    apply(
      a,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata: &d {v: x}\nbinaryData: {}\n',
      'one',
    ),
  ],
  managers: [
    apply(a, of({ v: '1' }), ''),
    apply(a, of({ v: '1' }), 'x'.repeat(128)),
    apply(a, of({ v: '1' }), 'x'.repeat(129)),
    apply(a, of({ v: '1' }), '%07'),
    apply(a, of({ v: '1' }), 'm%C3%A4nager'),
    patch('merge', `${a}?fieldManager=%07`, {}),
    post(`${configMaps}?fieldManager=${'x'.repeat(129)}`, configMap('b')),
    put(`${a}?fieldManager=${'x'.repeat(129)}`, of({})),
    patch('merge', `${a}?force=true`, {}),
    patch('merge', `${a}?force=false`, {}),
    apply(a, of({ v: '2' }), 'other', '&force=false'),
    apply(a, of({ v: '2' }), 'other', '&force=1'),
  ],
  programs: [
    post(configMaps, of({ v: '1' }), { headers: { 'user-agent': 'tool/v1.2 (linux)' } }),
    patch('merge', a, { data: { w: '1' } }, { headers: { 'user-agent': '' } }),
    patch('merge', a, { data: { x: '1' } }, { headers: { 'user-agent': `${'y'.repeat(200)}/1` } }),
    patch('merge', a, { data: { z: '1' } }, { headers: { 'user-agent': 'plain words' } }),
  ],
  'media types': [
    {
      method: 'PATCH',
      path: as('one', a),
      body: of({}),
      type: 'application/apply-patch+yaml; charset=utf-8',
    },
    { method: 'PATCH', path: as('one', a), body: of({}), type: 'application/apply-patch+cbor' },
    { method: 'PATCH', path: as('one', a), body: of({}), type: 'application/apply-patch+json' },
    { method: 'PATCH', path: as('one', a), body: of({}), type: 'application/yaml' },
    { method: 'PATCH', path: as('one', configMaps), body: of({}), type: applyType },
  ],
  'dry runs': [
    apply(a, of({ v: '1' }), 'one', '&dryRun=All'),
    get(a),
    apply(a, of({ v: '1' }), 'one'),
    apply(a, of({ v: '2' }), 'one', '&dryRun=All'),
    apply(a, of({ v: '2' }), 'two', '&dryRun=All'),
    apply(a, of({ v: '2' }), 'two', '&dryRun=All&force=true'),
    apply(a, of({ v: '2' }), 'two', '&dryRun=x'),
    get(a),
  ],
  'members twice': [
    apply(
      a,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  v: "1"\n  v: "2"\n',
      'one',
      '&fieldValidation=Strict',
    ),
    apply(
      a,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  v: "1"\n  v: "2"\n',
      'one',
      '&fieldValidation=Warn',
    ),
    apply(
      a,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"v":"1","v":"3"}}',
      'one',
    ),
    apply(
      a,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"x":1,"x":2}',
      'one',
      '&fieldValidation=Ignore',
    ),
  ],
  'kubectl takes over from client-side apply': [
    post(
      as('kubectl-client-side-apply', configMaps),
      of({ v: '1', w: '1' }, lastApplied(of({ v: '1', w: '1' }))),
    ),
    apply(a, of({ v: '2', w: '1' }), 'kubectl'),
    patch('merge', as('editor', a), { data: { v: '3' } }),
    apply(a, of({ v: '4', w: '2' }), 'kubectl'),
    apply(a, of({ v: '4', w: '2' }), 'kubectl', '&force=true'),
    apply(a, of({ v: '5' }), 'other'),
  ],
  'an annotation that is no configuration': [
    post(
      as('kubectl-client-side-apply', configMaps),
      of({ v: '1' }, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'x' } }),
    ),
    apply(a, of({ v: '2' }), 'kubectl'),
    apply(a, of({ v: '2' }), 'kubectl', '&force=true'),
  ],
  'many updaters': [
    post(as('m00', configMaps), of({ k0: '' })),
    ...Array.from({ length: 13 }, (_, index) =>
      patch('merge', as(`m${String(index + 1).padStart(2, '0')}`, a), { data: { [`k${index + 1}`]: '' } }),
    ),
  ],
  'deleted and made again': [
    apply(a, of({ v: '1' }, { finalizers: ['a.b/c'] }), 'one'),
    del(a),
    apply(a, of({ v: '2' }, { finalizers: ['a.b/c'] }), 'one'),
    apply(a, of({ v: '2' }), 'one'),
    apply(a, of({ v: '3' }), 'one'),
  ],
  immutable: [
    apply(a, { ...of({ v: '1' }), immutable: true }, 'one'),
    apply(a, { ...of({ v: '2' }), immutable: true }, 'one'),
    apply(a, of({ v: '1' }), 'one'),
  ],
  'other representations': [
    apply(a, of({ v: '1' }), 'one', '', {
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    }),
    apply(a, of({ v: '2' }), 'one', '', { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }),
  ],
  'events of a watch': [
    { watch: 'w', path: `${configMaps}?watch=true&fieldSelector=metadata.name%3Da` },
    apply(a, of({ v: '1' }), 'one'),
    apply(a, of({ v: '1' }), 'one'),
    apply(a, of({ v: '1' }), 'two'),
    apply(a, of({ v: '2' }), 'two', '&force=true'),
    { collect: 'w', through: 3 },
  ],
};

/** Server-side apply and the owners of fields, with ConfigMaps. */
export const applyToConfigMaps: readonly Sequence[] = Object.entries(steps).map(([name, sequence]) => ({
  name: `apply: ${name}`,
  steps: sequence,
}));
