import { afterAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { resources, unknownFields, VirtualMachineSchema, type ResourceDefinition } from '@virtkit/core-types';
import { completeObject } from './facts/complete-object.ts';
import { fieldsOf, sources, type FieldFacts } from './facts/field-facts.ts';
import { narrowed } from './facts/samples.ts';
import { beyond, SchemaCheck } from './facts/schema-check.ts';

const definitions: ResourceDefinition<unknown>[] = Object.values(resources);

/** The schema of a kind, whose name in the facts has the version in front where it is not v1. */
function schemaOf(kind: string): z.ZodType {
  const name = kind.replace(/^v1(alpha|beta)\d\./, '');
  return definitions.find((definition) => definition.kind === name)!.schema!;
}

const kinds = Object.entries(sources).flatMap(([source, facts]) =>
  facts.kinds.map((kind) => ({ source, kind, facts })),
);
const checks = new Map(Object.values(sources).map((facts) => [facts, new SchemaCheck(facts)]));

function allFields(facts: FieldFacts): string[] {
  return Object.keys(facts.types).flatMap((type) =>
    fieldsOf(facts, type).map(({ name }) => `${type}.${name}`),
  );
}

describe('schemas cover the API', () => {
  it('have facts about every kind of KubeVirt and CDI', () => {
    const served = definitions.filter(({ group }) => group.endsWith('kubevirt.io')).map(({ kind }) => kind);
    expect(kinds.map(({ kind }) => kind.replace(/^v1(alpha|beta)\d\./, '')).sort()).toEqual(served.sort());
  });

  it.each(kinds)('$kind has every field with its type, and no other', ({ kind, facts }) => {
    const check = checks.get(facts)!;
    check.problems.length = 0;
    check.type(kind, schemaOf(kind), kind);
    expect(check.problems).toEqual([]);
  });

  it.each(Object.entries(sources))('reaches every field of every type of %s', (_name, facts) => {
    const { checked } = checks.get(facts)!;
    expect(allFields(facts).filter((field) => !checked.has(field))).toEqual([]);
  });

  it('knows every narrowed field and every type with fields beyond the facts', () => {
    const known = new Set(Object.values(sources).flatMap(allFields));
    expect(Object.keys(narrowed).filter((field) => !known.has(field))).toEqual([]);
    expect(Object.keys(beyond).filter((type) => !sources['KubeVirt']!.types[type])).toEqual([]);
  });

  it('finds a missing, a superfluous and a mistyped field, and a list that merges otherwise', () => {
    const check = new SchemaCheck(sources['KubeVirt']!);
    check.type('CPU', VirtualMachineSchema.shape.spec.shape.template, 'probe');
    expect(check.problems).toContain('probe.cores: missing');
    expect(check.problems).toContain('probe.spec: not a field of CPU');
    check.problems.length = 0;
    check.field('x', 'boolean', VirtualMachineSchema.shape.apiVersion, 'probe');
    expect(check.problems).toContain('probe: takes "true" as boolean');
    check.problems.length = 0;
    check.type('VirtualMachineSpec', VirtualMachineSchema.shape.spec, 'spec');
    expect(check.problems).toEqual([]);
    const { dataVolumeTemplates } = VirtualMachineSchema.shape.spec.shape;
    check.field('x', 'DataVolumeTemplateSpec[set]', dataVolumeTemplates.unwrap(), 'probe');
    expect(check.problems).toContain('probe: merges as [], not as [set]');
  });

  afterAll(() => {
    const total = [...checks.keys()].flatMap(allFields).length;
    const checked = [...checks.values()].reduce((sum, check) => sum + check.checked.size, 0);
    console.info(`schema properties: ${checked} of ${total}`);
  });
});

describe('round trip', () => {
  it.each(kinds)('$kind keeps every field', ({ kind, facts }) => {
    const object = completeObject(facts, kind);
    const schema = schemaOf(kind);
    expect(JSON.parse(JSON.stringify(schema.parse(object)))).toEqual(object);
    expect(unknownFields(schema, object)).toEqual([]);
  });

  it.each(kinds)('$kind keeps unknown fields, which are reported', ({ kind, facts }) => {
    const object = completeObject(facts, kind, true);
    const schema = schemaOf(kind);
    expect(JSON.parse(JSON.stringify(schema.parse(object)))).toEqual(object);
    const unknown = unknownFields(schema, object);
    expect(unknown).toContain('/x-new');
    expect(unknown.filter((pointer) => !pointer.endsWith('/x-new'))).toEqual([]);
  });
});
