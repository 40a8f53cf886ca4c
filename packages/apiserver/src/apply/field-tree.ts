import { isObject } from '../object/json.ts';
import { canonicalElement, compareElements } from './path-element.ts';

/**
 * A set of fields, in the form of `fieldsV1`: steps lead to what is below them. A step that leads to nothing is a member
 * of the set; one that leads further is a member if it also leads to `.`. Trees are never changed once they are made,
 * except by the one who makes them.
 */
export interface FieldTree {
  [element: string]: FieldTree;
}

const SELF = '.';

/** The set without members. */
export const NO_FIELDS: FieldTree = Object.freeze({});

/** What a step leads to that is a member with nothing below; the same everywhere, so that it is known without a look. */
const LEAF: FieldTree = Object.freeze({});

/** True for the set without members. For one with very many it takes a while: all of them are looked up before the first. */
export function isEmpty(tree: FieldTree): boolean {
  if (tree === LEAF) return true;
  for (const _element in tree) return false;
  return true;
}

/** True if the field that a step leads to is a member itself. */
export function isMember(node: FieldTree | undefined): boolean {
  return node !== undefined && (node[SELF] !== undefined || isEmpty(node));
}

/** True if there are members below the field that a step leads to. */
export function hasChildren(node: FieldTree | undefined): boolean {
  for (const element in node) if (element !== SELF) return true;
  return false;
}

/** Adds a field to a tree that has been made by nothing else. The whole object, an empty path, is nobody's. */
export function insert(tree: FieldTree, path: readonly string[]): void {
  const last = path.length - 1;
  let node = tree;
  for (let depth = 0; depth < last; depth += 1) {
    const element = path[depth] ?? '';
    let below = node[element];
    // A leaf that gets something below it stays a member.
    if (below === undefined || below === LEAF) node[element] = below = below === LEAF ? { [SELF]: LEAF } : {};
    node = below;
  }
  const element = path[last];
  if (element === undefined) return;
  const existing = node[element];
  if (existing === undefined) node[element] = LEAF;
  else if (existing !== LEAF) existing[SELF] = LEAF;
}

/** True if the set has this very field. */
export function includes(tree: FieldTree, path: readonly string[]): boolean {
  let node: FieldTree | undefined = tree;
  for (const element of path) node = node?.[element];
  return path.length > 0 && isMember(node);
}

/** The set of one field. */
export function single(...path: string[]): FieldTree {
  const tree: FieldTree = {};
  insert(tree, path);
  return tree;
}

/** The node for a step with this membership and these members below; undefined if there is nothing left of it. */
export function nodeOf(member: boolean, children: FieldTree): FieldTree | undefined {
  const bare = isEmpty(children);
  if (bare) return member ? {} : undefined;
  return member ? { [SELF]: {}, ...children } : children;
}

/** What is below a node, without the mark of the node itself. */
export function childrenOf(node: FieldTree): FieldTree {
  if (node[SELF] === undefined) return node;
  const { [SELF]: _self, ...children } = node;
  return children;
}

/** Fields of either set. */
export function union(a: FieldTree, b: FieldTree): FieldTree {
  if (isEmpty(a)) return childrenOf(b);
  if (isEmpty(b)) return childrenOf(a);
  const result: FieldTree = { ...childrenOf(a) };
  for (const [element, right] of Object.entries(childrenOf(b))) {
    const left = result[element];
    const node =
      left === undefined ? right : nodeOf(isMember(left) || isMember(right), unionBelow(left, right));
    if (node !== undefined) result[element] = node;
  }
  return result;
}

function unionBelow(a: FieldTree, b: FieldTree): FieldTree {
  return union(childrenOf(a), childrenOf(b));
}

/** Fields of both sets. */
export function intersection(a: FieldTree, b: FieldTree): FieldTree {
  const result: FieldTree = {};
  for (const [element, left] of Object.entries(childrenOf(a))) {
    const right = b[element];
    if (right === undefined) continue;
    const node = nodeOf(isMember(left) && isMember(right), intersection(childrenOf(left), childrenOf(right)));
    if (node !== undefined) result[element] = node;
  }
  return result;
}

/** Fields of the first set that the second does not have; what is below a field of the second stays. */
export function difference(a: FieldTree, b: FieldTree): FieldTree {
  return without(a, b, false);
}

/** Fields of the first set that the second neither has nor has above them. */
export function recursiveDifference(a: FieldTree, b: FieldTree): FieldTree {
  return without(a, b, true);
}

function without(a: FieldTree, b: FieldTree, recursive: boolean): FieldTree {
  if (isEmpty(b)) return childrenOf(a);
  const result: FieldTree = {};
  for (const [element, left] of Object.entries(childrenOf(a))) {
    const right = b[element];
    if (right === undefined) {
      result[element] = left;
      continue;
    }
    const taken = isMember(right);
    if (taken && recursive) continue;
    const node = nodeOf(isMember(left) && !taken, without(childrenOf(left), childrenOf(right), recursive));
    if (node !== undefined) result[element] = node;
  }
  return result;
}

/** Calls back with the path of each field, in order. */
export function forEachField(
  tree: FieldTree,
  visit: (path: readonly string[]) => void,
  path: readonly string[] = [],
): void {
  // As in Kubernetes, the fields themselves come before what is below them.
  const elements = Object.keys(childrenOf(tree)).sort(compareElements);
  for (const element of elements) if (isMember(tree[element] ?? NO_FIELDS)) visit([...path, element]);
  for (const element of elements) forEachField(tree[element] ?? NO_FIELDS, visit, [...path, element]);
}

/** The tree with its steps in the order in which Kubernetes writes them. */
export function sorted(tree: FieldTree): FieldTree {
  const result: FieldTree = {};
  if (tree[SELF] !== undefined) result[SELF] = {};
  for (const element of Object.keys(childrenOf(tree)).sort(compareElements))
    result[element] = sorted(tree[element] ?? NO_FIELDS);
  return result;
}

/** Reads `fieldsV1` as a client wrote it. @throws SyntaxError if it is malformed. */
export function readFields(value: unknown): FieldTree {
  if (value === undefined || value === null) return NO_FIELDS;
  if (!isObject(value)) throw new SyntaxError('fieldsV1 must be an object');
  const result: FieldTree = {};
  for (const [element, below] of Object.entries(value)) {
    if (element === SELF) {
      result[SELF] = {};
      continue;
    }
    const canonical = canonicalElement(element);
    if (canonical !== undefined) result[canonical] = readFields(below);
  }
  return result;
}
