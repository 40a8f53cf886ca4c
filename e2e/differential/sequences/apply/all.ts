import type { Sequence } from '../../sequence.ts';
import { applyToConfigMaps } from './config-maps.ts';
import { applyToCustom } from './custom.ts';
import { applyToKinds } from './kinds.ts';

/** Sequences about server-side apply and the owners of fields. */
export const applySequences: readonly Sequence[] = [...applyToConfigMaps, ...applyToKinds, ...applyToCustom];
