import { invalid } from '../../finding.ts';
import type { InstanceRule } from '../subject.ts';

/** Kinds of volumes of which an instance has one at most. */
const single = ['serviceAccount', 'downwardMetrics', 'memoryDump'] as const;

/** How many volumes of a kind there may be. */
export const singleVolumeRules: readonly InstanceRule[] = single.map((kind, index) => ({
  id: `VOL-${19 + index}`,
  *check({ spec: { volumes = [] }, root }) {
    if (volumes.filter((volume) => volume[kind] !== undefined).length > 1)
      yield invalid(`${root}.volumes`, `there is one ${kind} volume at most`);
  },
}));
