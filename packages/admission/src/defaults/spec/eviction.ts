import type { SpecFill } from '../fill.ts';

/** D1-7: what a drain of the node does, from the cluster. */
export const fillEvictionStrategy: SpecFill = (spec, { values }) => {
  spec.evictionStrategy ??= values.evictionStrategy;
};
