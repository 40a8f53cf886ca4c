import type { VirtualMachine } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { matcherFindings } from '../../src/index.ts';
import { testSides, type Sides } from '../support/sides.ts';
import { machineOf } from './subjects.ts';

type Matchers = Partial<Pick<VirtualMachine['spec'], 'instancetype' | 'preference'>>;
interface Change extends Matchers {
  readonly before?: Matchers;
}

const judge = ({ before, ...matchers }: Change) =>
  matcherFindings(machineOf(matchers), before === undefined ? undefined : machineOf(before));

const rows: readonly Sides<Change>[] = [
  {
    id: 'ITM-1',
    refuses: {
      before: { instancetype: { name: 'small', revisionName: 'vm-small-1' } },
      instancetype: { name: 'large', revisionName: 'vm-small-1' },
    },
    accepts: {
      before: { instancetype: { name: 'small', revisionName: 'vm-small-1' } },
      instancetype: { name: 'large', revisionName: 'vm-large-1' },
    },
    reason: 'I',
    fields: ['spec.instancetype.revisionName'],
    alone: true,
  },
  {
    id: 'ITM-2',
    refuses: { preference: { kind: 'VirtualMachinePreference' } },
    accepts: { preference: { inferFromVolume: 'disk' } },
    reason: 'NF',
    fields: ['spec.preference'],
    alone: true,
  },
  {
    id: 'ITM-3',
    refuses: { instancetype: { name: 'small', inferFromVolume: 'disk' } },
    accepts: { instancetype: { name: '', inferFromVolume: 'disk' } },
    reason: 'N',
    fields: ['spec.instancetype.name'],
  },
  {
    id: 'ITM-4',
    refuses: { instancetype: { kind: 'VirtualMachineInstancetype', inferFromVolume: 'disk' } },
    accepts: { instancetype: { kind: 'VirtualMachineInstancetype', name: 'small' } },
    reason: 'N',
    fields: ['spec.instancetype.kind'],
  },
  {
    id: 'ITM-5',
    refuses: { preference: { inferFromVolume: 'disk', inferFromVolumeFailurePolicy: 'ignore' } },
    accepts: { preference: { inferFromVolume: 'disk', inferFromVolumeFailurePolicy: 'Ignore' } },
    reason: 'I',
    fields: ['spec.preference.inferFromVolumeFailurePolicy'],
  },
];

testSides('matchers of a virtual machine', rows, judge);

describe('matchers', () => {
  it('are judged by groups that answer alone', () => {
    const revisionKept = {
      before: { preference: { name: 'a', revisionName: 'r' } },
      instancetype: {},
      preference: { name: 'b', revisionName: 'r' },
    };
    expect(judge(revisionKept).map(({ field }) => field)).toEqual(['spec.preference.revisionName']);
    expect(judge({ instancetype: {}, preference: {} }).map(({ field }) => field)).toEqual([
      'spec.instancetype',
    ]);
  });

  it('tell everything that is wrong with one', () => {
    const instancetype = { name: 'a', kind: 'b', inferFromVolume: 'c', inferFromVolumeFailurePolicy: 'd' };
    expect(judge({ instancetype }).map(({ rule }) => rule)).toEqual(['ITM-3', 'ITM-4', 'ITM-5']);
  });
});
