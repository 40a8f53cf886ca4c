import type { LabelSelector, LabelSelectorRequirement } from '@virtkit/core-types';
import { isQualifiedName } from './formats.ts';
import { itemsOf, type Located } from './located.ts';

const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const longestLabelValue = 63;

/** What is wrong with a selector, and where. */
export interface SelectorFault {
  readonly field: string;
  readonly message: string;
}

/** Everything that keeps a label selector from being one, as Kubernetes has it; `path` is the selector's. */
export function* labelSelectorFaults(selector: LabelSelector, path: string): Iterable<SelectorFault> {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    const field = `${path}.matchLabels`;
    if (!isQualifiedName(key)) yield { field, message: `"${key}" is not the key of a label` };
    if (!isLabelValue(value)) yield { field, message: `"${value}" is not the value of a label` };
  }
  for (const requirement of itemsOf(selector.matchExpressions, `${path}.matchExpressions`))
    yield* requirementFaults(requirement);
}

function* requirementFaults({ value, path }: Located<LabelSelectorRequirement>): Iterable<SelectorFault> {
  const { key, operator, values = [] } = value;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) yield { field: `${path}.values`, message: `${operator} needs values` };
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) yield { field: `${path}.values`, message: `${operator} takes no values` };
      break;
    default:
      yield {
        field: `${path}.operator`,
        message: `"${operator}" is not one of In, NotIn, Exists, DoesNotExist`,
      };
  }
  if (!isQualifiedName(key)) yield { field: `${path}.key`, message: `"${key}" is not the key of a label` };
  for (const { value: one, path: field } of itemsOf(values, `${path}.values`))
    if (!isLabelValue(one)) yield { field, message: `"${one}" is not the value of a label` };
}

/** The value of a label, which may be empty. */
function isLabelValue(text: string): boolean {
  return text.length <= longestLabelValue && labelValue.test(text);
}
