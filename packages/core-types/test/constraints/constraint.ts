import { expect, it } from 'vitest';
import { crd, resources, type ResourceDefinition, type StructuralSchema } from '@virtkit/core-types';
import { completeObject } from '../facts/complete-object.ts';
import { sources } from '../facts/field-facts.ts';
import { misfits } from './structural-check.ts';

/** In the place of a value: the field is left out. */
export const absent = Symbol('absent');

/** A place in an object of a kind, values that are refused there, and the nearest that are not. */
export interface Constraint {
  readonly id: string;
  readonly kind: string;
  /** A path such as `spec.volumes.0.name` into an object in which every field is set. */
  readonly at: string;
  readonly bad: readonly unknown[];
  readonly good: readonly unknown[];
  /** Stated in CEL in the CustomResourceDefinition, at this place if not at the path itself. */
  readonly cel?: string;
}

/** `length` items made from the one that a complete object has there. */
export function times(length: number): (item: unknown) => unknown[] {
  return (item) =>
    Array.from({ length }, (_, index) => ({ ...(item as Record<string, unknown>), name: `item-${index}` }));
}

const definitions: ResourceDefinition<unknown>[] = Object.values(resources);
const schemas = new Map<string, StructuralSchema>();

function definitionOf(kind: string): ResourceDefinition<unknown> {
  return definitions.find((definition) => definition.kind === kind)!;
}

/** The schema of the main version in the generated CustomResourceDefinition. */
function structuralSchemaOf(kind: string): StructuralSchema {
  const known = schemas.get(kind);
  if (known) return known;
  const schema = crd(definitionOf(kind)).spec.versions[0]!.schema!.openAPIV3Schema as StructuralSchema;
  schemas.set(kind, schema);
  return schema;
}

function completeOf(kind: string): Record<string, unknown> {
  for (const facts of Object.values(sources)) {
    const type = facts.kinds.find((name) => name.replace(/^v1(alpha|beta)\d\./, '') === kind);
    if (type !== undefined) return completeObject(facts, type);
  }
  throw new Error(`no facts about ${kind}`);
}

/** A complete object with `value` at the path. A function makes the value from the first item of the list there. */
function objectWith({ kind, at }: Constraint, value: unknown): Record<string, unknown> {
  const object = structuredClone(completeOf(kind));
  const path = at.split('.');
  const last = path.pop()!;
  let place = object;
  for (const key of path) place = place[key] as Record<string, unknown>;
  if (value === absent) Reflect.deleteProperty(place, last);
  else
    place[last] =
      typeof value === 'function'
        ? (value as (item: unknown) => unknown)((place[last] as unknown[])[0])
        : value;
  return object;
}

function rulesAt(schema: StructuralSchema, path: string): unknown[] {
  const node = path
    .split('.')
    .filter((key) => key !== '')
    .reduce((at, key) => (/^\d+$/.test(key) ? at.items! : at.properties![key]!), schema);
  return node['x-kubernetes-validations'] ?? [];
}

/** Whether `path` is the place, or in it. */
function isAt(place: string, path: string): boolean {
  return path === place || path.startsWith(`${place}.`) || place.startsWith(`${path}.`);
}

/** One test for each value, by parsing and by the generated schema. */
export function shows(constraints: readonly Constraint[]): void {
  const sides = (side: 'bad' | 'good'): (Constraint & { value: unknown; title: string })[] =>
    constraints.flatMap((constraint) =>
      constraint[side].map((value) => ({
        ...constraint,
        value,
        title: `${constraint.id} ${side === 'bad' ? 'refuses' : 'accepts'} ${constraint.kind} ${constraint.at} = ${show(value)}`,
      })),
    );

  it.each(sides('bad'))('$title', (constraint) => {
    const { kind, at, cel, value } = constraint;
    const object = objectWith(constraint, value);
    const found = definitionOf(kind).schema!.safeParse(object).error?.issues ?? [];
    const paths = found.map(({ path }) => path.join('.'));
    expect(paths.filter((path) => isAt(at, path))).not.toEqual([]);
    expect(paths.filter((path) => !isAt(at, path))).toEqual([]);
    const structural = misfits(structuralSchemaOf(kind), object).map((path) => path.slice(1));
    if (cel === undefined) expect(structural.filter((path) => isAt(at, path))).not.toEqual([]);
    else expect(rulesAt(structuralSchemaOf(kind), cel)).not.toEqual([]);
  });

  it.each(sides('good'))('$title', (constraint) => {
    const object = objectWith(constraint, constraint.value);
    const { kind } = constraint;
    expect(definitionOf(kind).schema!.safeParse(object).error?.issues).toBeUndefined();
    expect(misfits(structuralSchemaOf(kind), object)).toEqual([]);
  });
}

function show(value: unknown): string {
  if (value === absent) return 'nothing';
  if (typeof value === 'function') return value.name || 'a list';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
