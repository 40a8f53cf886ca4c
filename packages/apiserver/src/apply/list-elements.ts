import { ApiServerError } from '../errors.ts';
import { isObject } from '../object/json.ts';
import { keyElement, valueElement } from './path-element.ts';
import type { ListShape } from './shape.ts';

/** Why the ownership of an object cannot be told: its lists are not what their types say. */
export function shapeProblem(message: string): ApiServerError {
  return new ApiServerError('InternalError', message);
}

/**
 * The step to an element of a list that is owned by its elements.
 * @throws ApiServerError `InternalError` for an element that cannot be identified.
 */
export function elementOf({ keys, items }: ListShape, value: unknown): string {
  if (keys.length === 0) return setElement(value);
  if (value === null) throw shapeProblem('associative list with keys may not have a null element');
  if (!isObject(value)) throw shapeProblem('associative list with keys may not have non-map elements');
  const key: Record<string, unknown> = {};
  let found = false;
  for (const name of keys) {
    const own = value[name] ?? items.map?.fields.get(name)?.keyDefault;
    if (own === undefined || own === null) continue;
    key[name] = own;
    found = true;
  }
  if (!found)
    throw shapeProblem(
      `associative list with keys has an element that omits all key fields [${keys.map((name) => JSON.stringify(name)).join(' ')}] (and doesn't have default values for any key fields)`,
    );
  return keyElement(key);
}

function setElement(value: unknown): string {
  if (isObject(value)) throw shapeProblem("associative list without keys has an element that's a map type");
  if (Array.isArray(value)) throw shapeProblem('not supported: associative list with lists as elements');
  if (value === null || value === undefined)
    throw shapeProblem("associative list without keys has an element that's an explicit null");
  return valueElement(value);
}

/** The elements of a list by the steps to them, in order; a step that occurs twice has several. */
export function elementsByStep(shape: ListShape, values: readonly unknown[]): Map<string, unknown[]> {
  const result = new Map<string, unknown[]>();
  for (const value of values) {
    const element = elementOf(shape, value);
    const same = result.get(element);
    if (same === undefined) result.set(element, [value]);
    else same.push(value);
  }
  return result;
}
