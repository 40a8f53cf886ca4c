import { open } from '../../schema/dsl.ts';
import { objectSchema } from '../builtin.ts';

/** Schema of Pod. */
export const POD_SCHEMA = objectSchema('A group of containers on one node.', {
  spec: open('Desired state.'),
  status: open('Observed state.'),
});
