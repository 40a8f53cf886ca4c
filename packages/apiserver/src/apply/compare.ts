import { equalJson, isObject, type JsonObject } from '../object/json.ts';
import { insert, recursiveDifference, type FieldTree } from './field-tree.ts';
import { elementsByStep } from './list-elements.ts';
import { fieldElement } from './path-element.ts';
import { DEDUCED, memberShape, partOf, type ListShape, type MapShape, type Shape } from './shape.ts';

/** The fields in which two objects differ. */
export interface Comparison {
  readonly added: FieldTree;
  readonly modified: FieldTree;
  readonly removed: FieldTree;
}

/** Finds the fields in which two objects of a shape differ. @throws ApiServerError `InternalError` */
export function compare(shape: Shape, before: unknown, after: unknown): Comparison {
  const comparison: Comparison = { added: {}, modified: {}, removed: {} };
  compareValues({ comparison, path: [] }, shape, before, after);
  return comparison;
}

/** The comparison without some fields and everything below them. */
export function excluding({ added, modified, removed }: Comparison, fields: FieldTree): Comparison {
  return {
    added: recursiveDifference(added, fields),
    modified: recursiveDifference(modified, fields),
    removed: recursiveDifference(removed, fields),
  };
}

interface Walk {
  readonly comparison: Comparison;
  readonly path: string[];
}

/** Of the two values at most one is undefined, which means absent. */
function compareValues(walk: Walk, shape: Shape, before: unknown, after: unknown): void {
  const left = partOf(shape, before);
  const right = partOf(shape, after);
  let isLeaf: boolean;
  if (after === undefined) isLeaf = compareParts(walk, left, before, after);
  else if (before === undefined || samePart(left, right)) isLeaf = compareParts(walk, right, before, after);
  else {
    compareParts(walk, left, before, after);
    isLeaf = compareParts(walk, right, before, after);
  }
  if (isLeaf) return;
  if (before === undefined) insert(walk.comparison.added, walk.path);
  else if (after === undefined) insert(walk.comparison.removed, walk.path);
}

function samePart(a: Shape, b: Shape): boolean {
  return a.map === b.map && a.list === b.list && a.scalar === b.scalar;
}

/** @returns true if the value is owned as a whole and has been compared so. */
function compareParts(walk: Walk, shape: Shape, before: unknown, after: unknown): boolean {
  if (shape.map !== undefined) return compareMaps(walk, shape.map, before, after);
  if (shape.scalar !== undefined || shape.list === undefined) return compareLeaves(walk, before, after);
  return compareLists(walk, shape.list, before, after);
}

function compareLeaves({ comparison, path }: Walk, before: unknown, after: unknown): boolean {
  if (before === undefined) insert(comparison.added, path);
  else if (after === undefined) insert(comparison.removed, path);
  else if (before !== after && !equalJson(before, after)) insert(comparison.modified, path);
  return true;
}

function compareMaps(walk: Walk, shape: MapShape, before: unknown, after: unknown): boolean {
  const left = isObject(before) ? before : {};
  const right = isObject(after) ? after : {};
  if (shape.atomic || (hasNone(left) && hasNone(right))) return compareLeaves(walk, before, after);
  for (const name of Object.keys(left)) {
    if (left[name] === undefined && right[name] === undefined) continue;
    compareMember(walk, shape, name, left[name], right[name]);
  }
  for (const name of Object.keys(right))
    if (left[name] === undefined && right[name] !== undefined)
      compareMember(walk, shape, name, undefined, right[name]);
  return false;
}

function hasNone(object: JsonObject): boolean {
  for (const name in object) if (object[name] !== undefined) return false;
  return true;
}

function compareMember(walk: Walk, shape: MapShape, name: string, before: unknown, after: unknown): void {
  // Equal scalars, the most common case, need no step.
  if (before === after && typeof before !== 'object') return;
  walk.path.push(fieldElement(name));
  compareValues(walk, memberShape(shape, name) ?? DEDUCED, before, after);
  walk.path.pop();
}

function compareLists(walk: Walk, shape: ListShape, before: unknown, after: unknown): boolean {
  const left = Array.isArray(before) ? (before as unknown[]) : [];
  const right = Array.isArray(after) ? (after as unknown[]) : [];
  if (shape.atomic || (left.length === 0 && right.length === 0)) return compareLeaves(walk, before, after);
  const leftByStep = elementsByStep(shape, left);
  const rightByStep = elementsByStep(shape, right);
  for (const [element, values] of leftByStep)
    compareElement(walk, shape, element, values, rightByStep.get(element) ?? []);
  for (const [element, values] of rightByStep)
    if (!leftByStep.has(element)) compareElement(walk, shape, element, [], values);
  return false;
}

/** Elements that occur several times are compared as a whole. */
function compareElement(
  { comparison, path }: Walk,
  { items }: ListShape,
  element: string,
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  path.push(element);
  if (before.length <= 1 && after.length <= 1)
    compareValues({ comparison, path }, items, before[0], after[0]);
  else if (before.length >= 2 && after.length >= 2) {
    if (!equalJson(before, after)) insert(comparison.modified, path);
  } else if (before.length >= 2) {
    if (after.length > 0) compareValues({ comparison, path }, items, undefined, after[0]);
    insert(comparison.removed, path);
  } else {
    if (before.length > 0) compareValues({ comparison, path }, items, before[0], undefined);
    insert(comparison.added, path);
  }
  path.pop();
}
