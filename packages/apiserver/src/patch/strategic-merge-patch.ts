import { ApiServerError } from '../errors.ts';
import { cloneJson, elementsOf, isObject, type JsonObject } from '../object/json.ts';
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
  } else if (Array.isArray(change)) {
    const directed = change.some((element) => isObject(element) && element[DIRECTIVE] !== undefined);
    const merged =
      before === undefined && !directed
        ? cloneJson(change as unknown[])
        : mergeArray(child, elementsOf(before), change as unknown[], order, at);
    // To take elements out of a list that is not there does not make one.
    if (before !== undefined || !directed || merged.length > 0) result[name] = merged;
  } else result[name] = change;
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
    const present = new Set(current.map(identityOf));
    const added = patch.filter((value) => !present.has(identityOf(value)));
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
  const taken = new Set<number>();
  const places = placesIn(current.map((element) => (isObject(element) ? element[key] : GONE)));
  for (const change of patch) {
    if (!isObject(change)) throw malformed(path, 'the elements of the list must be objects');
    if (change[key] === undefined)
      throw malformed(path, `an element has no "${key}", by which the list is merged`);
    const identity = identityOf(change[key]);
    const index = places.get(identity);
    if (change[DIRECTIVE] === 'delete') {
      if (index !== undefined) taken.add(index);
      places.delete(identity);
    } else if (index === undefined)
      places.set(identity, result.push(mergeObject(items, {}, change, path)) - 1);
    else result[index] = mergeObject(items, result[index] as JsonObject, change, path);
  }
  return result.filter((_, index) => !taken.has(index));
}

/** What no element is known by. */
const GONE = Symbol('no identity');

/** A text that values have in common only if they are equal, whatever the order of their members. */
function identityOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return JSON.stringify(value, (_, member: unknown) =>
    isObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** Where each value stands for the first time. */
function placesIn(values: readonly unknown[]): Map<unknown, number> {
  const places = new Map<unknown, number>();
  values.forEach((value, index) => {
    const identity = identityOf(value);
    if (!places.has(identity)) places.set(identity, index);
  });
  return places;
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
  const keyOf = (value: unknown) => (key !== undefined && isObject(value) ? value[key] : value);
  const [ranks, places] = [placesIn(order.map(keyOf)), placesIn(live.map(keyOf))];
  const elements = list.map((value) => {
    const identity = identityOf(keyOf(value));
    return { value, rank: ranks.get(identity) ?? -1, place: places.get(identity) ?? -1 };
  });
  const named = elements.filter(({ rank }) => rank >= 0).sort((a, b) => a.rank - b.rank);
  const others = elements.filter(({ rank }) => rank < 0);
  const result: unknown[] = [];
  let [nextNamed, nextOther] = [0, 0];
  for (;;) {
    const [name, other] = [named[nextNamed], others[nextOther]];
    if (name === undefined || other === undefined) break;
    if (other.place >= 0 && other.place < name.place) nextOther += 1;
    else nextNamed += 1;
    result.push(other.place >= 0 && other.place < name.place ? other.value : name.value);
  }
  return [...result, ...[...named.slice(nextNamed), ...others.slice(nextOther)].map(({ value }) => value)];
}

function orderOf(patch: JsonObject, name: string): readonly unknown[] {
  return elementsOf(patch[`${ELEMENT_ORDER}${name}`]);
}

function deletePrimitives(result: JsonObject, name: string, values: unknown): void {
  if (!Array.isArray(result[name])) return;
  const unwanted = new Set(elementsOf(values).map(identityOf));
  result[name] = (result[name] as unknown[]).filter((present) => !unwanted.has(identityOf(present)));
}

/** With `$retainKeys`, members that it does not name are dropped first. */
function retained(current: JsonObject, patch: JsonObject, path: string): JsonObject {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return { ...current };
  if (!Array.isArray(keys)) throw malformed(path, '$retainKeys must be a list of names');
  const kept = new Set<unknown>(keys);
  return Object.fromEntries(Object.entries(current).filter(([name]) => kept.has(name)));
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
