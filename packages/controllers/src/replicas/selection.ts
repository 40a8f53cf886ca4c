// Which objects belong to a set of replicas.
import {
  CoreTypesError,
  formatLabelSelector,
  labelRequirements,
  matchesLabels,
  type LabelRequirement,
  type LabelSelector,
} from '@virtkit/core-types';

/** A label selector that was read. */
export interface Selection {
  /** Whether an object with these labels belongs to it. */
  matches(labels: Readonly<Record<string, string>> | undefined): boolean;
  /** The selector as the scale subresource shows it: requirements and their values in order. */
  readonly text: string;
}

/** Reads a selector; undefined when it is none, which admission refuses. */
export function selectionOf(selector: LabelSelector | undefined): Selection | undefined {
  if (selector === undefined) return undefined;
  try {
    const requirements = canonical(labelRequirements(selector));
    return {
      matches: (labels) => matchesLabels(requirements, labels),
      text: formatLabelSelector(requirements),
    };
  } catch (error) {
    if (error instanceof CoreTypesError && error.code === 'InvalidSelector') return undefined;
    throw error;
  }
}

function canonical(requirements: readonly LabelRequirement[]): LabelRequirement[] {
  return requirements
    .map((requirement) => ({ ...requirement, values: [...requirement.values].sort() }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
