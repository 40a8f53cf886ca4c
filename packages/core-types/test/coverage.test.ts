import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  KubeVirtSchema,
  VirtualMachineInstanceMigrationSchema,
  VirtualMachineInstancePresetSchema,
  VirtualMachineInstanceReplicaSetSchema,
  VirtualMachineInstanceSchema,
  VirtualMachineSchema,
} from '@virtkit/core-types';

/**
 * `types` maps a type to its fields. A field name ends in `!` when it is required; a field type ends in `[]` for a
 * list, `{}` for a map and `?` when null is allowed.
 */
interface Facts {
  kinds: string[];
  types: Record<string, Record<string, string>>;
}

const facts = JSON.parse(
  readFileSync(new URL('./fixtures/kubevirt-fields.json', import.meta.url), 'utf8'),
) as Facts;

const schemas: Record<string, z.ZodType> = {
  VirtualMachine: VirtualMachineSchema,
  VirtualMachineInstance: VirtualMachineInstanceSchema,
  VirtualMachineInstanceMigration: VirtualMachineInstanceMigrationSchema,
  VirtualMachineInstanceReplicaSet: VirtualMachineInstanceReplicaSetSchema,
  VirtualMachineInstancePreset: VirtualMachineInstancePresetSchema,
  KubeVirt: KubeVirtSchema,
};

/** Values that a schema must take and refuse for it to have a scalar type. */
const samples: Record<string, { good: unknown[]; bad: unknown[] }> = {
  string: { good: ['', '/x', '0', 'x', 'Reboot'], bad: [1, true, {}] },
  boolean: { good: [true, false], bad: ['true', 1] },
  integer: { good: [1, 10], bad: [1.5, '1'] },
  number: { good: [1, 1.5], bad: ['1'] },
  quantity: { good: ['1Gi', '100m', 1], bad: ['1GB', true] },
  time: { good: ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678901+02:00'], bad: ['today', 1] },
  intOrString: { good: [80, 'http'], bad: [true] },
  free: { good: [{ 'f:a': {} }], bad: ['x'] },
};

/** Fields whose schema is narrower than the OpenAPI type, by the CustomResourceDefinition. */
const narrowed: Record<string, { good: unknown[]; bad: unknown[] }> = {
  'ContainerPathVolumeSource.readOnly': { good: [true], bad: [false] },
  'ContainerPathVolumeSource.path': { good: ['/a'], bad: ['a', '/a/../b'] },
  'cdi.DataVolumeSpec.contentType': { good: ['kubevirt', 'archive'], bad: ['iso'] },
  'CustomizeComponentsPatch.resourceName': { good: ['x'], bad: [''] },
  'CustomizeComponentsPatch.resourceType': { good: ['x'], bad: [''] },
  'DeveloperConfiguration.memoryOvercommit': { good: [10, 150], bad: [9, '10'] },
  'DomainSpec.rebootPolicy': { good: ['Reboot', 'Terminate'], bad: ['x'] },
  'ExperimentalMigrationOptions.compression': { good: ['none', 'zstd'], bad: ['gzip'] },
  'InstancetypeConfiguration.referencePolicy': { good: ['reference', 'expand', 'expandAll'], bad: ['x'] },
  'KubeVirtConfiguration.roleAggregationStrategy': { good: ['AggregateToDefault', 'Manual'], bad: ['x'] },
  'KubeVirtConfiguration.vmRolloutStrategy': { good: ['Stage', 'LiveUpdate'], bad: ['x'] },
  'MigrationConfiguration.maxDowntimeMs': { good: [1, 2_000_000], bad: [0, 2_000_001] },
  'PersistentVolumeClaimInfo.filesystemOverhead': { good: ['0.055', '1', '0'], bad: ['2', '0.0551'] },
  'ReservedOverhead.memLock': { good: ['NotRequired', 'Required'], bad: ['x'] },
  'VirtualMachineInstanceStatus.VSOCKCID': { good: [0, 4_294_967_295], bad: [-1, 4_294_967_296] },
  'TLSConfiguration.minTLSVersion': { good: ['VersionTLS12', 'VersionTLS13'], bad: ['TLS1.2'] },
};

interface Shape {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  valueType?: z.ZodType;
  innerType?: z.ZodType;
}

function unwrap(schema: z.ZodType): z.ZodType {
  const { type, innerType } = schema.def as Shape;
  return innerType && (type === 'optional' || type === 'nullable') ? unwrap(innerType) : schema;
}

const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;
const checked = new Set<string>();
const problems: string[] = [];

function checkType(name: string, schema: z.ZodType, at: string): void {
  const shape = (unwrap(schema).def as Shape).shape;
  const fields = facts.types[name]!;
  if (!shape) return void problems.push(`${at}: not an object`);
  const known = new Set(Object.keys(fields).map((field) => field.replace('!', '')));
  for (const key of Object.keys(shape))
    if (!known.has(key)) problems.push(`${at}.${key}: not a field of ${name}`);
  for (const [field, type] of Object.entries(fields)) {
    const key = field.replace('!', '');
    const member = shape[key];
    if (!member) {
      problems.push(`${at}.${key}: missing`);
      continue;
    }
    const required = !accepts(member, undefined);
    const isRoot = facts.kinds.includes(name) && key === 'metadata';
    if (required !== (field.endsWith('!') || isRoot)) problems.push(`${at}.${key}: required is ${required}`);
    if (accepts(member, null) !== type.endsWith('?'))
      problems.push(`${at}.${key}: nullable is not as in ${type}`);
    checked.add(`${name}.${key}`);
    checkField(`${name}.${key}`, type.replace(/\?$/, ''), unwrap(member), `${at}.${key}`);
  }
}

function checkField(field: string, type: string, schema: z.ZodType, at: string): void {
  const { element, valueType } = schema.def as Shape;
  if (type.endsWith('[]')) {
    if (element) checkField(field, type.slice(0, -2), unwrap(element), `${at}[]`);
    else problems.push(`${at}: not a list`);
  } else if (type.endsWith('{}')) {
    if (valueType) checkField(field, type.slice(0, -2), unwrap(valueType), `${at}{}`);
    else problems.push(`${at}: not a map`);
  } else if (facts.types[type]) {
    checkType(type, schema, at);
  } else {
    checkScalar(field, type, schema, at);
  }
}

function checkScalar(field: string, type: string, schema: z.ZodType, at: string): void {
  const values = /^enum\((.*)\)$/.exec(type)?.[1]?.split('|');
  const sample = values ? { good: values, bad: ['none of them', 1] } : (narrowed[field] ?? samples[type]);
  if (!sample) return void problems.push(`${at}: unknown type ${type}`);
  for (const value of sample.good) {
    if (!accepts(schema, value)) problems.push(`${at}: refuses ${JSON.stringify(value)} as ${type}`);
  }
  for (const value of sample.bad) {
    if (accepts(schema, value)) problems.push(`${at}: takes ${JSON.stringify(value)} as ${type}`);
  }
}

describe('schemas cover the API', () => {
  it.each(facts.kinds)('%s has every field with its type, and no other', (kind) => {
    problems.length = 0;
    checkType(kind, schemas[kind]!, kind);
    expect(problems).toEqual([]);
  });

  it('reaches every field of every type', () => {
    const all = Object.entries(facts.types).flatMap(([name, fields]) =>
      Object.keys(fields).map((field) => `${name}.${field.replace('!', '')}`),
    );
    expect(all.filter((field) => !checked.has(field))).toEqual([]);
  });

  it('knows every narrowed field', () => {
    expect(Object.keys(narrowed).filter((field) => !checked.has(field))).toEqual([]);
  });

  it('finds a missing, a superfluous and a mistyped field', () => {
    problems.length = 0;
    checkType('CPU', VirtualMachineSchema.shape.spec.shape.template, 'probe');
    expect(problems).toContain('probe.cores: missing');
    expect(problems).toContain('probe.spec: not a field of CPU');
    problems.length = 0;
    checkScalar('x', 'boolean', VirtualMachineSchema.shape.apiVersion, 'probe');
    expect(problems).not.toEqual([]);
  });

  afterAll(() => {
    const total = Object.values(facts.types).reduce((sum, fields) => sum + Object.keys(fields).length, 0);
    console.info(`coverage: ${checked.size} of ${total} fields of ${Object.keys(facts.types).length} types`);
  });
});
