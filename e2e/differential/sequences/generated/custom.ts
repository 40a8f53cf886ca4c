import type { Target } from '../../target.ts';
import { change, content } from './draw.ts';
import type { DrawnKind } from './resource.ts';

const group = 'generated.example.com';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const text = { type: 'string' };
const integer = { type: 'integer' };

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gadgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { ...integer, minimum: 0, maximum: 9 },
                  colour: { ...text, enum: ['red', 'green'], default: 'green' },
                  replicas: integer,
                  nested: {
                    type: 'object',
                    default: {},
                    properties: { a: text, b: { ...text, default: 'c' } },
                  },
                  tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: { type: 'object', properties: { phase: text, replicas: integer, selector: text } },
            },
          },
        },
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
      },
    ],
  },
};

/** Objects of a CustomResourceDefinition that {@link defineGadgets} makes: with defaults, pruning, a status and a scale. */
export const drawnGadget: DrawnKind = {
  kind: 'Gadget',
  apiVersion: `${group}/v1`,
  path: `/apis/${group}/v1/namespaces/{{ns}}/gadgets`,
  strategic: false,
  good: { spec: { size: 0 } },
  scale: true,
  content: content(
    { spec: { size: 1 } },
    { spec: { size: 2, colour: 'red', replicas: 1 } },
    { spec: { size: 3, nested: { a: 'x' }, tags: ['x', 'y'] }, status: { phase: 'ignored' } },
    { spec: { size: 4, free: { any: [1, { thing: true }] } } },
    { spec: { size: 5, unknown: 1 } },
    { spec: { size: 5, nested: { c: 'pruned' } } },
    { spec: { size: 1, nested: null } },
    { spec: { size: 10 } },
    { spec: { size: 1, colour: 'blue' } },
    { spec: { size: 1, tags: ['x', 'x'] } },
    { spec: { size: '1' } },
    { spec: {} },
    {},
  ),
  changes: change(
    ['merge', { spec: { size: 6 } }],
    ['merge', { spec: { size: null } }],
    ['merge', { spec: { colour: null, nested: null } }],
    ['merge', { spec: { tags: ['z'] } }],
    ['merge', { spec: { unknown: 2 } }],
    ['merge', { spec: { free: { x: { y: null } } } }],
    ['json', [{ op: 'add', path: '/spec/nested/a', value: 'j' }]],
    ['json', [{ op: 'remove', path: '/spec/colour' }]],
    ['json', [{ op: 'replace', path: '/spec/size', value: -1 }]],
    ['json', [{ op: 'replace', path: '/spec/tags', value: 'text' }]],
  ),
  status: content(
    { phase: 'Ready' },
    { replicas: 2, selector: 'a=b' },
    { other: 'pruned' },
  ),
};

const patienceMs = 30_000;

/** Defines the custom resource of generated sequences, and waits until it is served. @throws Error if it is not */
export async function defineGadgets(target: Target): Promise<void> {
  const { status, body } = await target.call({ method: 'POST', path: definitions, body: definition });
  if (status !== 201 && status !== 409) throw new Error(`${target.name}: ${JSON.stringify(body)}`);
  const deadline = Date.now() + patienceMs;
  const path = drawnGadget.path.replace('{{ns}}', 'default');
  while ((await target.call({ method: 'GET', path })).status !== 200)
    if (Date.now() > deadline) throw new Error(`${target.name}: ${path} is not served`);
}
