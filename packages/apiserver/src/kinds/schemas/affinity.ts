import { atomic, list, obj, open } from '../../schema/dsl.ts';
import type { Schema } from '../../schema/types.ts';

const POD_TERMS = {
  requiredDuringSchedulingIgnoredDuringExecution: list(open('A term.'), 'Terms that must all hold.'),
  preferredDuringSchedulingIgnoredDuringExecution: list(
    open('A weighted term.'),
    'Terms that had better hold.',
  ),
};

/** Preferences and requirements for the node of a pod and for the pods beside it. */
export const AFFINITY: Schema = obj('Preferences and requirements for the node and for pods beside it.', {
  nodeAffinity: obj('Which nodes are right.', {
    requiredDuringSchedulingIgnoredDuringExecution: atomic(open('What the node must be.')),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      open('A weighted term.'),
      'What the node had better be.',
    ),
  }),
  podAffinity: obj('Which pods it is to be near.', POD_TERMS),
  podAntiAffinity: obj('Which pods it is to be away from.', POD_TERMS),
});
