import { CoreTypesError, matchesLabels, type LabelSelector, type ObjectMeta } from '@virtkit/core-types';
import { invalid, type Objection } from './finding.ts';

/** How a selector stands to labels. */
export type SelectorMatch = 'invalid' | 'matches' | 'differs';

/** Compares a selector with labels; one that is absent matches nothing. */
export function selectorMatch(
  selector: LabelSelector | undefined,
  metadata: Pick<ObjectMeta, 'labels'> | undefined,
): SelectorMatch {
  try {
    return matchesLabels(selector, metadata?.labels) ? 'matches' : 'differs';
  } catch (error) {
    if (error instanceof CoreTypesError && error.code === 'InvalidSelector') return 'invalid';
    throw error;
  }
}

/** The objection to a selector that is none. */
export function* invalidSelector(match: SelectorMatch): Iterable<Objection> {
  if (match === 'invalid') yield invalid('spec.selector', 'the selector cannot be read');
}

/** The objection to a selector that would not find what is made from the template. */
export function* differingSelector(match: SelectorMatch): Iterable<Objection> {
  if (match === 'differs')
    yield invalid('spec.selector', 'the selector does not match the labels of the template');
}
