import { CoreTypesError } from '../errors.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../kubernetes/meta.ts';

/**
 * Kubernetes API: operators of label and node selectors. `Gt` and `Lt` compare integers and exist in node affinity
 * only.
 */
export type LabelOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';

/** One condition of a label selector; all conditions of a selector must hold. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Empty for `Exists` and `DoesNotExist`, one integer for `Gt` and `Lt`. */
  readonly values: readonly string[];
}

/** The labels of an object; a label that is undefined counts as absent. */
export type Labels = Readonly<Record<string, string | undefined>>;

const keyPattern = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const valuePattern = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/**
 * Parses the string form used in queries: `a=b,c!=d,e in (x,y),f notin (z),!g,h,i>5`.
 * The empty string selects everything and gives no requirement.
 *
 * @throws CoreTypesError `InvalidSelector`
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  return text.trim() === '' ? [] : splitTerms(text).map((term) => parseTerm(term.trim(), text));
}

/** Splits at commas outside of parentheses. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (depth < 0 || depth > 1) throw invalid('unbalanced parentheses', text);
    if (char === ',' && depth === 0) {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  if (depth !== 0) throw invalid('unbalanced parentheses', text);
  return [...terms, text.slice(start)];
}

function parseTerm(term: string, text: string): LabelRequirement {
  const set = /^(\S+?)\s+(in|notin)\s*\((.*)\)$/s.exec(term);
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim());
    return requirement(set[1]!, set[2] === 'in' ? 'In' : 'NotIn', values, text);
  }
  const comparison = /^([^=!<>\s]+)\s*(==|=|!=|>|<)\s*([^=!<>\s]*)$/.exec(term);
  if (comparison) {
    const operators = { '=': 'In', '==': 'In', '!=': 'NotIn', '>': 'Gt', '<': 'Lt' } as const;
    return requirement(
      comparison[1]!,
      operators[comparison[2] as keyof typeof operators],
      [comparison[3]!],
      text,
    );
  }
  if (term.startsWith('!')) return requirement(term.slice(1).trim(), 'DoesNotExist', [], text);
  return requirement(term, 'Exists', [], text);
}

function requirement(
  key: string,
  operator: LabelOperator,
  values: readonly string[],
  text: string,
): LabelRequirement {
  const name = key.slice(key.indexOf('/') + 1);
  if (!keyPattern.test(key) || name.length > 63) throw invalid(`bad label key ${JSON.stringify(key)}`, text);
  if (operator === 'Gt' || operator === 'Lt') {
    if (!/^-?\d+$/.test(values[0] ?? ''))
      throw invalid(`${key} is compared to something not an integer`, text);
    return { key, operator, values };
  }
  const bad = values.find((value) => !valuePattern.test(value) || value.length > 63);
  if (bad !== undefined) throw invalid(`bad label value ${JSON.stringify(bad)}`, text);
  return { key, operator, values };
}

function invalid(why: string, text: string): CoreTypesError {
  return new CoreTypesError('InvalidSelector', `${why} in label selector ${JSON.stringify(text)}`);
}

/**
 * The requirements of a selector object. An absent selector selects nothing and an empty one everything
 * (Kubernetes API conventions); absent is `undefined` in and out.
 *
 * @throws CoreTypesError `InvalidSelector` for an unknown operator, a missing value or a bad key
 */
export function labelRequirements(selector: LabelSelector): LabelRequirement[];
export function labelRequirements(selector: LabelSelector | undefined): LabelRequirement[] | undefined;
export function labelRequirements(selector: LabelSelector | undefined): LabelRequirement[] | undefined {
  if (selector === undefined) return undefined;
  const text = JSON.stringify(selector);
  return [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) =>
      requirement(key, 'In', [value], text),
    ),
    ...(selector.matchExpressions ?? []).map((expression) => fromExpression(expression, text)),
  ];
}

function fromExpression(expression: LabelSelectorRequirement, text: string): LabelRequirement {
  const { key, operator, values = [] } = expression;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) throw invalid(`${operator} needs values`, text);
      return requirement(key, operator, values, text);
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) throw invalid(`${operator} takes no values`, text);
      return requirement(key, operator, [], text);
    default:
      throw invalid(`unknown operator ${JSON.stringify(operator)}`, text);
  }
}

/**
 * Whether labels meet a selector, given as object, string or requirements. `undefined` matches nothing.
 * A label that is absent meets `NotIn`.
 */
export function matchesLabels(
  selector: LabelSelector | string | readonly LabelRequirement[] | undefined,
  labels: Labels | undefined,
): boolean {
  const requirements = toRequirements(selector);
  return requirements !== undefined && requirements.every((one) => meetsRequirement(one, labels ?? {}));
}

function toRequirements(
  selector: LabelSelector | string | readonly LabelRequirement[] | undefined,
): readonly LabelRequirement[] | undefined {
  if (typeof selector === 'string') return parseLabelSelector(selector);
  return isRequirementList(selector) ? selector : labelRequirements(selector);
}

function isRequirementList(
  selector: LabelSelector | readonly LabelRequirement[] | undefined,
): selector is readonly LabelRequirement[] {
  return Array.isArray(selector);
}

/** Whether labels meet one requirement. `Gt` and `Lt` hold only between integers. */
export function meetsRequirement({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const [have, bound] = [integer(value), integer(values[0])];
      if (have === undefined || bound === undefined) return false;
      return operator === 'Gt' ? have > bound : have < bound;
    }
    default:
      return operator satisfies never;
  }
}

function integer(text: string | undefined): bigint | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}

/** The string form of a selector, which `parseLabelSelector` reads back. */
export function formatLabelSelector(selector: LabelSelector | readonly LabelRequirement[]): string {
  const requirements = isRequirementList(selector) ? selector : labelRequirements(selector);
  return requirements.map(formatRequirement).join(',');
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]!}` : `${key} in (${values.join(',')})`;
    case 'NotIn':
      return values.length === 1 ? `${key}!=${values[0]!}` : `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'Gt':
      return `${key}>${values[0]!}`;
    case 'Lt':
      return `${key}<${values[0]!}`;
    default:
      return operator satisfies never;
  }
}
