import { ApiServerError } from '../errors.ts';
import { isObject } from '../object/json.ts';
import { elementOf } from './list-elements.ts';
import { fieldElement, printPath } from './path-element.ts';
import { memberShape, partOf, type ListShape, type MapShape, type Scalar, type Shape } from './shape.ts';

/** What is wrong with an object that somebody applies: types, unknown members, elements that occur twice. */
export function shapeProblems(shape: Shape, value: unknown): string[] {
  const problems: string[] = [];
  check(problems, [], shape, value);
  return problems;
}

/** The problems as one text. */
export function printProblems(problems: readonly string[]): string {
  const [first = ''] = problems;
  return problems.length === 1 ? first : ['errors:', ...problems.map((each) => `  ${each}`)].join('\n');
}

function report(problems: string[], path: readonly string[], why: string): void {
  problems.push(path.length === 0 ? why : `${printPath(path)}: ${why}`);
}

function check(problems: string[], path: string[], shape: Shape, value: unknown): void {
  const { map, list, scalar } = partOf(shape, value);
  if (map !== undefined) checkMap(problems, path, map, value);
  else if (scalar !== undefined) checkScalar(problems, path, scalar, value);
  else if (list !== undefined) checkList(problems, path, list, value);
}

function checkMap(problems: string[], path: string[], shape: MapShape, value: unknown): void {
  if (value === null || value === undefined) return;
  if (!isObject(value)) {
    report(problems, path, `expected map, got ${goPointer(value)}`);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const known = memberShape(shape, name);
    path.push(fieldElement(name));
    if (known === undefined) report(problems, path, 'field not declared in schema');
    else check(problems, path, known, member);
    path.pop();
    // The first one says enough about an object.
    if (known === undefined) return;
  }
}

function checkList(problems: string[], path: string[], shape: ListShape, value: unknown): void {
  if (value === null || value === undefined) return;
  if (!Array.isArray(value)) {
    report(problems, path, `expected list, got ${goPointer(value)}`);
    return;
  }
  const seen = new Set<string>();
  for (const [index, item] of (value as unknown[]).entries()) {
    const element = shape.atomic ? `i:${index}` : identified(problems, path, shape, item, index);
    if (element === undefined) return;
    if (seen.has(element)) report(problems, path, `duplicate entries for key ${printPath([element])}`);
    seen.add(element);
    path.push(element);
    check(problems, path, shape.items, item);
    path.pop();
  }
}

function identified(
  problems: string[],
  path: readonly string[],
  shape: ListShape,
  item: unknown,
  index: number,
): string | undefined {
  try {
    return elementOf(shape, item);
  } catch (error) {
    if (!(error instanceof ApiServerError)) throw error;
    report(problems, path, `element ${index}: ${error.message}`);
    return undefined;
  }
}

function checkScalar(problems: string[], path: readonly string[], scalar: Scalar, value: unknown): void {
  if (value === null || value === undefined) return;
  const type = typeof value;
  if (scalar === 'numeric' && type !== 'number')
    report(problems, path, `expected numeric (int or float), got ${goType(value)}`);
  else if (scalar === 'string' && type !== 'string')
    report(problems, path, `expected string, got ${goValue(value)}`);
  else if (scalar === 'boolean' && type !== 'boolean')
    report(problems, path, `expected boolean, got ${goPointer(value)}`);
  else if (scalar === 'untyped' && type === 'object')
    report(problems, path, `expected any scalar, got ${goPointer(value)}`);
}

/** The name that Kubernetes' messages have for the type of a value. */
function goType(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return '[]interface {}';
  return isObject(value) ? 'map[string]interface {}' : typeof value;
}

/** A value as Kubernetes' messages show it where they do not care how. */
function goPointer(value: unknown): string {
  return `&{${plain(value)}}`;
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(' ')}]`;
  if (isObject(value))
    return `map[${Object.keys(value)
      .sort()
      .map((name) => `${name}:${plain(value[name])}`)
      .join(' ')}]`;
  if (value === null) return '<nil>';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function goValue(value: unknown): string {
  return isObject(value) || Array.isArray(value)
    ? shown(value)
    : `&value.valueUnstructured{Value:${shown(value)}}`;
}

function shown(value: unknown): string {
  if (isObject(value))
    return Object.entries(value)
      .map(([name, member]) => `${name}=${shown(member)}`)
      .join('');
  if (Array.isArray(value)) return `[${value.map(shown).join(',')}]`;
  return JSON.stringify(value);
}
