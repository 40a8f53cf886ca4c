import { isObject } from '../object/json.ts';
import {
  childrenOf,
  hasChildren,
  insert,
  isEmpty,
  isMember,
  NO_FIELDS,
  nodeOf,
  type FieldTree,
} from './field-tree.ts';
import { elementsByStep } from './list-elements.ts';
import { fieldElement, fieldNameOf, isKeyElement } from './path-element.ts';
import { DEDUCED, memberShape, partOf, type ListShape, type MapShape, type Shape } from './shape.ts';

/** The fields that an object has: what somebody who applies it owns. @throws ApiServerError `InternalError` */
export function fieldsOf(shape: Shape, value: unknown): FieldTree {
  const tree: FieldTree = {};
  collect(tree, [], shape, value);
  return tree;
}

function collect(tree: FieldTree, path: string[], shape: Shape, value: unknown): void {
  const { map, list, scalar } = partOf(shape, value);
  if (map !== undefined) collectMembers(tree, path, map, value);
  else if (scalar === undefined && list !== undefined) collectElements(tree, path, list, value);
  else insert(tree, path);
}

function collectMembers(tree: FieldTree, path: string[], shape: MapShape, value: unknown): void {
  if (shape.atomic) insert(tree, path);
  else if (isObject(value))
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      path.push(fieldElement(name));
      collect(tree, path, memberShape(shape, name) ?? DEDUCED, member);
      const isBare = member === null || (isObject(member) && Object.keys(member).length === 0);
      if (isBare || !shape.fields.has(name)) insert(tree, path);
      path.pop();
    }
}

function collectElements(tree: FieldTree, path: string[], shape: ListShape, value: unknown): void {
  if (shape.atomic) insert(tree, path);
  else if (Array.isArray(value))
    for (const [element, same] of elementsByStep(shape, value)) {
      path.push(element);
      if (same.length === 1) collect(tree, path, shape.items, same[0]);
      insert(tree, path);
      path.pop();
    }
}

/**
 * The fields with the members that a schema lists by name on the way to them: they come and go with what is below them,
 * while the keys of maps and the elements of lists must be owned themselves.
 */
export function withNamedParents(shape: Shape, tree: FieldTree): FieldTree {
  const result: FieldTree = {};
  for (const [element, below] of Object.entries(childrenOf(tree))) {
    const name = fieldNameOf(element);
    const isNamed = name !== undefined && shape.map?.fields.has(name) === true;
    const child = stepShape(shape, element);
    const children = hasChildren(below)
      ? child === undefined
        ? childrenOf(below)
        : withNamedParents(child, below)
      : NO_FIELDS;
    const node = nodeOf(isMember(below) || isNamed, children);
    if (node !== undefined) result[element] = node;
  }
  return result;
}

/** The shape that a step leads to. */
function stepShape(shape: Shape, element: string): Shape | undefined {
  const name = fieldNameOf(element);
  if (name !== undefined) return shape.map === undefined ? undefined : memberShape(shape.map, name);
  return isKeyElement(element) ? shape.list?.items : undefined;
}

/**
 * Owned fields as they are after what had parts has become one whole, because the schema was changed.
 * @returns the same tree if nothing has to be done.
 */
export function reconcile(shape: Shape, tree: FieldTree): FieldTree {
  if (shape.map !== undefined) {
    const { fields, elements, atomic } = shape.map;
    if (elements === DEDUCED && fields.size === 0) return tree;
    if (atomic) return isEmpty(childrenOf(tree)) ? tree : NO_FIELDS;
  } else if (shape.scalar !== undefined || shape.list === undefined) return tree;
  else if (shape.list.atomic) return isEmpty(childrenOf(tree)) ? tree : NO_FIELDS;
  let changed: FieldTree | undefined;
  for (const [element, below] of Object.entries(tree)) {
    if (element === '.' || !hasChildren(below)) continue;
    const child = shape.map === undefined ? shape.list?.items : stepShape(shape, element);
    const next = child === undefined ? below : reconcile(child, below);
    if (next === below) continue;
    changed ??= { ...tree };
    changed[element] = next;
  }
  return changed ?? tree;
}
