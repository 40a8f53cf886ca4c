import type * as z from 'zod';
import { fieldsOf, parseType, type FieldFacts } from './field-facts.ts';
import { narrowed, scalars } from './samples.ts';

interface Shape {
  readonly type: string;
  readonly shape?: Record<string, z.ZodType>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
}

/**
 * Fields that the schemas have beyond the facts, by type. KubeVirt's document describes the DataVolumes in a machine as
 * an older CDI had them; here they are those of the CDI that makes them.
 */
export const beyond: Readonly<Record<string, readonly string[]>> = {
  'v1beta1.DataVolumeSpec': ['serviceAccountName'],
  'v1beta1.DataVolumeSourceHTTP': ['checksum', 'insecureSkipVerify'],
  'v1beta1.DataVolumeSourceVDDK': ['certConfigMap'],
};

/** Fields that the facts call required and that are not: the answer has them, the request does not. */
const answered = new Set(['UploadTokenRequest.status']);

const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

function unwrap(schema: z.ZodType): z.ZodType {
  const { type, innerType } = schema.def as Shape;
  return innerType && (type === 'optional' || type === 'nullable') ? unwrap(innerType) : schema;
}

/** Compares schemas with what the facts say about their fields. */
export class SchemaCheck {
  readonly problems: string[] = [];
  /** `type.field` of every field that was compared. */
  readonly checked = new Set<string>();
  readonly #facts: FieldFacts;

  constructor(facts: FieldFacts) {
    this.#facts = facts;
  }

  /** `at` is where problems are reported. */
  type(name: string, schema: z.ZodType, at: string): void {
    const shape = (unwrap(schema).def as Shape).shape;
    if (!shape) return void this.problems.push(`${at}: not an object`);
    const fields = fieldsOf(this.#facts, name);
    const known = new Set([...fields.map((field) => field.name), ...(beyond[name] ?? [])]);
    for (const key of Object.keys(shape))
      if (!known.has(key)) this.problems.push(`${at}.${key}: not a field of ${name}`);
    for (const field of fields) {
      const member = shape[field.name];
      const here = `${at}.${field.name}`;
      if (!member) {
        this.problems.push(`${here}: missing`);
        continue;
      }
      const isRoot = this.#facts.kinds.includes(name) && field.name === 'metadata';
      const expected = (field.required || isRoot) && !answered.has(`${name}.${field.name}`);
      const required = !accepts(member, undefined);
      if (required !== expected) this.problems.push(`${here}: required is ${required}`);
      if (accepts(member, null) !== field.type.endsWith('?'))
        this.problems.push(`${here}: nullable is not as in ${field.type}`);
      this.checked.add(`${name}.${field.name}`);
      this.field(`${name}.${field.name}`, field.type, unwrap(member), here);
    }
  }

  field(name: string, text: string, schema: z.ZodType, at: string): void {
    const type = parseType(this.#facts, text);
    const { element, valueType } = schema.def as Shape;
    switch (type.form) {
      case 'list':
        if (!element) return void this.problems.push(`${at}: not a list`);
        if (mergeOf(schema) !== type.merge)
          this.problems.push(`${at}: merges as [${mergeOf(schema)}], not as [${type.merge}]`);
        return this.field(name, type.item, unwrap(element), `${at}[]`);
      case 'map':
        if (!valueType) return void this.problems.push(`${at}: not a map`);
        return this.field(name, type.item, unwrap(valueType), `${at}{}`);
      case 'object':
        return this.type(type.name, schema, at);
      case 'values':
        return this.#samples(schema, type.values, ['none of them', 1], text, at);
      case 'scalar': {
        const sample = narrowed[name] ?? scalars[type.name];
        if (!sample) return void this.problems.push(`${at}: unknown type ${text}`);
        return this.#samples(schema, sample.good, sample.bad, text, at);
      }
    }
  }

  #samples(
    schema: z.ZodType,
    good: readonly unknown[],
    bad: readonly unknown[],
    type: string,
    at: string,
  ): void {
    for (const value of good)
      if (!accepts(schema, value)) this.problems.push(`${at}: refuses ${JSON.stringify(value)} as ${type}`);
    for (const value of bad)
      if (accepts(schema, value)) this.problems.push(`${at}: takes ${JSON.stringify(value)} as ${type}`);
  }
}

/** As the facts write it: empty, `atomic`, `set` or `map` and the keys. */
function mergeOf(schema: z.ZodType): string {
  const { 'x-kubernetes-list-type': merge, 'x-kubernetes-list-map-keys': keys } = schema.meta() ?? {};
  const text = typeof merge === 'string' ? merge : '';
  return Array.isArray(keys) ? `${text} ${keys.join(',')}` : text;
}
