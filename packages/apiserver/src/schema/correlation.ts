import { equalJson, isObject } from '../object/json.ts';
import type { Schema } from './types.ts';

/**
 * A part of an object beside the same part of the object that it replaces. What was not changed need not fit the schema:
 * an object that was valid once must stay editable in its other parts after the schema became stricter.
 */
export class Correlation {
  readonly value: unknown;
  readonly old: unknown;
  readonly #schema: Schema;
  #unchanged: boolean | undefined;

  constructor(schema: Schema, value: unknown, old: unknown) {
    this.#schema = schema;
    this.value = value;
    this.old = old;
  }

  /** True if the part is what it was. */
  get unchanged(): boolean {
    this.#unchanged ??= equalJson(this.value, this.old);
    return this.#unchanged;
  }

  /** The member of that name, if it is there in both. */
  key(name: string): Correlation | undefined {
    if (!isObject(this.value) || !isObject(this.old)) return undefined;
    if (this.value[name] === undefined || this.old[name] === undefined) return undefined;
    const { properties, additionalProperties } = this.#schema;
    const known = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const schema = known ?? (isObject(additionalProperties) ? additionalProperties : undefined);
    return schema === undefined ? undefined : new Correlation(schema, this.value[name], this.old[name]);
  }

  /** The element at that index, if the list has keys and the old list an element with the same ones. */
  index(index: number): Correlation | undefined {
    if (!Array.isArray(this.value) || !Array.isArray(this.old) || this.#schema.items === undefined)
      return undefined;
    const element: unknown = this.value[index];
    const match = elementWithKeys(this.#schema, this.old, element);
    return match === undefined ? undefined : new Correlation(this.#schema.items, element, match);
  }
}

/** The element of a list of type map that has the same keys as another element. */
export function elementWithKeys(schema: Schema, list: readonly unknown[], element: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0 || !isObject(element)) return undefined;
  return list.find(
    (candidate) =>
      isObject(candidate) &&
      keys.every((key) => element[key] !== undefined && candidate[key] === element[key]),
  );
}
