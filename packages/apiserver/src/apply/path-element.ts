import { isObject } from '../object/json.ts';

/*
 * One step of a field path as `fieldsV1` writes it: `f:name` is a member of an object, `k:{"name":"a"}` the element of a
 * list whose key members have these values, `v:"x"` an element of a set, `i:0` a place in a list.
 */

/** The step to a member of an object. */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** The step to an element of a list that is identified by members of its elements. */
export function keyElement(key: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(key).sort();
  return `k:{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(key[name])}`).join(',')}}`;
}

/** The step to an element of a set. */
export function valueElement(value: unknown): string {
  return `v:${JSON.stringify(value)}`;
}

/** The name of the member that a step leads to; undefined for steps into lists. */
export function fieldNameOf(element: string): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/** True for a step to an element of a list with key members. */
export function isKeyElement(element: string): boolean {
  return element.startsWith('k:');
}

/**
 * The one form in which this server writes a step, so that equal steps are equal texts.
 * @returns undefined for a step of a sort that is not known, which is left out.
 * @throws SyntaxError for a step that is malformed.
 */
export function canonicalElement(element: string): string | undefined {
  const kind = element.slice(0, 2);
  const content = element.slice(2);
  if (element[1] !== ':' && !element.includes(':')) throw new SyntaxError(`missing colon: ${element}`);
  if (kind === 'f:') return element;
  if (kind === 'v:') return valueElement(JSON.parse(content));
  if (kind === 'i:') {
    if (!/^-?\d+$/.test(content)) throw new SyntaxError(`not an index: ${content}`);
    return `i:${Number(content)}`;
  }
  if (kind !== 'k:') return undefined;
  const key: unknown = JSON.parse(content);
  if (!isObject(key)) throw new SyntaxError(`not a key: ${content}`);
  return keyElement(key);
}

const ORDER = ['f', 'k', 'v', 'i'];

/** Orders steps as Kubernetes does: members by name, keys and values by what they contain, places by number. */
export function compareElements(a: string, b: string): number {
  const [kind = ''] = a;
  if (a[0] !== b[0]) return ORDER.indexOf(kind) - ORDER.indexOf(b[0] ?? '');
  if (kind === 'f') return compareScalars(a, b);
  const left: unknown = JSON.parse(a.slice(2));
  const right: unknown = JSON.parse(b.slice(2));
  if (!isObject(left) || !isObject(right)) return compareScalars(left, right);
  const leftMembers = Object.entries(left);
  const rightMembers = Object.entries(right);
  for (const [index, [name, value]] of leftMembers.entries()) {
    const other = rightMembers[index];
    if (other === undefined) return 1;
    const order = compareScalars(name, other[0]) || compareScalars(value, other[1]);
    if (order !== 0) return order;
  }
  return leftMembers.length - rightMembers.length;
}

function compareScalars(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === typeof b) return String(a) < String(b) ? -1 : String(a) === String(b) ? 0 : 1;
  // Numbers come before strings, strings before booleans.
  const rank = (value: unknown) => ['number', 'string', 'boolean'].indexOf(typeof value);
  return rank(a) - rank(b);
}

/** A path as people read it: `.spec.ports[port=80,protocol="TCP"].name`. */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join('');
}

function printElement(element: string): string {
  const name = fieldNameOf(element);
  if (name !== undefined) return `.${name}`;
  if (element.startsWith('i:')) return `[${element.slice(2)}]`;
  const content: unknown = JSON.parse(element.slice(2));
  if (!isKeyElement(element) || !isObject(content)) return `[=${JSON.stringify(content)}]`;
  return `[${Object.entries(content)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`;
}
