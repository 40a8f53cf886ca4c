import { isObject, type JsonObject } from '../object/json.ts';
import { childrenOf, hasChildren, isMember, type FieldTree } from './field-tree.ts';
import { elementOf } from './list-elements.ts';
import { fieldElement } from './path-element.ts';
import { DEDUCED, memberShape, partOf, type ListShape, type MapShape, type Shape } from './shape.ts';

/** A copy of an object without some fields. What is left empty by that is null. @throws ApiServerError `InternalError` */
export function remove(shape: Shape, value: unknown, fields: FieldTree): unknown {
  const { map, list, scalar } = partOf(shape, value);
  if (map !== undefined) return removeMembers(map, value, fields);
  if (scalar !== undefined || list === undefined) return value;
  return removeElements(list, value, fields);
}

function removeMembers(shape: MapShape, value: unknown, fields: FieldTree): unknown {
  if (!isObject(value) || shape.atomic) return null;
  const result: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const node = fields[fieldElement(name)];
    if (node === undefined) result[name] = member;
    else if (!isMember(node))
      result[name] = remove(memberShape(shape, name) ?? DEDUCED, member, childrenOf(node));
  }
  return Object.keys(result).length === 0 ? null : result;
}

function removeElements(shape: ListShape, value: unknown, fields: FieldTree): unknown {
  if (!Array.isArray(value) || shape.atomic) return null;
  const result: unknown[] = [];
  for (const item of value as unknown[]) {
    const node = fields[elementOf(shape, item)];
    if (isMember(node)) continue;
    result.push(node !== undefined && hasChildren(node) ? remove(shape.items, item, childrenOf(node)) : item);
  }
  return result.length === 0 ? null : result;
}
