import fc from 'fast-check';
import { describe, test } from 'vitest';
import { FieldManager } from '../src/apply/field-manager.ts';
import { customDefinitions } from '../src/crd/definitions.ts';
import { WebhookClient } from '../src/webhooks/client.ts';
import { isObject, type JsonObject } from '../src/object/json.ts';
import type { KubeObject } from '../src/object/types.ts';
import { Catalogue } from '../src/registry/catalogue.ts';
import type { Schema } from '../src/schema/types.ts';

const STRING: Schema = { type: 'string' };
const SPEC: Schema = {
  type: 'object',
  properties: {
    text: STRING,
    map: { type: 'object', additionalProperties: STRING },
    atomicList: { type: 'array', items: STRING },
    set: { type: 'array', items: STRING, 'x-kubernetes-list-type': 'set' },
    keyed: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: STRING, value: STRING, more: STRING } },
    },
    nested: { type: 'object', properties: { a: STRING, b: STRING } },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};

const catalogue = new Catalogue();
// Nothing here is converted by a webhook.
const noWebhooks = new WebhookClient(() => ({ host: '127.0.0.1', port: 1 }));
const [definition] = customDefinitions(
  {
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: SPEC } } },
        },
      ],
    },
  },
  noWebhooks,
);
if (definition === undefined) throw new Error('the definition serves no version');
catalogue.add(definition);

let second = 0;
const fields = new FieldManager({
  catalogue,
  definition,
  subresource: '',
  now: () => new Date(Date.UTC(2026, 0, 1) + 1000 * second++),
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const value = fc.constantFrom('1', '2');
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const spec = fc
  .record({
    text: some(value),
    map: some(fc.dictionary(name, value, { minKeys: 1 })),
    atomicList: some(fc.array(value, { minLength: 1, maxLength: 3 })),
    set: some(fc.uniqueArray(name, { minLength: 1 })),
    keyed: some(
      fc.uniqueArray(fc.record({ name, value: some(value), more: some(value) }), {
        selector: (element) => element.name,
        minLength: 1,
      }),
    ),
    nested: some(fc.record({ a: some(value), b: value })),
    free: some(
      fc.dictionary(name, fc.oneof(value, fc.dictionary(name, value, { minKeys: 1 })), { minKeys: 1 }),
    ),
  })
  .map((members) => JSON.parse(JSON.stringify(members)) as JsonObject);

function thing(content: JsonObject): KubeObject {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'a' },
    ...(Object.keys(content).length > 0 && { spec: content }),
  };
}

/** An object without its owners, and without the order of lists that are owned by their elements. */
function content({ spec: members }: KubeObject): unknown {
  return sortedLists(members ?? {});
}

function sortedLists(given: unknown, member = ''): unknown {
  if (Array.isArray(given)) {
    const list = given.map((element) => sortedLists(element));
    return member === 'atomicList'
      ? list
      : list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (!isObject(given)) return given;
  return Object.fromEntries(
    Object.keys(given)
      .sort()
      .map((key) => [key, sortedLists(given[key], key)]),
  );
}

function owners({ metadata }: KubeObject): unknown {
  return metadata.managedFields;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const force = true;

/** The fields of the first that the second says too are left to the second. */
function keptApart(first: JsonObject, second: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(first).filter(([key]) => !(key in second)));
}

describe('server-side apply', () => {
  test('applying twice is applying once', async () => {
    await fc.assert(
      fc.asyncProperty(spec, spec, async (before, wanted) => {
        const live = await fields.apply(undefined, thing(before), 'other', force);
        const once = await fields.apply(live, thing(wanted), 'one', force);
        const twice = await fields.apply(once, thing(wanted), 'one', false);
        return same(once, twice);
      }),
    );
  });

  test('what is applied is there', async () => {
    await fc.assert(
      fc.asyncProperty(spec, spec, async (before, wanted) => {
        const live = await fields.apply(undefined, thing(before), 'other', force);
        const result = await fields.apply(live, thing(wanted), 'one', force);
        const again = await fields.apply(undefined, thing(wanted), 'one', force);
        const merged = await fields.apply(again, thing((result.spec ?? {}) as JsonObject), 'check', false);
        // Nothing in the result contradicts what was wanted, and nothing of it is missing.
        return same(content(merged), content(result));
      }),
    );
  });

  test('applying nothing takes back all that only this manager wanted', async () => {
    await fc.assert(
      fc.asyncProperty(spec, spec, async (theirs, mine) => {
        const wanted = keptApart(mine, theirs);
        const live = await fields.apply(undefined, thing(theirs), 'other', force);
        const both = await fields.apply(live, thing(wanted), 'one', false);
        const restored = await fields.apply(both, thing({}), 'one', false);
        return same(content(restored), content(live)) && same(owners(restored), owners(live));
      }),
    );
  });

  test('fields of two managers that have none in common add up, in either order', async () => {
    await fc.assert(
      fc.asyncProperty(spec, spec, async (first, other) => {
        const left = keptApart(first, other);
        const apply = async (order: readonly (readonly [string, JsonObject])[]) => {
          let live: KubeObject | undefined;
          for (const [manager, wanted] of order)
            live = await fields.apply(live, thing(wanted), manager, false);
          return live === undefined ? undefined : content(live);
        };
        const a = await apply([
          ['one', left],
          ['two', other],
        ]);
        const b = await apply([
          ['two', other],
          ['one', left],
        ]);
        return same(a, b) && same(a, content(thing({ ...left, ...other })));
      }),
    );
  });

  test('an update that changes nothing owns nothing, and who applies what is there changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(spec, spec, async (before, after) => {
        const live = await fields.apply(undefined, thing(before), 'one', force);
        const next: KubeObject = { ...thing(after), metadata: { ...live.metadata } };
        await fields.update({ ...live, metadata: { ...live.metadata, uid: 'u' } }, next, 'two');
        const updater = (owners(next) as { manager: string }[] | undefined)?.some(
          ({ manager }) => manager === 'two',
        );
        const changed = !same(content(live), content(next));
        const removedOnly = await fields
          .apply(next, thing(after), 'three', false)
          .then((result) => same(content(result), content(next)));
        // Who applies what is there changes nothing and takes nothing.
        return removedOnly && (changed || updater !== true);
      }),
    );
  });

  test('without force nobody loses a field', async () => {
    await fc.assert(
      fc.asyncProperty(spec, spec, async (first, other) => {
        const live = await fields.apply(undefined, thing(first), 'one', force);
        const attempt = await fields.apply(live, thing(other), 'two', false).catch((error: unknown) => error);
        const still = attempt instanceof Error ? live : (attempt as KubeObject);
        const again = await fields.apply(still, thing(first), 'one', false);
        return same(content(again), content(still));
      }),
    );
  });
});
