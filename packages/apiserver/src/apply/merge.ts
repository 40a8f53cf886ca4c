import { isObject, type JsonObject } from '../object/json.ts';
import { elementOf, shapeProblem } from './list-elements.ts';
import { DEDUCED, memberShape, partOf, type ListShape, type MapShape, type Shape } from './shape.ts';

/**
 * Lays one object over another: what the second says holds, the rest is kept. Parts of both are used in the result.
 * @throws ApiServerError `InternalError`
 */
export function merge(shape: Shape, base: unknown, over: unknown): unknown {
  const { map, list, scalar } = partOf(shape, over === undefined ? base : over);
  if (map !== undefined) return mergeMaps(map, base, over);
  if (scalar !== undefined || list === undefined) return leaf(base, over);
  return mergeLists(list, base, over);
}

function leaf(base: unknown, over: unknown): unknown {
  return over === undefined ? base : over;
}

function mergeMaps(shape: MapShape, base: unknown, over: unknown): unknown {
  const left = isObject(base) ? base : {};
  const right = isObject(over) ? over : {};
  const leftNames = Object.keys(left);
  const rightNames = Object.keys(right);
  if (shape.atomic || (leftNames.length === 0 && rightNames.length === 0)) return leaf(base, over);
  const result: JsonObject = {};
  for (const name of new Set([...leftNames, ...rightNames])) {
    const value = merge(memberShape(shape, name) ?? DEDUCED, left[name], right[name]);
    if (value !== undefined) result[name] = value;
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

function mergeLists(shape: ListShape, base: unknown, over: unknown): unknown {
  const left = Array.isArray(base) ? (base as unknown[]) : [];
  const right = Array.isArray(over) ? (over as unknown[]) : [];
  if (shape.atomic || (left.length === 0 && right.length === 0)) return leaf(base, over);
  const result = mergeElements(shape, left, right);
  return result.length === 0 ? undefined : result;
}

/**
 * Elements of both lists, those of the second in its order. An element that only the first list has stays behind the one
 * that it came after, as far as the order of the second list lets it.
 */
function mergeElements(shape: ListShape, left: readonly unknown[], right: readonly unknown[]): unknown[] {
  const leftSteps = left.map((value) => elementOf(shape, value));
  const rightSteps = right.map((value) => elementOf(shape, value));
  const leftValues = new Map<string, unknown>();
  // Of elements that occur several times none is merged: they are replaced.
  leftSteps.forEach((step, index) => leftValues.set(step, leftValues.has(step) ? null : left[index]));
  const rightValues = new Map<string, unknown>();
  rightSteps.forEach((step, index) => {
    if (rightValues.has(step)) throw shapeProblem(`duplicate entries for key ${step}`);
    rightValues.set(step, right[index]);
  });
  const shared = rightSteps.filter((step) => leftValues.has(step));
  const done = new Set<string>();
  const result: unknown[] = [];
  const put = (base: unknown, over: unknown) => {
    const value = merge(shape.items, base, over);
    if (value !== undefined) result.push(value);
  };
  let l = 0;
  let r = 0;
  let nextShared = 0;
  while (l < left.length || r < right.length) {
    const step = leftSteps[l];
    const taken = rightSteps[r];
    if (step !== undefined && step === taken) {
      put(leftValues.get(step), right[r]);
      done.add(step);
      l += 1;
      r += 1;
      nextShared += 1;
      continue;
    }
    const isShared = step !== undefined && rightValues.has(step);
    const wanted = shared[nextShared];
    // Shared, but not its turn yet: it comes with its place in the second list.
    if (isShared && taken !== undefined && wanted !== undefined && wanted !== step) {
      l += 1;
      continue;
    }
    if (step !== undefined && !isShared) {
      put(left[l], undefined);
      l += 1;
      continue;
    }
    if (step !== undefined && done.has(step)) l += 1;
    if (taken === undefined) continue;
    put(leftValues.get(taken), right[r]);
    done.add(taken);
    r += 1;
    if (wanted === taken) nextShared += 1;
  }
  return result;
}
