import type { Sequence, Step } from '../../sequence.ts';
import { get, patch, post, put } from '../requests.ts';
import { apply, as } from './requests.ts';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const string = { type: 'string' };
const integer = { type: 'integer' };
const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: 'object',
  properties,
  ...more,
});
const array = (items: unknown, more: Record<string, unknown> = {}) => ({ type: 'array', items, ...more });
const keyed = (items: unknown, keys: readonly string[]) =>
  array(items, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
const port = object(
  { port: integer, protocol: { ...string, default: 'TCP' }, name: string },
  { required: ['port'] },
);

const spec = object({
  text: string,
  number: integer,
  defaulted: { ...string, default: 'x' },
  nested: object({ a: string, b: string, deep: object({ c: string, d: { ...string, default: 'y' } }) }),
  map: { type: 'object', additionalProperties: string },
  objects: { type: 'object', additionalProperties: object({ a: string, b: string }) },
  atomicMap: object({ a: string, b: string }, { 'x-kubernetes-map-type': 'atomic' }),
  granularMap: object({ a: string, b: string }, { 'x-kubernetes-map-type': 'granular' }),
  list: array(string),
  atomicList: array(object({ a: string }), { 'x-kubernetes-list-type': 'atomic' }),
  set: array(string, { 'x-kubernetes-list-type': 'set' }),
  numbers: array(integer, { 'x-kubernetes-list-type': 'set' }),
  keyed: keyed(object({ name: string, value: string, list: array(string) }, { required: ['name'] }), [
    'name',
  ]),
  ports: keyed({ ...port, required: ['port', 'protocol'] }, ['port', 'protocol']),
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  half: object({ a: string }, { 'x-kubernetes-preserve-unknown-fields': true }),
  embedded: {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  },
  intOrString: { 'x-kubernetes-int-or-string': true },
  nullable: { ...string, nullable: true },
  replicas: integer,
});

const version = (name: string, schema: unknown, more: Record<string, unknown> = {}) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: {
    openAPIV3Schema: object({
      spec: schema,
      status: object({
        phase: string,
        replicas: integer,
        conditions: keyed(object({ type: string, status: string }, { required: ['type'] }), ['type']),
      }),
    }),
  },
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  },
  ...more,
});

const group = '{{ns}}.example.com';
const definition = (versions: unknown[]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `things.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
    versions,
  },
});
const things = (name = 'v1') => `/apis/${group}/${name}/namespaces/{{ns}}/things`;
const a = `${things()}/a`;
const thing = (content: Record<string, unknown>, apiVersion = 'v1') => ({
  apiVersion: `${group}/${apiVersion}`,
  kind: 'Thing',
  metadata: { name: 'a' },
  ...content,
});
const of = (content: Record<string, unknown>) => thing({ spec: content });

/** Waits until the resource is served; only the last answer counts. */
const served = (name = 'v1'): Step => get(things(name), { until: ({ status }) => status === 200 });
const define = (...versions: unknown[]): Step[] => [
  post(crds, definition(versions), { until: ({ status }) => status === 201 || status === 409 }),
  served(),
];

const one: Record<string, readonly Step[]> = {
  'made by a POST': [
    post(
      as('maker', things()),
      of({ text: 'x', nested: { a: '1' }, map: { k: 'v' }, objects: { o: { a: '1' } } }),
    ),
    patch('merge', as('editor', a), { spec: { nested: { b: '2' }, list: ['x'] } }),
    patch('merge', as('editor', a), { spec: { nested: null } }),
  ],
  'nested objects': [
    apply(a, of({ nested: { a: '1', deep: { c: '1' } } }), 'one'),
    apply(a, of({ nested: { b: '1' } }), 'two'),
    apply(a, of({ nested: { deep: { c: '2' } } }), 'two'),
    apply(a, of({}), 'one'),
    apply(a, of({ nested: {} }), 'two'),
    apply(a, thing({}), 'two'),
  ],
  defaults: [
    apply(a, of({ text: 'x', nested: { deep: {} } }), 'one'),
    apply(a, of({ defaulted: 'z' }), 'two'),
    apply(a, of({ defaulted: 'x' }), 'three'),
    apply(a, of({}), 'two'),
  ],
  maps: [
    apply(a, of({ map: { a: '1' }, objects: { o: { a: '1' } } }), 'one'),
    apply(a, of({ map: { b: '1' }, objects: { o: { b: '1' }, p: {} } }), 'two'),
    apply(a, of({ map: {}, objects: {} }), 'one'),
    apply(a, of({ map: { a: '2' } }), 'two'),
    apply(a, of({}), 'one'),
    apply(a, of({}), 'two'),
  ],
  'atomic and granular objects': [
    apply(a, of({ atomicMap: { a: '1' }, granularMap: { a: '1' } }), 'one'),
    apply(a, of({ granularMap: { b: '1' } }), 'two'),
    apply(a, of({ atomicMap: { b: '1' } }), 'two'),
    apply(a, of({ atomicMap: { b: '1' } }), 'two', '&force=true'),
    apply(a, of({ atomicMap: {} }), 'one', '&force=true'),
    apply(a, of({}), 'one'),
  ],
  'atomic lists': [
    apply(a, of({ list: ['a'], atomicList: [{ a: '1' }] }), 'one'),
    apply(a, of({ list: ['a', 'b'] }), 'two'),
    apply(a, of({ list: ['a'] }), 'two'),
    apply(a, of({ list: [], atomicList: [] }), 'one', '&force=true'),
    apply(a, of({}), 'one'),
  ],
  sets: [
    apply(a, of({ set: ['a', 'b'], numbers: [3, 1] }), 'one'),
    apply(a, of({ set: ['c', 'b', 'a'], numbers: [2] }), 'two'),
    apply(a, of({ set: ['b'] }), 'one'),
    apply(a, of({ set: [] }), 'two'),
    apply(a, of({ set: ['x', 'x'] }), 'one'),
    patch('merge', as('editor', a), { spec: { set: ['n', 'b'] } }),
    apply(a, of({}), 'one'),
  ],
  'keyed lists': [
    apply(
      a,
      of({
        keyed: [
          { name: 'a', value: '1' },
          { name: 'b', value: '1' },
        ],
      }),
      'one',
    ),
    apply(
      a,
      of({
        keyed: [
          { name: 'c', value: '1' },
          { name: 'a', list: ['x'] },
        ],
      }),
      'two',
    ),
    apply(a, of({ keyed: [{ name: 'b', value: '2' }] }), 'two'),
    apply(a, of({ keyed: [{ name: 'b', value: '2' }, { name: 'd' }] }), 'one'),
    apply(a, of({ keyed: [] }), 'two'),
    apply(a, of({ keyed: [{ value: '1' }] }), 'two'),
    apply(a, of({ keyed: [{ name: 'x' }, { name: 'x' }] }), 'two'),
    apply(a, of({ keyed: ['x'] }), 'two'),
    apply(a, of({ keyed: null }), 'two'),
    patch('json', as('editor', a), [{ op: 'add', path: '/spec/keyed/-', value: { name: 'e', value: '1' } }]),
    apply(a, of({}), 'one'),
  ],
  'order of lists': [
    apply(a, of({ keyed: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }), 'one'),
    apply(a, of({ keyed: [{ name: 'c' }, { name: 'x' }, { name: 'a' }] }), 'two'),
    apply(a, of({ keyed: [{ name: 'y' }, { name: 'b' }] }), 'three'),
    apply(a, of({ keyed: [{ name: 'c' }, { name: 'b' }, { name: 'a' }] }), 'one'),
    apply(a, of({ set: ['1', '2', '3', '4'] }), 'four'),
    apply(a, of({ set: ['4', '9', '2'] }), 'five'),
    apply(a, of({ set: ['3', '8', '1', '7'] }), 'six'),
  ],
  'keys with defaults': [
    apply(
      a,
      of({
        ports: [
          { port: 80, name: 'a' },
          { port: 80, protocol: 'UDP' },
        ],
      }),
      'one',
    ),
    apply(a, of({ ports: [{ port: 80, protocol: 'TCP', name: 'b' }] }), 'two'),
    apply(a, of({ ports: [{ port: 80, protocol: 'TCP', name: 'b' }] }), 'two', '&force=true'),
    apply(a, of({ ports: [{ port: 80 }] }), 'one'),
    apply(a, of({ ports: [{ name: 'x' }] }), 'one'),
  ],
  'what no schema describes': [
    apply(a, of({ free: { x: { y: 1, l: [1, { z: 2 }] }, s: 't', n: null, e: {} } }), 'one'),
    apply(a, of({ free: { x: { w: 1 } }, half: { a: '1', u: { v: 1 } } }), 'two'),
    apply(a, of({ free: { x: 5 } }), 'three'),
    apply(a, of({ free: { x: 5 } }), 'three', '&force=true'),
    patch('merge', as('editor', a), { spec: { free: { x: { again: [] } } } }),
    apply(a, of({}), 'one'),
    apply(a, of({ half: {} }), 'two'),
  ],
  'embedded objects': [
    apply(
      a,
      of({
        embedded: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'p', labels: { l: 'm' } },
          spec: { x: [1] },
        },
      }),
      'one',
    ),
    apply(
      a,
      of({ embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels: { k: 'm' } } } }),
      'two',
    ),
    apply(
      a,
      of({ embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', finalizers: ['a/b'] } } }),
      'one',
    ),
  ],
  'integers or strings, and null': [
    apply(a, of({ intOrString: 5, nullable: null }), 'one'),
    apply(a, of({ intOrString: '5' }), 'two'),
    apply(a, of({ intOrString: '5', nullable: 'x' }), 'one'),
    apply(a, of({ text: null }), 'one'),
    apply(a, of({ nested: null }), 'one'),
  ],
  'what does not fit': [
    apply(a, of({ unknown: 1 }), 'one'),
    apply(a, of({ text: 5 }), 'one'),
    apply(a, of({ number: 'x' }), 'one'),
    apply(a, of({ nested: 'x' }), 'one'),
    apply(a, of({ nested: { unknown: 1 } }), 'one'),
    apply(a, of({ list: 'x' }), 'one'),
    apply(a, of({ set: [{ a: 1 }] }), 'one'),
    apply(a, of({ set: [null] }), 'one'),
    apply(a, thing({ other: 1 }), 'one'),
    apply(a, thing({ spec: {}, metadata: { name: 'a', other: 1 } }), 'one'),
  ],
  status: [
    apply(`${a}/status`, thing({ status: { phase: 'x' } }), 'observer'),
    apply(a, thing({ spec: { text: 'x' }, status: { phase: 'x' } }), 'one'),
    apply(
      `${a}/status`,
      thing({ spec: { text: 'y' }, status: { phase: 'x' }, metadata: { name: 'a', labels: { l: 'm' } } }),
      'observer',
    ),
    apply(
      `${a}/status`,
      thing({ status: { phase: 'y', conditions: [{ type: 'A', status: 'T' }] } }),
      'second',
    ),
    apply(
      `${a}/status`,
      thing({ status: { phase: 'y', conditions: [{ type: 'B', status: 'T' }] } }),
      'second',
      '&force=true',
    ),
    patch('merge', as('patcher', `${a}/status`), { status: { phase: 'z' } }),
    apply(`${a}/status`, thing({ status: {} }), 'second'),
    apply(`${a}/status`, thing({}), 'second'),
    get(a, { as: 'now' }),
    put(
      as('putter', `${a}/status`),
      thing({
        status: { phase: 'p' },
        metadata: { name: 'a', resourceVersion: '{{now.metadata.resourceVersion}}', managedFields: [] },
      }),
    ),
  ],
  scale: [
    apply(a, of({ text: 'x', replicas: 1 }), 'one'),
    patch('merge', as('scaler', `${a}/scale`), { spec: { replicas: 2 } }),
    get(a),
    apply(a, of({ text: 'x', replicas: 1 }), 'one'),
    get(`${a}/scale`, { as: 'scale' }),
    put(as('putter', `${a}/scale`), {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'a', namespace: '{{ns}}', resourceVersion: '{{scale.metadata.resourceVersion}}' },
      spec: { replicas: 3 },
    }),
    get(a),
    apply(
      `${a}/scale`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 4 } },
      'autoscaler',
    ),
    apply(a, of({ text: 'x' }), 'one'),
    apply(a, of({ text: 'x', replicas: 4 }), 'one'),
    get(a),
  ],
  'the scale of what has no replicas': [
    post(things(), of({ text: 'x' })),
    get(`${a}/scale`),
    ...[{}, { replicas: -1 }, { replicas: 3 }, { replicas: -1 }].map((wanted) =>
      patch('merge', `${a}/scale`, { spec: wanted }),
    ),
    get(`${a}/scale`, { as: 'scale' }),
    put(`${a}/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'a', namespace: '{{ns}}', resourceVersion: '{{scale.metadata.resourceVersion}}' },
      spec: { replicas: -2 },
    }),
    ...[-1, 2 ** 31, 2 ** 31 - 1].map((replicas) => patch('merge', a, { spec: { replicas } })),
    ...[-1, 2 ** 31, 1].map((replicas) => patch('merge', `${a}/status`, { status: { replicas } })),
    get(a),
  ],
  'the metadata of a list asked for one object': [
    post(things(), of({ text: 'x' })),
    ...['a', 'b'].map((name) =>
      get(`${things()}/${name}`, {
        accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      }),
    ),
    get(things(), { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }),
  ],
  'null in place of an object': [
    post(things(), 'null'),
    put(a, 'null'),
    post(things(), of({ text: 'x' })),
    put(a, 'null'),
    get(a),
  ],
  'an update that changes nothing': [
    post(as('maker', things()), of({ text: 'x' }), { as: 'made' }),
    put(
      as('other', a),
      thing({
        spec: { text: 'x' },
        metadata: { name: 'a', resourceVersion: '{{made.metadata.resourceVersion}}' },
      }),
    ),
    patch('merge', as('other', a), { spec: { text: 'x' } }),
    apply(a, of({ text: 'x' }), 'maker'),
    apply(a, of({ text: 'x' }), 'maker'),
  ],
};

const two: Record<string, readonly Step[]> = {
  'two versions': [
    apply(a, of({ text: 'x', nested: { a: '1' } }), 'one'),
    apply(`${things('v2')}/a`, thing({ spec: { text: 'x', nested: { b: '1' } } }, 'v2'), 'two'),
    apply(`${things('v2')}/a`, thing({ spec: { text: 'y' } }, 'v2'), 'two'),
    apply(`${things('v2')}/a`, thing({ spec: { nested: { b: '2' } } }, 'v2'), 'one'),
    patch('merge', as('editor', `${things('v2')}/a`), { spec: { nested: { a: '3' } } }),
    patch('merge', as('editor', a), { spec: { nested: { b: '4' } } }),
    apply(a, thing({ spec: { text: 'x' } }, 'v2'), 'one'),
    get(a),
    get(`${things('v2')}/a`),
  ],
};

/** Server-side apply and the owners of fields, with custom resources, and what else is particular to these. */
export const applyToCustom: readonly Sequence[] = [
  {
    name: 'apply: custom: a version out of use',
    steps: [
      ...define(version('v1', spec, { deprecated: true })),
      post(things(), of({ text: 'x' })),
      post(a, of({ text: 'x' })),
      put(things(), of({ text: 'x' })),
      ...[things(), a, `${a}/status`, `${a}/absent`, `${things()}/b`].map((path) => get(path)),
    ],
  },
  ...Object.entries(one).map(([name, steps]) => ({
    name: `apply: custom: ${name}`,
    steps: [...define(version('v1', spec)), ...steps],
  })),
  ...Object.entries(two).map(([name, steps]) => ({
    name: `apply: custom: ${name}`,
    steps: [...define(version('v1', spec), version('v2', spec)), served('v2'), ...steps],
  })),
];
