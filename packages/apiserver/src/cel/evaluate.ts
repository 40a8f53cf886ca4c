import type { Expression } from './ast.ts';
import type { Budget } from './budget.ts';
import { TYPE_NAMES, type Checked } from './check.ts';
import { costOf } from './cost.ts';
import { CelBudgetExceeded, CelFault, NO_SUCH_OVERLOAD, noSuchOverload } from './errors.ts';
import { accepts, type Functions, type Overload } from './overloads.ts';
import {
  compare,
  elements,
  equal,
  isList,
  isMap,
  list,
  map,
  Optional,
  show,
  typeName,
  TypeName,
  Uint,
  type CelValue,
} from './values.ts';
import { sortingWork, workOf } from './work.ts';

/** Values of the names that an expression may use, asked for each time that it does. */
export type Variables = ReadonlyMap<string, () => CelValue>;

/** A checked expression that can be evaluated as often as wanted. */
export type Program = (variables: Variables, budget: Budget) => CelValue;

interface Scope {
  readonly variables: Variables;
  readonly budget: Budget;
  readonly locals: Locals | undefined;
}

interface Locals {
  readonly name: string;
  readonly value: CelValue;
  readonly outer: Locals | undefined;
}

type Step = (scope: Scope) => CelValue;

/**
 * Makes a checked expression runnable.
 * @returns a program that throws CelFault or CelBudgetExceeded
 */
export function plan(expression: Expression, checked: Checked, functions: Functions): Program {
  const step = new Planner(checked, functions).plan(expression);
  return (variables, budget) => step({ variables, budget, locals: undefined });
}

class Planner {
  readonly #checked: Checked;
  readonly #functions: Functions;

  constructor(checked: Checked, functions: Functions) {
    this.#checked = checked;
    this.#functions = functions;
  }

  plan(node: Expression): Step {
    switch (node.kind) {
      case 'literal': {
        const { value } = node;
        return () => value;
      }
      case 'name':
        return (scope) => resolve(scope, node.name);
      case 'select':
        return this.#select(node);
      case 'call':
        return this.#call(node);
      case 'list': {
        const parts = node.elements.map((element) => this.plan(element));
        return (scope) => {
          scope.budget.spend(10);
          scope.budget.work(parts.length);
          return list(parts.map((part) => part(scope)));
        };
      }
      case 'map': {
        const parts = node.entries.map(([key, value]) => [this.plan(key), this.plan(value)] as const);
        return (scope) => {
          scope.budget.spend(30);
          scope.budget.work(parts.length);
          return map(parts.map(([key, value]) => [key(scope), value(scope)] as const));
        };
      }
      case 'loop':
        return this.#loop(node);
      case 'optionalMap':
        return this.#optionalMap(node);
    }
  }

  #select(node: Extract<Expression, { kind: 'select' }>): Step {
    const path = this.#checked.qualified.get(node);
    if (path !== undefined) return (scope) => resolve(scope, path);
    const operand = this.plan(node.operand);
    const { field, mode } = node;
    return (scope) => {
      const value = operand(scope);
      if (mode === 'presence') scope.budget.work(1);
      else scope.budget.spend(1);
      if (mode === 'presence') return present(value, field);
      if (mode === 'optional' || value instanceof Optional) return optionalMember(value, field);
      return member(value, field);
    };
  }

  #call(node: Extract<Expression, { kind: 'call' }>): Step {
    const name = this.#checked.qualified.get(node) ?? node.name;
    const receiver = this.#checked.qualified.has(node) ? undefined : node.target;
    const args = (receiver === undefined ? node.args : [receiver, ...node.args]).map((arg) => this.plan(arg));
    const [first, second, third] = args;
    if (first !== undefined && second !== undefined) {
      if (name === '_&&_') return shortCircuit(first, second, false);
      if (name === '_||_') return shortCircuit(first, second, true);
      if (name === '_?_:_' && third !== undefined) return conditional(first, second, third);
      if (name === 'or' || name === 'orValue') return fallback(first, second, name === 'or');
    }
    const overloads = this.#checked.overloads.get(node) ?? this.#functions.get(name) ?? [];
    const extra = costOf(name);
    const work = workOf(name);
    return (scope) => {
      const values = args.map((arg) => arg(scope));
      scope.budget.spend(extra(values));
      scope.budget.work(work(values, scope.budget.workLeft));
      return dispatch(name, overloads, values, scope.budget);
    };
  }

  #loop(node: Extract<Expression, { kind: 'loop' }>): Step {
    const range = this.plan(node.range);
    const filter = node.filter === undefined ? undefined : this.plan(node.filter);
    const body = this.plan(node.body);
    const [first = '', second] = node.variables;
    const run = LOOPS[node.name];
    return (scope) => {
      const items = entries(range(scope), second !== undefined);
      const iterations = function* (): Generator<Iteration> {
        for (const [key, value] of items) {
          scope.budget.spend(1);
          const outer = withLocal(scope, first, key);
          const inner = second === undefined ? outer : withLocal(outer, second, value);
          yield { key, body: () => body(inner), passes: () => filter === undefined || isTrue(filter(inner)) };
        }
      };
      return run(iterations(), scope.budget);
    };
  }

  #optionalMap(node: Extract<Expression, { kind: 'optionalMap' }>): Step {
    const [target, body] = [this.plan(node.target), this.plan(node.body)];
    return (scope) => {
      scope.budget.work(1);
      const value = target(scope);
      if (!(value instanceof Optional)) throw noSuchOverload();
      if (value.value === undefined) return Optional.none;
      const mapped = body(withLocal(scope, node.variable, value.value));
      return node.flat ? mapped : new Optional(mapped);
    };
  }
}

function resolve(scope: Scope, name: string): CelValue {
  scope.budget.work(1);
  for (let local = scope.locals; local !== undefined; local = local.outer)
    if (local.name === name) return local.value;
  const variable = scope.variables.get(name);
  if (variable !== undefined) {
    scope.budget.spend(1);
    return variable();
  }
  const type = TYPE_NAMES.get(name);
  if (type !== undefined) return new TypeName(type);
  throw new CelFault(`no such attribute(s): ${name}`);
}

function withLocal(scope: Scope, name: string, value: CelValue): Scope {
  return { ...scope, locals: { name, value, outer: scope.locals } };
}

/** A member of an object or map. @throws CelFault `no such key` */
function member(value: CelValue, field: string): CelValue {
  const found = isMap(value) ? value.get(field) : undefined;
  if (found === undefined) throw new CelFault(`no such key: ${field}`);
  return found;
}

function optionalMember(value: CelValue, key: CelValue): Optional {
  const operand = value instanceof Optional ? value.value : value;
  if (operand === undefined) return Optional.none;
  if (isMap(operand)) return new Optional(operand.get(key));
  if (!isList(operand)) throw noSuchOverload();
  const index = indexOf(key);
  return index === undefined || index < 0 || index >= operand.size
    ? Optional.none
    : new Optional(operand.at(index));
}

function present(value: CelValue, field: string): boolean {
  const operand = value instanceof Optional ? value.value : value;
  if (operand === undefined) return false;
  if (Array.isArray(operand)) throw noSuchOverload();
  // What has no members at all, such as the object of a deletion, does not have this one.
  return isMap(operand) && operand.get(field) !== undefined;
}

/** `value[key]`. @throws CelFault */
export function index(value: CelValue, key: CelValue): CelValue {
  if (value instanceof Optional) return optionalMember(value, key);
  if (isMap(value)) {
    const found = value.get(key);
    if (found === undefined) throw new CelFault(`no such key: ${show(key)}`);
    return found;
  }
  if (!isList(value)) throw new CelFault(`no such key: ${show(key)}`);
  const position = indexOf(key);
  if (position === undefined) throw new CelFault(`unsupported index type '${show(key)}' in list`);
  if (position < 0 || position >= value.size) throw new CelFault(`index out of bounds: ${position}`);
  return value.at(position);
}

/** `value[?key]`. @throws CelFault */
export function optionalIndex(value: CelValue, key: CelValue): CelValue {
  return optionalMember(value, key);
}

function indexOf(key: CelValue): number | undefined {
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof Uint) return Number(key.value);
  return typeof key === 'number' && Number.isInteger(key) ? key : undefined;
}

/** One operand that decides settles the matter, even if the other one fails. */
function shortCircuit(left: Step, right: Step, decisive: boolean): Step {
  return (scope) => {
    scope.budget.work(1);
    const first = attempt(left, scope);
    if (first === decisive) return decisive;
    const second = attempt(right, scope);
    if (second === decisive) return decisive;
    for (const outcome of [first, second]) if (outcome instanceof CelFault) throw outcome;
    if (typeof first !== 'boolean' || typeof second !== 'boolean') throw noSuchOverload();
    return !decisive;
  };
}

function attempt(step: Step, scope: Scope): CelValue | CelFault {
  try {
    return step(scope);
  } catch (error) {
    if (error instanceof CelFault) return error;
    throw error;
  }
}

function conditional(condition: Step, yes: Step, no: Step): Step {
  return (scope) => {
    scope.budget.work(1);
    return isTrue(condition(scope)) ? yes(scope) : no(scope);
  };
}

function isTrue(value: CelValue): boolean {
  if (typeof value !== 'boolean') throw noSuchOverload();
  return value;
}

function fallback(target: Step, other: Step, keepsOptional: boolean): Step {
  return (scope) => {
    scope.budget.work(1);
    const value = target(scope);
    if (!(value instanceof Optional)) throw noSuchOverload();
    if (value.value === undefined) return other(scope);
    return keepsOptional ? value : value.value;
  };
}

function dispatch(
  name: string,
  overloads: readonly Overload[],
  values: readonly CelValue[],
  budget: Budget,
): CelValue {
  for (const { params, call } of overloads)
    if (params.length === values.length && params.every((param, at) => accepts(param, values[at] ?? null)))
      return call(values, budget);
  const [operand, key] = values;
  if (name === '_[_]' && operand !== undefined && key !== undefined) return index(operand, key);
  throw name === 'size' ? new CelFault(`${NO_SUCH_OVERLOAD}: size`) : noSuchOverload();
}

function* entries(range: CelValue, pairs: boolean): Generator<readonly [CelValue, CelValue]> {
  if (isList(range)) {
    let at = 0n;
    for (const element of elements(range)) {
      yield pairs ? [at, element] : [element, null];
      at += 1n;
    }
  } else if (isMap(range))
    for (const key of range.keys()) yield [key, pairs ? (range.get(key) ?? null) : null];
  else throw new CelFault(`got '${GO_TYPES[typeName(range)] ?? typeName(range)}', expected iterable type`);
}

/** What cel-go calls the classes of its values, which shows in one message. */
const GO_TYPES: Readonly<Record<string, string>> = {
  bool: 'types.Bool',
  int: 'types.Int',
  uint: 'types.Uint',
  double: 'types.Double',
  string: 'types.String',
  bytes: 'types.Bytes',
  null_type: 'types.Null',
  'google.protobuf.Timestamp': 'types.Timestamp',
  'google.protobuf.Duration': 'types.Duration',
};

interface Iteration {
  readonly key: CelValue;
  readonly body: () => CelValue;
  readonly passes: () => boolean;
}

type Loop = (iterations: Iterable<Iteration>, budget: Budget) => CelValue;

/** `all` and `exists`: a decisive element settles the matter, even if others fail. */
function quantifier(decisive: boolean): Loop {
  return (iterations) => {
    let fault: CelFault | undefined;
    for (const { body } of iterations)
      try {
        if (isTrue(body()) === decisive) return decisive;
      } catch (error) {
        if (!(error instanceof CelFault)) throw error;
        fault ??= error;
      }
    if (fault !== undefined) throw fault;
    return !decisive;
  };
}

const LOOPS: Readonly<Record<Extract<Expression, { kind: 'loop' }>['name'], Loop>> = {
  all: quantifier(false),
  exists: quantifier(true),
  exists_one: (iterations) => [...iterations].filter(({ body }) => isTrue(body())).length === 1,
  filter: (iterations) => list([...keysThat(iterations)]),
  map: (iterations) => list([...passing(iterations)].map(({ body }) => body())),
  transformList: (iterations) => list([...passing(iterations)].map(({ body }) => body())),
  transformMap: (iterations) => map([...passing(iterations)].map(({ key, body }) => [key, body()] as const)),
  transformMapEntry: (iterations) => {
    const all: [CelValue, CelValue][] = [];
    for (const { body } of passing(iterations)) {
      const entry = body();
      if (!isMap(entry)) throw noSuchOverload();
      for (const key of entry.keys()) all.push([key, entry.get(key) ?? null]);
    }
    return map(all);
  },
  sortBy: (iterations, budget) => {
    const keyed = [...iterations].map(({ key, body }) => ({ value: key, rank: body() }));
    const ranks = keyed.map(({ rank }) => rank);
    budget.work(sortingWork(ranks, budget.workLeft));
    return list(keyed.sort((a, b) => compare(a.rank, b.rank)).map(({ value }) => value));
  },
};

function* passing(iterations: Iterable<Iteration>): Generator<Iteration> {
  for (const iteration of iterations) if (iteration.passes()) yield iteration;
}

function* keysThat(iterations: Iterable<Iteration>): Generator<CelValue> {
  for (const { key, body } of iterations) if (isTrue(body())) yield key;
}

/** Runs a program and tells a fault from a value. */
export function run(
  program: Program,
  variables: Variables,
  budget: Budget,
): { value: CelValue } | { fault: CelFault | CelBudgetExceeded } {
  try {
    return { value: program(variables, budget) };
  } catch (error) {
    if (error instanceof CelFault || error instanceof CelBudgetExceeded) return { fault: error };
    // A text or a list beyond what JavaScript can hold, or calls inside calls beyond its stack.
    if (error instanceof RangeError) return { fault: new CelBudgetExceeded() };
    throw error;
  }
}

/** Membership: `value in range`. @throws CelFault */
export function contains(range: CelValue, value: CelValue): boolean {
  if (isMap(range)) return range.get(value) !== undefined;
  if (!isList(range)) throw noSuchOverload();
  for (const element of elements(range)) if (equal(element, value)) return true;
  return false;
}
