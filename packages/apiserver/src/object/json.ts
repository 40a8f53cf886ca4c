/** A JSON object whose members have not been checked. */
export type JsonObject = Record<string, unknown>;

/** True for a plain JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object value, or an empty object for anything else. */
export function membersOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The elements of an array value, or an empty array for anything else. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A deep copy of JSON data. */
export function cloneJson<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const result: JsonObject = {};
  for (const [name, member] of Object.entries(value))
    // Assigned, this one would become the object's prototype.
    if (name === '__proto__')
      Object.defineProperty(result, name, {
        value: copyOf(member),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else result[name] = copyOf(member);
  return result;
}

/** Deep equality of JSON data; absent members and members set to `undefined` count as the same. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return (
      Array.isArray(b) && a.length === b.length && a.every((element, index) => equalJson(element, b[index]))
    );
  if (!isObject(a) || !isObject(b)) return false;
  let members = 0;
  for (const name of Object.keys(a)) {
    if (a[name] === undefined) continue;
    if (!Object.hasOwn(b, name) || !equalJson(a[name], b[name])) return false;
    members += 1;
  }
  for (const name of Object.keys(b)) if (b[name] !== undefined) members -= 1;
  return members === 0;
}

/** The value at a path of member names, or `undefined` when any step is missing. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let current: unknown = value;
  for (const step of path) {
    if (!isObject(current) || !Object.hasOwn(current, step)) return undefined;
    current = current[step];
  }
  return current;
}

/** Sets the value at a path, creating the objects on the way. `undefined` removes the member. */
export function setValueAt(target: JsonObject, path: readonly string[], value: unknown): void {
  let current = target;
  for (const step of path.slice(0, -1)) {
    const next = current[step];
    if (isObject(next)) current = next;
    else {
      const created: JsonObject = {};
      current[step] = created;
      current = created;
    }
  }
  const last = path.at(-1);
  if (last === undefined) return;
  if (value === undefined) Reflect.deleteProperty(current, last);
  else current[last] = value;
}

/** A string member of an object, or the fallback when it is absent or of another type. */
export function stringOf(value: unknown, fallback = ''): string {
  return typeof value === 'string' ? value : fallback;
}
