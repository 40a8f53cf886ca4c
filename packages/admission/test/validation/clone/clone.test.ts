import type { VirtualMachineClone } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { clusterConfiguration } from '../../../src/configuration/index.ts';
import { cloneFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';

type Spec = VirtualMachineClone['spec'];
const source = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'golden' };
const target = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'copy' };
const spec = (change: Partial<Spec> = {}): Spec => ({ source, target, ...change });
const from = (change: Partial<typeof source>): Spec => spec({ source: { ...source, ...change } });
const to = (change: Partial<typeof target>): Spec => spec({ target: { ...target, ...change } });

function without(member: 'source'): Spec {
  const made = spec();
  Reflect.deleteProperty(made, member);
  return made;
}

const rows: readonly Sides<Spec>[] = [
  {
    id: 'CLN-01',
    refuses: spec({
      annotationFilters: ['!'],
      labelFilters: ['!'],
      template: { annotationFilters: ['!'], labelFilters: ['!'] },
    }),
    accepts: spec({ annotationFilters: ['!some'] }),
    reason: 'I',
    fields: ['spec.annotations', 'spec.labels', 'spec.template.annotations', 'spec.template.labels'],
  },
  {
    id: 'CLN-02',
    refuses: spec({ labelFilters: ['a!'] }),
    accepts: spec({ labelFilters: ['!a'] }),
    reason: 'I',
    fields: ['spec.labels'],
  },
  {
    id: 'CLN-03',
    refuses: spec({ labelFilters: ['a*b'] }),
    accepts: spec({ labelFilters: ['*', 'ab*', ''] }),
    reason: 'I',
    fields: ['spec.labels'],
  },
  {
    id: 'CLN-04',
    refuses: from({ kind: 'Pod' }),
    accepts: from({ kind: 'VirtualMachineSnapshot' }),
    reason: 'I',
    fields: ['spec.Source.Kind'],
  },
  {
    id: 'CLN-05',
    refuses: to({ kind: 'VirtualMachineSnapshot' }),
    accepts: { source },
    reason: 'I',
    fields: ['spec.Target.Kind'],
  },
  {
    id: 'CLN-06',
    refuses: without('source'),
    accepts: spec(),
    reason: 'I',
    fields: ['spec.Source'],
    alone: true,
  },
  {
    id: 'CLN-07',
    refuses: from({ apiGroup: '' }),
    accepts: spec(),
    reason: 'I',
    fields: ['spec.Source.APIGroup'],
  },
  { id: 'CLN-08', refuses: from({ kind: '' }), accepts: spec(), reason: 'I', fields: ['spec.Source'] },
  { id: 'CLN-09', refuses: from({ name: '' }), accepts: spec(), reason: 'I', fields: ['spec.Source.Name'] },
  {
    id: 'CLN-10',
    refuses: to({ name: 'golden' }),
    accepts: spec({
      source: { ...source, kind: 'VirtualMachineSnapshot' },
      target: { ...target, name: 'golden' },
    }),
    reason: 'I',
    fields: ['spec.target.name'],
  },
  {
    id: 'CLN-11',
    refuses: spec({ newMacAddresses: { red: '02:00', blue: '02:00:00:00:00:01:02' } }),
    accepts: spec({ newMacAddresses: { red: '', blue: '02-00-00-00-00-01' } }),
    reason: 'I',
    fields: ['spec.newMacAddresses.red', 'spec.newMacAddresses.blue'],
  },
  {
    id: 'CLN-12',
    refuses: spec({ patches: ['{}', 'nonsense'] }),
    accepts: spec({ patches: ['{"op":"remove","path":"/spec/running"}'] }),
    reason: 'I',
    fields: ['spec.patches[1]'],
  },
];

const judge = (wanted: Spec, creating = true, disabledFeatureGates: string[] = []) =>
  cloneFindings({
    clone: { metadata: { name: 'clone' }, spec: wanted },
    creating,
    configuration: clusterConfiguration({
      metadata: {},
      spec: { configuration: { developerConfiguration: { disabledFeatureGates } } },
    }),
  });

testSides('clones', rows, judge);

test('without snapshots nothing is copied, but what is there can be changed', () => {
  expect(judge(spec(), true, ['Snapshot'])).toMatchObject([{ code: 400 }]);
  expect(judge(spec(), false, ['Snapshot'])).toEqual([]);
});
