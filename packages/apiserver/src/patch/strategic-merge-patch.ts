import { ApiServerError } from '../errors.ts';
import { cloneJson, elementsOf, equalJson, isObject, type JsonObject } from '../object/json.ts';
import type { Schema } from '../schema/types.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const ELEMENT_ORDER = '$setElementOrder/';

/**
 * Applies a strategic merge patch: like a merge patch, but lists whose schema names a merge key are merged element by
 * element, and lists of plain values with the merge strategy are united. Understands the directives `$patch` (replace,
 * delete, merge), `$retainKeys`, `$deleteFromPrimitiveList/NAME` and `$setElementOrder/NAME`.
 * @throws ApiServerError `BadRequest` for a malformed directive or an element without its merge key.
 */
export function applyStrategicMergePatch(schema: Schema, object: JsonObject, patch: JsonObject): JsonObject {
  return mergeObject(schema, object, patch, '');
}

function mergeObject(schema: Schema, current: JsonObject, patch: JsonObject, path: string): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return stripped(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw malformed(path, `unknown directive $patch: ${JSON.stringify(directive)}`);
  const result = retained(current, patch, path);
  for (const [name, change] of Object.entries(patch)) {
    if (name.startsWith(DELETE_FROM)) deletePrimitives(result, name.slice(DELETE_FROM.length), change);
    else if (name.startsWith('$')) continue;
    else mergeMember(schema, result, name, change, orderOf(patch, name), path);
  }
  for (const name of Object.keys(patch)) {
    // An order may come without a change of the list itself.
    const list = name.startsWith(ELEMENT_ORDER) ? name.slice(ELEMENT_ORDER.length) : undefined;
    if (list !== undefined && patch[list] === undefined && Array.isArray(result[list]))
      result[list] = ordered(
        result[list],
        result[list],
        orderOf(patch, list),
        memberSchema(schema, list)?.['x-kubernetes-patch-merge-key'],
      );
  }
  return result;
}

function mergeMember(
  schema: Schema,
  result: JsonObject,
  name: string,
  change: unknown,
  order: readonly unknown[],
  path: string,
): void {
  const child = memberSchema(schema, name) ?? {};
  const at = path === '' ? name : `${path}.${name}`;
  const before = result[name];
  if (change === null) Reflect.deleteProperty(result, name);
  else if (isObject(change)) {
    if (change[DIRECTIVE] === 'delete') Reflect.deleteProperty(result, name);
    else result[name] = mergeObject(child, isObject(before) ? before : {}, change, at);
  } else if (Array.isArray(change))
    result[name] =
      before === undefined && !change.some((element) => isObject(element) && element[DIRECTIVE] !== undefined)
        ? cloneJson(change as unknown[])
        : mergeArray(child, elementsOf(before), change as unknown[], order, at);
  else result[name] = change;
}

function memberSchema(schema: Schema, name: string): Schema | undefined {
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, name))
    return schema.properties[name];
  return isObject(schema.additionalProperties) ? schema.additionalProperties : undefined;
}

function mergeArray(
  schema: Schema,
  current: readonly unknown[],
  patch: readonly unknown[],
  order: readonly unknown[],
  path: string,
): unknown[] {
  if (patch.some((element) => isObject(element) && element[DIRECTIVE] === 'replace'))
    return cloneJson(patch.filter((element) => !(isObject(element) && element[DIRECTIVE] === 'replace')));
  if (schema['x-kubernetes-patch-strategy'] !== 'merge') return cloneJson([...patch]);
  const key = schema['x-kubernetes-patch-merge-key'];
  if (key === undefined) {
    const added = patch.filter((value) => !current.some((present) => equalJson(present, value)));
    return ordered([...current, ...cloneJson(added)], current, order.length > 0 ? order : patch, undefined);
  }
  const merged = mergeByKey(schema.items ?? {}, key, current, patch, path);
  return ordered(merged, current, order.length > 0 ? order : patch, key);
}

function mergeByKey(
  items: Schema,
  key: string,
  current: readonly unknown[],
  patch: readonly unknown[],
  path: string,
): unknown[] {
  const result: unknown[] = [...current];
  for (const change of patch) {
    if (!isObject(change)) throw malformed(path, 'the elements of the list must be objects');
    const identity = change[key];
    if (identity === undefined)
      throw malformed(path, `an element has no "${key}", by which the list is merged`);
    const index = result.findIndex((element) => isObject(element) && equalJson(element[key], identity));
    if (change[DIRECTIVE] === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index < 0) result.push(mergeObject(items, {}, change, path));
    else result[index] = mergeObject(items, result[index] as JsonObject, change, path);
  }
  return result;
}

/**
 * Puts the elements that the order names into that order, and the others between them: each before the first named one that
 * it was in front of in the live list, and behind all of them that the live list does not have.
 */
function ordered(
  list: readonly unknown[],
  live: readonly unknown[],
  order: readonly unknown[],
  key: string | undefined,
): unknown[] {
  const identity = (value: unknown) => (key !== undefined && isObject(value) ? value[key] : value);
  const placeIn = (elements: readonly unknown[], element: unknown) =>
    elements.findIndex((other) => equalJson(identity(other), identity(element)));
  const rank = (element: unknown) => placeIn(order, element);
  const named = list.filter((element) => rank(element) >= 0).sort((a, b) => rank(a) - rank(b));
  const others = list.filter((element) => rank(element) < 0);
  const result: unknown[] = [];
  while (named.length > 0 && others.length > 0) {
    const [other, next] = [placeIn(live, others[0]), placeIn(live, named[0])];
    result.push(other >= 0 && other < next ? others.shift() : named.shift());
  }
  return [...result, ...named, ...others];
}

function orderOf(patch: JsonObject, name: string): readonly unknown[] {
  return elementsOf(patch[`${ELEMENT_ORDER}${name}`]);
}

function deletePrimitives(result: JsonObject, name: string, values: unknown): void {
  if (!Array.isArray(result[name])) return;
  const unwanted = elementsOf(values);
  result[name] = (result[name] as unknown[]).filter(
    (present) => !unwanted.some((value) => equalJson(value, present)),
  );
}

/** With `$retainKeys`, members that it does not name are dropped first. */
function retained(current: JsonObject, patch: JsonObject, path: string): JsonObject {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return { ...current };
  if (!Array.isArray(keys)) throw malformed(path, '$retainKeys must be a list of names');
  return Object.fromEntries(Object.entries(current).filter(([name]) => keys.includes(name)));
}

function stripped(patch: JsonObject): JsonObject {
  return cloneJson(Object.fromEntries(Object.entries(patch).filter(([name]) => !name.startsWith('$'))));
}

function malformed(path: string, why: string): ApiServerError {
  return new ApiServerError(
    'BadRequest',
    `the strategic merge patch is malformed at ${path === '' ? 'its root' : path}: ${why}`,
  );
}
