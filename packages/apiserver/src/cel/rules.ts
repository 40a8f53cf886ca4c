import type { StatusCause } from '../errors.ts';
import { isObject } from '../object/json.ts';
import { Correlation, elementWithKeys } from '../schema/correlation.ts';
import type { Schema } from '../schema/types.ts';
import { Budget, EXPRESSION_LIMIT, OBJECT_LIMIT } from './budget.ts';
import { CelBudgetExceeded, NO_SUCH_OVERLOAD } from './errors.ts';
import { escapeName } from './escape.ts';
import { run, type Program, type Variables } from './evaluate.ts';
import { normalFieldPath } from './field-path.ts';
import { quoted } from './library/format-text.ts';
import { compileRule, rulesOf, ruleText, SELF_TYPE, type CompiledRule } from './rule.ts';
import { schemaType, withObjectMeta } from './schema-type.ts';
import { schemaValue } from './schema-value.ts';
import type { CelType } from './types.ts';
import { Optional, type CelValue } from './values.ts';

/** The rules of a schema, in the shape of the schema; branches without rules are left out. */
export interface RuleTree {
  readonly schema: Schema;
  readonly rules: readonly CompiledRule[];
  readonly allOf: readonly RuleTree[];
  readonly items: RuleTree | undefined;
  readonly values: RuleTree | undefined;
  readonly properties: ReadonlyMap<string, RuleTree>;
}

/** Compiles all rules of a schema of whole objects; undefined if it has none. */
export function compileRules(schema: Schema): RuleTree | undefined {
  if (!hasRules(schema)) return undefined;
  return tree(schema, schema, true, schemaType(schema, true, SELF_TYPE));
}

/** True if the schema has rules anywhere. */
function hasRules(schema: Schema): boolean {
  return JSON.stringify(schema).includes('"x-kubernetes-validations":');
}

function isWhole(schema: Schema): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

/** @param rules the schema that has the rules: the node itself, or a part of its allOf. */
function tree(rules: Schema, node: Schema, root: boolean, type: CelType | undefined): RuleTree | undefined {
  const compiled = type === undefined ? [] : rulesOf(rules).map((rule) => compileRule(rule, type));
  const allOf = (rules.allOf ?? []).flatMap((part) => tree(part, node, root, type) ?? []);
  const items =
    rules.items === undefined || node.items === undefined
      ? undefined
      : tree(rules.items, node.items, isWhole(node.items), type?.kind === 'list' ? type.element : undefined);
  const values =
    isObject(rules.additionalProperties) && isObject(node.additionalProperties)
      ? tree(
          rules.additionalProperties,
          node.additionalProperties,
          isWhole(node.additionalProperties),
          type?.kind === 'map' ? type.value : undefined,
        )
      : undefined;
  const properties = new Map<string, RuleTree>();
  for (const [name, member] of Object.entries(rules.properties ?? {})) {
    const memberNode = node.properties?.[name];
    if (memberNode === undefined) continue;
    const subtree = tree(member, memberNode, isWhole(memberNode), memberType(type, name, memberNode));
    if (subtree !== undefined) properties.set(name, subtree);
  }
  const empty =
    compiled.length + allOf.length + properties.size === 0 && items === undefined && values === undefined;
  if (empty) return undefined;
  return { schema: root ? withObjectMeta(node) : node, rules: compiled, allOf, items, values, properties };
}

function memberType(type: CelType | undefined, name: string, schema: Schema): CelType | undefined {
  const escaped = escapeName(name);
  if (escaped === undefined) return schemaType(schema, isWhole(schema), SELF_TYPE);
  return type?.kind === 'object' ? type.fields.get(escaped) : undefined;
}

/** What rules are asked about: a part of an object, and what it was before. */
interface Subject {
  readonly path: string;
  readonly value: unknown;
  readonly old: unknown;
  readonly correlation: Correlation | undefined;
  /** The nearest part around this one that has a counterpart in the old object. */
  readonly parent: Correlation | undefined;
}

/**
 * Evaluates the rules for an object.
 * @param old the object that is replaced, if one is: rules that fail for what was not changed only warn then.
 * @param warnings receives those.
 */
export function validateRules(
  rules: RuleTree,
  object: unknown,
  old: unknown,
  warnings: string[],
): StatusCause[] {
  const validation = new Validation(warnings);
  const correlation = old === undefined ? undefined : new Correlation(rules.schema, object, old);
  validation.visit(rules, { path: '', value: object, old, correlation, parent: undefined });
  return validation.causes;
}

class Validation {
  readonly causes: StatusCause[] = [];
  readonly #warnings: string[];
  #remaining = OBJECT_LIMIT;
  #exhausted = false;

  constructor(warnings: string[]) {
    this.#warnings = warnings;
  }

  visit(rules: RuleTree, subject: Subject): void {
    const { value } = subject;
    // Rules of a nullable field hold for what is there.
    if (this.#exhausted || value === null || value === undefined) return;
    this.#evaluate(rules, subject);
    for (const part of rules.allOf) this.visit(part, { ...subject, correlation: undefined });
    if (Array.isArray(value)) this.#visitItems(rules, value, subject);
    else if (isObject(value)) this.#visitMembers(rules, value, subject);
  }

  #visitItems({ schema, items }: RuleTree, value: readonly unknown[], subject: Subject): void {
    if (items === undefined) return;
    const former: readonly unknown[] = Array.isArray(subject.old) ? subject.old : [];
    value.forEach((item, index) => {
      this.visit(items, {
        path: `${subject.path}[${index}]`,
        value: item,
        old: elementWithKeys(schema, former, item),
        ...below(subject, (correlation) => correlation.index(index)),
      });
    });
  }

  #visitMembers(rules: RuleTree, value: Record<string, unknown>, subject: Subject): void {
    const former = isObject(subject.old) ? subject.old : {};
    const visitMember = (member: RuleTree, name: string, path: string) => {
      const hidden = subject.parent === undefined && (name === 'apiVersion' || name === 'kind');
      this.visit(member, {
        path,
        value: value[name],
        old: former[name],
        ...(hidden && subject.correlation !== undefined
          ? { correlation: undefined, parent: undefined }
          : below(subject, (correlation) => correlation.key(name))),
      });
    };
    if (rules.values !== undefined)
      for (const name of Object.keys(value)) visitMember(rules.values, name, `${subject.path}[${name}]`);
    for (const name of Object.keys(value)) {
      const member = rules.properties.get(name);
      if (member !== undefined)
        visitMember(member, name, subject.path === '' ? name : `${subject.path}.${name}`);
    }
  }

  #evaluate({ rules, schema }: RuleTree, subject: Subject): void {
    if (rules.length === 0) return;
    const { old } = subject;
    const type = schema.type ?? '';
    const self = once(() => schemaValue(subject.value, schema));
    const hasOld = old !== undefined && old !== null;
    const oldSelf = once(() => schemaValue(old, schema));
    for (const rule of rules) {
      if (this.#exhausted) return;
      if (rule.compiled === undefined) continue;
      if ('problem' in rule.compiled) {
        this.#refuse(subject.path, quoted(type), `rule compile error: ${rule.compiled.problem}`);
        continue;
      }
      if (rule.usesOldSelf && !hasOld && rule.optionalOldSelf !== true) continue;
      const former =
        rule.optionalOldSelf === true ? () => (hasOld ? new Optional(oldSelf()) : Optional.none) : oldSelf;
      const variables: Variables = new Map([
        ['self', self],
        ['oldSelf', former],
      ]);
      this.#apply(rule, rule.compiled.program, variables, subject, schema);
    }
  }

  #apply(rule: CompiledRule, program: Program, variables: Variables, subject: Subject, schema: Schema): void {
    const type = quoted(schema.type ?? '');
    const outcome = this.#run(program, variables);
    if (outcome === undefined) {
      const why =
        'validation failed due to running out of cost budget, no further validation rules will be run';
      this.#refuse(subject.path, type, why);
    } else if ('fault' in outcome) this.#fault(rule, outcome.fault, subject.path, type);
    else if (outcome.value !== true) this.#unsatisfied(rule, variables, subject, schema);
  }

  /** @returns undefined when all rules of the object together have used up what they may. */
  #run(program: Program, variables: Variables): ReturnType<typeof run> | undefined {
    const budget = new Budget(EXPRESSION_LIMIT);
    const outcome = run(program, variables, budget);
    this.#remaining -= budget.spent;
    if (this.#remaining >= 0) return outcome;
    this.#exhausted = true;
    return undefined;
  }

  #fault(rule: CompiledRule, fault: { message: string }, path: string, type: string): void {
    const { message } = fault;
    if (fault instanceof CelBudgetExceeded) {
      this.#exhausted = true;
      const why = 'no further validation rules will be run due to call cost exceeds limit for rule';
      this.#refuse(path, type, `'${message}': ${why}: ${ruleText(rule)}`);
    } else if (message.startsWith(NO_SUCH_OVERLOAD)) {
      const why = 'call arguments did not match a supported operator, function or macro signature for rule';
      this.#refuse(path, type, `'${message}': ${why}: ${ruleText(rule)}`);
    } else this.#refuse(path, type, `${message} evaluating rule: ${ruleText(rule)}`);
  }

  #unsatisfied(rule: CompiledRule, variables: Variables, subject: Subject, schema: Schema): void {
    const within = rule.fieldPath === '' ? '' : (normalFieldPath(rule.fieldPath, schema) ?? '');
    const field = within === '' || subject.path === '' ? subject.path + within : `${subject.path}.${within}`;
    const detail = this.#detail(rule, variables);
    const shown = schema.type === 'object' || schema.type === 'array' ? undefined : valueText(subject.value);
    const cause = causeFor(rule.reason, field, shown, detail);
    const unchanged = (subject.correlation ?? subject.parent)?.unchanged === true;
    if (unchanged && !rule.usesOldSelf) this.#warnings.push(`${cause.field ?? ''}: ${cause.message}`);
    else this.causes.push(cause);
  }

  #detail(rule: CompiledRule, variables: Variables): string {
    const { compiledMessage } = rule;
    if (compiledMessage !== undefined && 'program' in compiledMessage) {
      const outcome = this.#run(compiledMessage.program, variables);
      if (outcome === undefined)
        return 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run';
      const text = 'value' in outcome && typeof outcome.value === 'string' ? outcome.value.trim() : '';
      if (text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text;
    }
    return rule.message === '' ? `failed rule: ${ruleText(rule)}` : ruleText(rule);
  }

  #refuse(path: string, shown: string, why: string): void {
    this.causes.push({
      reason: 'FieldValueInvalid',
      field: path === '' ? '<nil>' : path,
      message: `Invalid value: ${shown}: ${why}`,
    });
  }
}

const MAX_MESSAGE_BYTES = 5 * 1024;

function below(
  { correlation, parent }: Subject,
  step: (correlation: Correlation) => Correlation | undefined,
): Pick<Subject, 'correlation' | 'parent'> {
  return correlation === undefined
    ? { correlation, parent }
    : { correlation: step(correlation), parent: correlation };
}

function once(make: () => CelValue): () => CelValue {
  let made: { value: CelValue } | undefined;
  return () => (made ??= { value: make() }).value;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

/** The refusal of a field for the reason that a rule gives. */
function causeFor(
  reason: string | undefined,
  path: string,
  shown: string | undefined,
  detail: string,
): StatusCause {
  const field = path === '' ? '<nil>' : path;
  const value = shown === undefined ? '' : `: ${shown}`;
  switch (reason) {
    case 'FieldValueForbidden':
      return { reason, field, message: `Forbidden: ${detail}` };
    case 'FieldValueRequired':
      return { reason, field, message: `Required value: ${detail}` };
    case 'FieldValueDuplicate':
      return { reason, field, message: `Duplicate value${value}` };
    default:
      return { reason: 'FieldValueInvalid', field, message: `Invalid value${value}: ${detail}` };
  }
}
