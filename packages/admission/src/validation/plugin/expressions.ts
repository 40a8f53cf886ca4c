import { Environment } from '@marcbachmann/cel-js';
import { literalFunctions, withoutMessageLiterals } from './message-literals.ts';

/** What a CEL expression can see: the instance alone, or the machine that is made of it as well. */
export type ExpressionScope = 'instance' | 'domain';

const domainType = 'Domain';

/** Limits that keep the compiler's work small, whatever it is given. */
const options = {
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 10_000, maxDepth: 100 },
} as const;

const scopes: Readonly<Record<ExpressionScope, Environment>> = {
  instance: new Environment(options).registerVariable('vmi', 'dyn'),
  domain: domainScope(),
};

/** Why a text is no CEL condition; undefined when it is one. Members of `vmi` and `domainSpec` are not looked at. */
export function conditionFault(expression: string, scope: ExpressionScope): string | undefined {
  return faultOf(scopes[scope], expression, 'bool');
}

/** Why a text is no CEL expression that yields a part of a domain; undefined when it is one. */
export function mutationFault(expression: string): string | undefined {
  return faultOf(scopes.domain, withoutMessageLiterals(expression), domainType);
}

function faultOf(environment: Environment, expression: string, wanted: string): string | undefined {
  const checked = environment.check(expression);
  if (!checked.valid) return firstLine(checked.error?.message ?? 'it cannot be compiled');
  const type = String(checked.type);
  return type === wanted || type === 'dyn' ? undefined : `yields ${type} instead of ${wanted}`;
}

function domainScope(): Environment {
  return new Environment(options)
    .registerType(domainType, { fields: {} })
    .registerVariable('vmi', 'dyn')
    .registerVariable('domainSpec', 'dyn')
    .registerFunction(`${literalFunctions.domain}(map): ${domainType}`, (members: unknown) => members)
    .registerFunction(`${literalFunctions.other}(map): dyn`, (members: unknown) => members);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
