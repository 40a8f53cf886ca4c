import type { StatusCause } from '../errors.ts';
import { elementsOf, membersOf, stringOf } from './json.ts';
import { labelValueProblem, qualifiedNameProblem } from './names.ts';

/** Whether a label selector as it is embedded in specs matches labels; one without requirements matches everything. */
export function matchesSelector(
  selector: unknown,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const { matchLabels, matchExpressions } = membersOf(selector);
  const valueOf = (key: string) =>
    labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  return (
    Object.entries(membersOf(matchLabels)).every(([key, value]) => valueOf(key) === value) &&
    elementsOf(matchExpressions)
      .map(membersOf)
      .every(({ key, operator, values }) => {
        const label = valueOf(stringOf(key));
        const listed = label !== undefined && elementsOf(values).includes(label);
        if (operator === 'In') return listed;
        if (operator === 'NotIn') return !listed;
        return operator === 'Exists' ? label !== undefined : label === undefined;
      })
  );
}

/** True for a selector that has no requirements. */
export function isEmptySelector(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = membersOf(selector);
  return Object.keys(membersOf(matchLabels)).length === 0 && elementsOf(matchExpressions).length === 0;
}

/** Violations in a label selector as it is embedded in specs. */
export function validateSelector(selector: unknown, path: string): StatusCause[] {
  const causes: StatusCause[] = [];
  const bad = (field: string, value: unknown, why: string) =>
    causes.push({
      reason: 'FieldValueInvalid',
      field,
      message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
    });
  const { matchLabels, matchExpressions } = membersOf(selector);
  for (const [key, value] of Object.entries(membersOf(matchLabels))) {
    const problem = qualifiedNameProblem(key);
    if (problem !== undefined) bad(`${path}.matchLabels`, key, problem);
    const valueProblem = labelValueProblem(stringOf(value));
    if (valueProblem !== undefined) bad(`${path}.matchLabels`, value, valueProblem);
  }
  elementsOf(matchExpressions).forEach((each, index) => {
    const { key, operator, values } = membersOf(each);
    const at = `${path}.matchExpressions[${index}]`;
    const count = elementsOf(values).length;
    if (operator === 'In' || operator === 'NotIn') {
      if (count === 0)
        causes.push({
          reason: 'FieldValueRequired',
          field: `${at}.values`,
          message: "Required value: must be specified when `operator` is 'In' or 'NotIn'",
        });
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (count > 0)
        causes.push({
          reason: 'FieldValueForbidden',
          field: `${at}.values`,
          message: "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        });
    } else bad(`${at}.operator`, operator, 'not a valid selector operator');
    const keyProblem = qualifiedNameProblem(stringOf(key));
    if (keyProblem !== undefined) bad(`${at}.key`, key, keyProblem);
    elementsOf(values).forEach((value, position) => {
      const problem = labelValueProblem(stringOf(value));
      if (problem !== undefined) bad(`${at}.values[${position}]`, value, problem);
    });
  });
  return causes;
}

/** A label selector as it is embedded in specs, in the words of the `labelSelector` parameter, its keys in order. */
export function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = membersOf(selector);
  const terms = Object.entries(membersOf(matchLabels)).map(([key, value]): [string, string] => [
    key,
    `${key}=${stringOf(value)}`,
  ]);
  for (const expression of elementsOf(matchExpressions).map(membersOf)) {
    const key = stringOf(expression.key);
    const values = elementsOf(expression.values).map((value) => stringOf(value));
    const among = `(${values.toSorted().join(',')})`;
    const text = {
      In: `${key} in ${among}`,
      NotIn: `${key} notin ${among}`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    terms.push([key, text[stringOf(expression.operator) as keyof typeof text]]);
  }
  return terms
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text)
    .join(',');
}
