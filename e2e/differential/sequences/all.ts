import type { Sequence } from '../sequence.ts';
import { applySequences } from './apply/all.ts';
import { createSequences } from './create.ts';
import { deleteSequences } from './delete.ts';
import { listSequences } from './list.ts';
import { patchSequences } from './patch.ts';
import { updateSequences } from './update.ts';
import { watchSequences } from './watch.ts';
import { workloadSequences } from './workloads.ts';

/** The sequences about requests that all kinds have in common. */
const coreSequences: readonly Sequence[] = [
  ...createSequences,
  ...listSequences,
  ...watchSequences,
  ...updateSequences,
  ...patchSequences,
  ...deleteSequences,
  ...applySequences,
];

/** Every sequence that is written down. */
export const writtenSequences: readonly Sequence[] = [...coreSequences, ...workloadSequences];
