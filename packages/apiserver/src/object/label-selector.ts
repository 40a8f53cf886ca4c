import { ApiServerError } from '../errors.ts';
import { qualifiedNameProblem } from './names.ts';

interface Requirement {
  key: string;
  test: (value: string | undefined) => boolean;
}

/** A predicate over an object's labels. */
export type LabelPredicate = (labels: Readonly<Record<string, string>> | undefined) => boolean;

const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/**
 * Parses the `labelSelector` query parameter: equality (`a=b`, `a==b`, `a!=b`), sets (`a in (b,c)`, `a notin (b)`),
 * existence (`a`, `!a`) and numbers (`a>1`, `a<1`), joined by commas.
 * @throws ApiServerError `BadRequest`
 */
export function parseLabelSelector(text: string): LabelPredicate {
  const requirements = splitTerms(text).map((term) => parseRequirement(term, text));
  return (labels) =>
    requirements.every(({ key, test }) =>
      test(labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined),
    );
}

/** Splits at commas outside parentheses. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let term = '';
  for (const char of text) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === ',' && depth === 0) {
      terms.push(term.trim());
      term = '';
    } else term += char;
  }
  if (term.trim() !== '' || terms.length > 0) terms.push(term.trim());
  return terms;
}

function parseRequirement(term: string, whole: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map((value) => checkValue(value.trim(), whole)));
    const test =
      operator === 'in'
        ? (value: string | undefined) => value !== undefined && values.has(value)
        : (value: string | undefined) => value === undefined || !values.has(value);
    return { key: checkKey(key, whole), test };
  }
  const compared = /^([^=!<>\s]+)\s*(==|=|!=|>|<)\s*(\S*)$/.exec(term);
  if (compared !== null) {
    const [, key = '', operator = '', wanted = ''] = compared;
    return { key: checkKey(key, whole), test: comparison(operator, checkValue(wanted, whole), whole) };
  }
  const absent = /^!\s*(\S+)$/.exec(term);
  if (absent !== null) return { key: checkKey(absent[1] ?? '', whole), test: (value) => value === undefined };
  return { key: checkKey(term, whole), test: (value) => value !== undefined };
}

function comparison(operator: string, wanted: string, whole: string): Requirement['test'] {
  if (operator === '!=') return (value) => value !== wanted;
  if (operator === '=' || operator === '==') return (value) => value === wanted;
  if (!/^-?\d+$/.test(wanted)) throw malformed(whole, `"${wanted}" is not an integer`);
  const bound = Number(wanted);
  return (value) => {
    if (value === undefined || !/^-?\d+$/.test(value)) return false;
    return operator === '>' ? Number(value) > bound : Number(value) < bound;
  };
}

function checkKey(key: string, whole: string): string {
  if (qualifiedNameProblem(key) !== undefined) throw malformed(whole, `"${key}" is not a label key`);
  return key;
}

function checkValue(value: string, whole: string): string {
  if (value.length > 63 || !VALUE.test(value)) throw malformed(whole, `"${value}" is not a label value`);
  return value;
}

function malformed(selector: string, why: string): ApiServerError {
  return new ApiServerError('BadRequest', `cannot parse the label selector "${selector}": ${why}`);
}
