import { jsonEqual, type VirtualMachineInstance } from '@virtkit/core-types';
import { notSupported, invalid, type Objection } from './finding.ts';
import { reservedLabelsDiffer } from './metadata.ts';
import type { Rule } from './rule.ts';

export interface InstanceUpdate {
  readonly before: VirtualMachineInstance;
  readonly after: VirtualMachineInstance;
  /** Whether one of KubeVirt's components makes the change. */
  readonly trusted: boolean;
}

/** Parts of the spec that a running machine keeps, whoever asks: nothing is plugged in or out. */
const fixedParts: readonly {
  id: string;
  field: string;
  of: (spec: VirtualMachineInstance['spec']) => unknown;
}[] = [
  { id: 'HP-01', field: 'spec.domain.cpu', of: ({ domain }) => domain.cpu },
  { id: 'HP-02', field: 'spec.domain.memory', of: ({ domain }) => domain.memory },
  { id: 'HP-11', field: 'spec.volumes', of: ({ volumes }) => volumes },
  { id: 'HP-14', field: 'spec.domain.devices', of: ({ domain }) => domain.devices },
];

/** What may change on an instance. */
export const instanceUpdateRules: readonly Rule<InstanceUpdate>[] = [
  {
    id: 'VMIU-5',
    *check({ before, after, trusted }): Iterable<Objection> {
      if (!trusted && !jsonEqual(before.spec, after.spec))
        yield notSupported('spec', 'the spec of an instance cannot be changed');
    },
  },
  {
    id: 'VMIU-7',
    *check({ before, after, trusted }): Iterable<Objection> {
      if (!trusted && reservedLabelsDiffer(before.metadata, after.metadata))
        yield notSupported('metadata.labels', 'labels of KubeVirt on an instance cannot be changed');
    },
  },
  ...fixedParts.map(({ id, field, of }): Rule<InstanceUpdate> => ({
    id,
    *check({ before, after, trusted }) {
      if (trusted && !jsonEqual(of(before.spec), of(after.spec)))
        yield invalid(field, 'nothing is plugged into or out of a running machine');
    },
  })),
];
