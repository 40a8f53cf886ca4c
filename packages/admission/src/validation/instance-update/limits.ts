import { Quantity } from '@virtkit/core-types';
import { invalid } from '../finding.ts';
import type { InstanceUpdateRule } from './subject.ts';

/** How far a machine can grow is decided when it starts. */
export const limitRules: readonly InstanceUpdateRule[] = [
  {
    id: 'HP-01',
    *check({ before, after }) {
      const most = before.spec.domain.cpu?.maxSockets ?? 0;
      if (most !== (after.spec.domain.cpu?.maxSockets ?? 0))
        yield invalid(undefined, 'the most sockets of a running machine cannot change');
    },
  },
  {
    id: 'HP-02',
    *check({ before, after }) {
      const most = before.spec.domain.memory?.maxGuest;
      const wanted = after.spec.domain.memory?.maxGuest;
      if (most !== undefined && wanted !== undefined && !Quantity.parse(most).equals(Quantity.parse(wanted)))
        yield invalid(undefined, 'the most memory of a running machine cannot change');
    },
  },
];
