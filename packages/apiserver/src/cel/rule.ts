import { isObject, stringOf } from '../object/json.ts';
import type { Schema } from '../schema/types.ts';
import { compile, type Compiled } from './compile.ts';
import { KUBERNETES_FUNCTIONS } from './library/index.ts';
import { optionalOf, type CelType } from './types.ts';

/** One entry of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly messageExpression: string;
  readonly reason: string | undefined;
  readonly fieldPath: string;
  readonly optionalOldSelf: boolean | undefined;
}

/** A rule with its expressions compiled; an expression that is left out is undefined. */
export interface CompiledRule extends Rule {
  readonly compiled: Compiled | undefined;
  readonly compiledMessage: Compiled | undefined;
  /** True if the rule compares with the former value. */
  readonly usesOldSelf: boolean;
}

/** The rules of one node of a schema. */
export function rulesOf(schema: Schema): Rule[] {
  return (schema['x-kubernetes-validations'] ?? []).filter(isObject).map((rule) => ({
    rule: stringOf(rule.rule),
    message: stringOf(rule.message),
    messageExpression: stringOf(rule.messageExpression),
    reason: typeof rule.reason === 'string' ? rule.reason : undefined,
    fieldPath: stringOf(rule.fieldPath),
    optionalOldSelf: typeof rule.optionalOldSelf === 'boolean' ? rule.optionalOldSelf : undefined,
  }));
}

/** The name of the type of values that a rule is about, as kube-apiserver calls it for the time of compiling. */
export const SELF_TYPE = 'selfType';

/** Compiles a rule about values of a type. */
export function compileRule(rule: Rule, self: CelType): CompiledRule {
  const declarations = new Map([
    ['self', self],
    ['oldSelf', rule.optionalOldSelf === true ? optionalOf(self) : self],
  ]);
  const compiled =
    rule.rule.trim() === ''
      ? undefined
      : ofType(
          renamed(compile(rule.rule, declarations, KUBERNETES_FUNCTIONS), self),
          'bool',
          'cel expression must evaluate to a bool',
          'compilation failed: ',
        );
  // A message for a rule that is wrong is not looked at.
  const compiledMessage =
    compiled === undefined || 'problem' in compiled || rule.messageExpression === ''
      ? undefined
      : ofType(
          renamed(compile(rule.messageExpression, declarations, KUBERNETES_FUNCTIONS), self),
          'string',
          'messageExpression must evaluate to a string',
          'messageExpression compilation failed: ',
        );
  const usesOldSelf = compiled !== undefined && 'uses' in compiled && compiled.uses.has('oldSelf');
  return { ...rule, compiled, compiledMessage, usesOldSelf };
}

/** Messages name types from the value on that the rule is about, not from the whole object on. */
function renamed(compiled: Compiled, self: CelType): Compiled {
  const name = nameOf(self);
  if (!('problem' in compiled) || name === undefined) return compiled;
  return { problem: compiled.problem.replaceAll(name, SELF_TYPE) };
}

function nameOf(type: CelType): string | undefined {
  if (type.kind === 'object') return type.name;
  if (type.kind === 'list') return nameOf(type.element)?.replace(/\.@idx$/, '');
  return type.kind === 'map' ? nameOf(type.value)?.replace(/\.@elem$/, '') : undefined;
}

function ofType(compiled: Compiled, kind: CelType['kind'], otherwise: string, prefix: string): Compiled {
  if ('problem' in compiled) return { problem: `${prefix}${compiled.problem}` };
  return compiled.type.kind === kind ? compiled : { problem: otherwise };
}

/** What a rule is called in messages: its own message, else the rule itself. */
export function ruleText(rule: Rule): string {
  return (rule.message === '' ? rule.rule : rule.message).trim();
}
