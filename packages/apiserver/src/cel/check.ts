import { assign, assignAll, isOpen, moreGeneral, substitute, type Bindings } from './assign.ts';
import { children, type Expression } from './ast.ts';
import type { CelIssue } from './errors.ts';
import { KEYWORDS } from './escape.ts';
import type { Functions, Overload } from './overloads.ts';
import {
  listOf,
  mapOf,
  optionalContent,
  optionalOf,
  sameType,
  SIMPLE,
  typeText,
  type CelType,
  type ObjectType,
} from './types.ts';
import { typeName, type CelValue } from './values.ts';

/** Names that an expression may use, and their types. */
export type Declarations = ReadonlyMap<string, CelType>;

/** What checking found out. */
export interface Checked {
  readonly type: CelType;
  readonly issues: readonly CelIssue[];
  /** Forms of each called function that fit the types of its arguments. */
  readonly overloads: ReadonlyMap<Expression, readonly Overload[]>;
  /** Calls such as `ip.isCanonical(...)`, by their full name: what looks like a value in front is part of it. */
  readonly qualified: ReadonlyMap<Expression, string>;
  /** Names of declared variables that are used. */
  readonly uses: ReadonlySet<string>;
  /** The type of each expression. */
  readonly types: ReadonlyMap<Expression, CelType>;
}

/** Names of types that are values of expressions, and what `type()` calls them. */
export const TYPE_NAMES: ReadonlyMap<string, string> = new Map(
  ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'optional_type']
    .map((name): [string, string] => [name, name])
    .concat([
      ['google.protobuf.Timestamp', 'google.protobuf.Timestamp'],
      ['google.protobuf.Duration', 'google.protobuf.Duration'],
      ...['net.IP', 'net.CIDR', 'kubernetes.URL', 'kubernetes.Quantity', 'kubernetes.Semver'].map(
        (name): [string, string] => [name, name],
      ),
    ]),
);

/** Checks the types of an expression. */
export function check(expression: Expression, declarations: Declarations, functions: Functions): Checked {
  const checker = new Checker(declarations, functions);
  const type = checker.finish(checker.check(expression));
  if (checker.issues.length === 0) checker.checkLiterals(expression, false);
  return {
    type,
    issues: checker.issues,
    overloads: checker.overloads,
    qualified: checker.qualified,
    uses: checker.uses,
    types: checker.types,
  };
}

class Checker {
  readonly issues: CelIssue[] = [];
  readonly overloads = new Map<Expression, readonly Overload[]>();
  readonly qualified = new Map<Expression, string>();
  readonly uses = new Set<string>();
  readonly types = new Map<Expression, CelType>();
  readonly #functions: Functions;
  readonly #declarations: Declarations;
  #scope: Declarations;
  #bindings: Bindings = new Map();
  #variables = 0;

  constructor(declarations: Declarations, functions: Functions) {
    this.#declarations = declarations;
    this.#scope = declarations;
    this.#functions = functions;
  }

  finish(type: CelType): CelType {
    return substitute(this.#bindings, type, true);
  }

  check(node: Expression): CelType {
    const type = this.#check(node);
    this.types.set(node, type);
    return type;
  }

  /** Elements of a literal must be of one type, unless `format` takes them. */
  checkLiterals(node: Expression, exempt: boolean): void {
    if (!exempt && node.kind === 'list') this.#sameTypes(node.elements);
    if (!exempt && node.kind === 'map')
      for (const side of [0, 1] as const) this.#sameTypes(node.entries.map((entry) => entry[side]));
    const formats = node.kind === 'call' && node.name === 'format';
    for (const child of children(node)) this.checkLiterals(child, exempt || formats);
  }

  #sameTypes(nodes: readonly Expression[]): void {
    const types = nodes.map((node) => this.finish(this.types.get(node) ?? SIMPLE.error));
    const [first = SIMPLE.dyn] = types;
    types.forEach((type, index) => {
      if (!sameType(first, type)) this.#mismatch(nodes[index]?.at ?? 0, first, type);
    });
  }

  #check(node: Expression): CelType {
    switch (node.kind) {
      case 'literal':
        return literalType(node.value);
      case 'name':
        return this.#name(node.name) ?? this.#undeclared(node.at, node.name);
      case 'select':
        return this.#select(node);
      case 'call':
        return this.#call(node);
      case 'list':
        return listOf(this.#join(node.elements) ?? this.#fresh());
      case 'map': {
        const keys = this.#join(node.entries.map(([key]) => key));
        const values = this.#join(node.entries.map(([, value]) => value));
        return mapOf(keys ?? this.#fresh(), values ?? this.#fresh());
      }
      case 'loop':
        return this.#loop(node);
      case 'optionalMap':
        return this.#optionalMap(node);
    }
  }

  #fresh(): CelType {
    this.#variables += 1;
    return { kind: 'param', name: `_var${this.#variables - 1}` };
  }

  #report(at: number, message: string): CelType {
    this.issues.push({ at, message });
    return SIMPLE.error;
  }

  #undeclared(at: number, name: string): CelType {
    return this.#report(at, `undeclared reference to '${name}' (in container '')`);
  }

  #mismatch(at: number, expected: CelType, found: CelType): CelType {
    return this.#report(at, `expected type '${typeText(expected)}' but found '${typeText(found)}'`);
  }

  #name(name: string): CelType | undefined {
    const type = this.#scope.get(name);
    if (type !== undefined && this.#declarations.get(name) === type) this.uses.add(name);
    return type ?? (TYPE_NAMES.has(name) ? { kind: 'type' } : undefined);
  }

  #fits(expected: CelType, actual: CelType): boolean {
    const bindings = assign(this.#bindings, expected, actual);
    if (bindings !== undefined) this.#bindings = bindings;
    return bindings !== undefined;
  }

  #within<T>(variables: readonly (readonly [string, CelType])[], work: () => T): T {
    const outer = this.#scope;
    this.#scope = new Map([...outer, ...variables]);
    try {
      return work();
    } finally {
      this.#scope = outer;
    }
  }

  /** The type that all elements have in common; undefined without elements. */
  #join(nodes: readonly Expression[]): CelType | undefined {
    let common: CelType | undefined;
    for (const node of nodes) {
      const type = this.check(node);
      if (common === undefined) common = type;
      else if (this.#fits(common, type)) common = moreGeneral(common, type);
      else common = SIMPLE.dyn;
    }
    return common;
  }

  #select(node: Extract<Expression, { kind: 'select' }>): CelType {
    const path = node.mode === 'value' ? qualifiedName(node) : undefined;
    const variable = path === undefined ? undefined : this.#scope.get(path);
    if (path !== undefined && variable !== undefined) {
      this.qualified.set(node, path);
      return variable;
    }
    if (path !== undefined && TYPE_NAMES.has(path) && !this.#scope.has(path.split('.')[0] ?? '')) {
      this.qualified.set(node, path);
      return { kind: 'type' };
    }
    const operand = substitute(this.#bindings, this.check(node.operand));
    const content = optionalContent(operand);
    const found = this.#field(node, content ?? operand);
    if (node.mode === 'presence') return SIMPLE.bool;
    return content !== undefined || node.mode === 'optional' ? optionalOf(found) : found;
  }

  #field(node: Extract<Expression, { kind: 'select' }>, operand: CelType): CelType {
    if (operand.kind === 'map') return substitute(this.#bindings, operand.value);
    if (operand.kind === 'object')
      return fieldOf(operand, node.field) ?? this.#report(node.at, `undefined field '${node.field}'`);
    if (operand.kind === 'param') this.#fits(SIMPLE.dyn, operand);
    else if (!isOpen(operand))
      this.#report(node.at, `type '${typeText(operand)}' does not support field selection`);
    return SIMPLE.dyn;
  }

  #call(node: Extract<Expression, { kind: 'call' }>): CelType {
    const args = node.args.map((arg) => this.check(arg));
    if (node.target === undefined) {
      if (!this.#functions.has(node.name)) return this.#undeclared(node.at, node.name);
      return this.#resolve(node, node.name, args, false);
    }
    const prefix = qualifiedName(node.target);
    const full = `${prefix ?? ''}.${node.name}`;
    if (prefix !== undefined && !this.#scope.has(prefix.split('.')[0] ?? '') && this.#functions.has(full)) {
      this.qualified.set(node, full);
      return this.#resolve(node, full, args, false);
    }
    const target = this.check(node.target);
    if (!this.#functions.has(node.name)) return this.#undeclared(node.at, node.name);
    return this.#resolve(node, node.name, [target, ...args], true);
  }

  #resolve(
    node: Extract<Expression, { kind: 'call' }>,
    name: string,
    args: readonly CelType[],
    member: boolean,
  ): CelType {
    if (name === '_&&_' || name === '_||_') return this.#logical(node, args);
    const found: Overload[] = [];
    let result: CelType | undefined;
    for (const overload of this.#functions.get(name) ?? []) {
      if (overload.member !== member) continue;
      const fresh = new Map(overload.generic.map((parameter) => [parameter, this.#fresh()]));
      const params = overload.params.map((param) => substitute(fresh, param));
      const bindings = assignAll(this.#bindings, args, params);
      if (bindings === undefined) continue;
      this.#bindings = bindings;
      found.push(overload);
      const type = substitute(bindings, substitute(fresh, overload.result));
      if (result === undefined) result = type;
      else if (result.kind !== 'dyn' && !sameType(result, type)) result = SIMPLE.dyn;
    }
    if (result === undefined) return this.#noOverload(node.at, name, args, member);
    this.overloads.set(node, found);
    return result;
  }

  #logical(node: Extract<Expression, { kind: 'call' }>, args: readonly CelType[]): CelType {
    let result: CelType = SIMPLE.bool;
    args.forEach((type, index) => {
      if (!this.#fits(type, SIMPLE.bool))
        result = this.#mismatch(node.args[index]?.at ?? node.at, SIMPLE.bool, type);
    });
    return result;
  }

  #noOverload(at: number, name: string, args: readonly CelType[], member: boolean): CelType {
    const [target = '', ...rest] = args.map((arg) => typeText(substitute(this.#bindings, arg, true)));
    const signature = member
      ? `${target}.(${rest.join(', ')})`
      : `(${[target, ...rest].filter((text) => text !== '').join(', ')})`;
    return this.#report(at, `found no matching overload for '${name}' applied to '${signature}'`);
  }

  #loop(node: Extract<Expression, { kind: 'loop' }>): CelType {
    const range = substitute(this.#bindings, this.check(node.range));
    const [first, second] = this.#loopVariables(node, range);
    const names = node.variables.map((name, index): [string, CelType] => [
      name,
      index === 0 ? first : second,
    ]);
    return this.#within(names, () => this.#loopBody(node, range));
  }

  #loopVariables(node: Extract<Expression, { kind: 'loop' }>, range: CelType): [CelType, CelType] {
    const pairs = node.variables.length === 2;
    if (range.kind === 'list') return pairs ? [SIMPLE.int, range.element] : [range.element, SIMPLE.dyn];
    if (range.kind === 'map') return [range.key, range.value];
    if (range.kind === 'param') this.#fits(SIMPLE.dyn, range);
    else if (!isOpen(range)) {
      const text = `expression of type '${typeText(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
      this.#report(node.range.at, text);
      return [SIMPLE.error, SIMPLE.error];
    }
    return [SIMPLE.dyn, SIMPLE.dyn];
  }

  #loopBody(node: Extract<Expression, { kind: 'loop' }>, range: CelType): CelType {
    if (node.filter !== undefined) this.#condition(node, this.check(node.filter), listOf(this.#fresh()));
    const body = this.check(node.body);
    switch (node.name) {
      case 'all':
      case 'exists':
        if (!this.#fits(body, SIMPLE.bool)) this.#mismatch(node.body.at, SIMPLE.bool, body);
        return SIMPLE.bool;
      case 'exists_one':
        this.#condition(node, body, SIMPLE.int);
        return SIMPLE.bool;
      case 'filter': {
        const element = this.#scope.get(node.variables[0] ?? '') ?? SIMPLE.dyn;
        this.#condition(node, body, listOf(element));
        return listOf(element);
      }
      case 'map':
      case 'transformList':
        return listOf(body);
      case 'transformMap':
        return mapOf(
          range.kind === 'list' ? SIMPLE.int : range.kind === 'map' ? range.key : SIMPLE.dyn,
          body,
        );
      case 'transformMapEntry': {
        const entry = substitute(this.#bindings, body);
        if (entry.kind === 'map') return entry;
        const any = mapOf(SIMPLE.dyn, SIMPLE.dyn);
        return isOpen(entry) ? any : this.#noOverload(node.at, 'cel.@mapInsert', [any, entry], false);
      }
      case 'sortBy':
        return this.#sortBy(node, range, body);
    }
  }

  #sortBy(node: Extract<Expression, { kind: 'loop' }>, range: CelType, key: CelType): CelType {
    const sortable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
    const closed = substitute(this.#bindings, key, true);
    if (range.kind === 'list' && (isOpen(closed) || sortable.includes(closed.kind))) return range;
    if (isOpen(range)) return listOf(SIMPLE.dyn);
    return this.#noOverload(node.at, '@sortByAssociatedKeys', [range, listOf(key)], true);
  }

  /** What a macro tests is the condition of a conditional, and is reported as one. */
  #condition(node: Extract<Expression, { kind: 'loop' }>, type: CelType, result: CelType): void {
    if (!this.#fits(type, SIMPLE.bool)) this.#noOverload(node.at, '_?_:_', [type, result, result], false);
  }

  #optionalMap(node: Extract<Expression, { kind: 'optionalMap' }>): CelType {
    const target = substitute(this.#bindings, this.check(node.target));
    const content = optionalContent(target);
    if (content === undefined && !isOpen(target))
      return this.#noOverload(node.at, 'hasValue', [target], true);
    const body = this.#within([[node.variable, content ?? SIMPLE.dyn]], () => this.check(node.body));
    if (!node.flat) return optionalOf(body);
    const flat = substitute(this.#bindings, body);
    if (optionalContent(flat) !== undefined) return flat;
    if (isOpen(flat)) return optionalOf(SIMPLE.dyn);
    return this.#noOverload(node.at, '_?_:_', [SIMPLE.bool, flat, optionalOf(SIMPLE.dyn)], false);
  }
}

/** A member by its name; one that is called as a keyword may be written as it is. */
function fieldOf({ fields }: ObjectType, name: string): CelType | undefined {
  return fields.get(name) ?? (KEYWORDS.has(name) ? fields.get(`__${name}__`) : undefined);
}

/** `a.b.c` for a chain of names, else undefined. */
function qualifiedName(node: Expression): string | undefined {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'select' || node.mode !== 'value') return undefined;
  const operand = qualifiedName(node.operand);
  return operand === undefined ? undefined : `${operand}.${node.field}`;
}

function literalType(value: CelValue): CelType {
  const name = typeName(value);
  return name === 'null_type' ? SIMPLE.null : SIMPLE[name as 'int'];
}
