import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crd, resources, type ResourceDefinition, type StructuralSchema } from '@virtkit/core-types';
import { completeObject } from '../facts/complete-object.ts';
import { sources } from '../facts/field-facts.ts';
import { misfits, pruned } from './structural-check.ts';

type Json = Record<string, unknown>;

const definitions: ResourceDefinition<unknown>[] = Object.values(resources);
const kinds = Object.values(sources)
  .flatMap((facts) => facts.kinds.map((type) => ({ type, facts })))
  .map(({ type, facts }) => {
    const kind = type.replace(/^v1(alpha|beta)\d\./, '');
    const definition = definitions.find((candidate) => candidate.kind === kind)!;
    return { kind, definition, complete: completeObject(facts, type) };
  });

function structural(definition: ResourceDefinition<unknown>): StructuralSchema {
  return crd(definition).spec.versions[0]!.schema!.openAPIV3Schema as StructuralSchema;
}

/** Every place in an object, except in its metadata, which API servers know by themselves. */
function places(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => key !== 'metadata')
    .flatMap(([key, member]) => [[...at, key], ...places(member, [...at, key])]);
}

function changed(object: Json, path: readonly string[], value: unknown): Json {
  const copy = structuredClone(object);
  let place = copy;
  for (const key of path.slice(0, -1)) place = place[key] as Json;
  place[path.at(-1)!] = value;
  return copy;
}

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    '0',
    '/',
    'x',
    '1Gi',
    0,
    1,
    -1,
    1.5,
    256,
    2_000_001,
    true,
    false,
    null,
    {},
    [],
  ),
  fc.string({ maxLength: 3 }),
  fc.integer({ min: -200, max: 200 }),
);
const anything = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 2 }),
  fc.dictionary(fc.string(), scalar, { maxKeys: 2 }),
);

describe('generated definitions', () => {
  it.each(kinds)('of $kind keep every field', ({ definition, complete }) => {
    expect(pruned(structural(definition), complete)).toEqual(complete);
  });

  it.each(kinds)('of $kind drop what no field is', ({ definition, complete }) => {
    expect(pruned(structural(definition), { ...complete, 'x-new': 1 })).toEqual(complete);
  });

  /** All that the schemas refuse and the definitions admit are rules in CEL, and times, which are a format there. */
  it.each(kinds)(
    'of $kind admit what the schema admits, whatever a field is changed to',
    ({ definition, complete }) => {
      const schema = structural(definition);
      const paths = places(complete);
      fc.assert(
        fc.property(fc.constantFrom(...paths), anything, (path, value) => {
          const object = changed(complete, path, value);
          const parsed = definition.schema!.safeParse(object);
          const rest = (parsed.error?.issues ?? []).filter(
            ({ code, ...issue }) => code !== 'custom' && !('format' in issue && issue.format === 'datetime'),
          );
          const found = misfits(schema, object);
          if (rest.length > 0) expect(found, JSON.stringify(rest)).not.toEqual([]);
          if (parsed.success) expect(found).toEqual([]);
        }),
        { numRuns: 200 },
      );
    },
  );
});
