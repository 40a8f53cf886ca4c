// Which type fits where, and what type parameters stand for: unification with dyn as the type that fits everywhere.
import { optionalContent, sameType, SIMPLE, type CelType } from './types.ts';

/** What type parameters were found to stand for. */
export type Bindings = ReadonlyMap<string, CelType>;

/** The bindings after `a` was found to fit `b`, or undefined if it does not. */
export function assign(bindings: Bindings, a: CelType, b: CelType): Bindings | undefined {
  const next = new Map(bindings);
  return fits(next, a, b) ? next : undefined;
}

/** The same for several types at once. */
export function assignAll(
  bindings: Bindings,
  actual: readonly CelType[],
  expected: readonly CelType[],
): Bindings | undefined {
  if (actual.length !== expected.length) return undefined;
  const next = new Map(bindings);
  return actual.every((type, index) => fits(next, type, expected[index] ?? SIMPLE.error)) ? next : undefined;
}

function fits(bindings: Map<string, CelType>, a: CelType, b: CelType): boolean {
  if (b.kind === 'param') {
    const outcome = bind(bindings, a, b);
    if (outcome !== 'unknown') return outcome === 'fits';
  }
  if (a.kind === 'param') return bind(bindings, b, a) === 'fits';
  if (isOpen(a) || isOpen(b)) return true;
  if (a.kind === 'null') return isNullable(b);
  if (b.kind === 'null') return isNullable(a);
  switch (a.kind) {
    case 'list':
      return b.kind === 'list' && fits(bindings, a.element, b.element);
    case 'map':
      return b.kind === 'map' && fits(bindings, a.key, b.key) && fits(bindings, a.value, b.value);
    case 'opaque':
      return (
        b.kind === 'opaque' &&
        a.name === b.name &&
        a.parameters.every((parameter, index) =>
          fits(bindings, parameter, b.parameters[index] ?? SIMPLE.error),
        )
      );
    case 'object':
      return b.kind === 'object' && a.name === b.name;
    default:
      return a.kind === b.kind;
  }
}

/** Makes a parameter stand for a type. `unknown`: it cannot, but the other direction may be tried. */
function bind(
  bindings: Map<string, CelType>,
  type: CelType,
  parameter: Extract<CelType, { kind: 'param' }>,
): 'fits' | 'clashes' | 'unknown' {
  if (sameType(type, parameter)) return 'fits';
  const bound = bindings.get(parameter.name);
  if (bound === undefined) {
    if (occurs(bindings, parameter, type)) return 'unknown';
    bindings.set(parameter.name, type);
    return 'fits';
  }
  if (sameType(type, bound)) return 'fits';
  if (!fits(bindings, type, bound)) return 'clashes';
  const general = moreGeneral(type, bound);
  if (!occurs(bindings, parameter, general)) bindings.set(parameter.name, general);
  return 'fits';
}

function occurs(bindings: Bindings, parameter: CelType, within: CelType): boolean {
  if (sameType(parameter, within)) return true;
  switch (within.kind) {
    case 'param': {
      const bound = bindings.get(within.name);
      return bound !== undefined && occurs(bindings, parameter, bound);
    }
    case 'list':
      return occurs(bindings, parameter, within.element);
    case 'map':
      return occurs(bindings, parameter, within.key) || occurs(bindings, parameter, within.value);
    case 'opaque':
      return within.parameters.some((inner) => occurs(bindings, parameter, inner));
    default:
      return false;
  }
}

/** The less specific of two types that fit each other. */
export function moreGeneral(a: CelType, b: CelType): CelType {
  return isAtMostAsSpecific(a, b) ? a : b;
}

function isAtMostAsSpecific(a: CelType, b: CelType): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param' || a.kind !== b.kind) return false;
  if (a.kind === 'list') return b.kind === 'list' && isAtMostAsSpecific(a.element, b.element);
  if (a.kind === 'map')
    return b.kind === 'map' && isAtMostAsSpecific(a.key, b.key) && isAtMostAsSpecific(a.value, b.value);
  if (a.kind === 'opaque')
    return (
      b.kind === 'opaque' &&
      a.name === b.name &&
      a.parameters.every((parameter, index) =>
        isAtMostAsSpecific(parameter, b.parameters[index] ?? SIMPLE.error),
      )
    );
  return sameType(a, b);
}

/** A type with its parameters replaced by what they stand for; `close` replaces the unbound ones by dyn. */
export function substitute(bindings: Bindings, type: CelType, close = false): CelType {
  switch (type.kind) {
    case 'param': {
      const bound = bindings.get(type.name);
      if (bound !== undefined) return substitute(bindings, bound, close);
      return close ? SIMPLE.dyn : type;
    }
    case 'list':
      return { kind: 'list', element: substitute(bindings, type.element, close) };
    case 'map':
      return {
        kind: 'map',
        key: substitute(bindings, type.key, close),
        value: substitute(bindings, type.value, close),
      };
    case 'opaque':
      return {
        ...type,
        parameters: type.parameters.map((parameter) => substitute(bindings, parameter, close)),
      };
    default:
      return type;
  }
}

/** True for dyn and for what did not check. */
export function isOpen(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

function isNullable(type: CelType): boolean {
  return (
    type.kind === 'null' ||
    type.kind === 'object' ||
    type.kind === 'timestamp' ||
    type.kind === 'duration' ||
    type.kind === 'opaque' ||
    optionalContent(type) !== undefined
  );
}
