import type { VirtualMachineInstanceReplicaSet } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { replicaSetFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { withGates } from '../instance-update/changes.ts';
import { sampleMachine } from '../machine/machines.ts';

type Edit = (set: VirtualMachineInstanceReplicaSet) => void;

function replicaSet(edit: Edit): VirtualMachineInstanceReplicaSet {
  const set: VirtualMachineInstanceReplicaSet = {
    metadata: { name: 'set' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: sampleMachine().spec.template.spec! },
    },
  };
  edit(set);
  return set;
}
const judge = (edit: Edit, creating = true) =>
  replicaSetFindings({ set: replicaSet(edit), creating, configuration: withGates('Passt') });

const rows: readonly Sides<Edit>[] = [
  {
    id: 'RS-1',
    refuses: ({ spec }) => void Reflect.deleteProperty(spec, 'template'),
    accepts: ({ spec }) => void (spec.template.spec = { domain: { devices: {} } }),
    reason: 'R',
    fields: ['spec.template'],
    alone: true,
  },
  {
    id: 'RS-3',
    refuses: ({ spec }) => void (spec.selector = { matchExpressions: [{ key: 'app', operator: 'Has' }] }),
    accepts: ({ spec }) => void (spec.selector = { matchExpressions: [{ key: 'app', operator: 'Exists' }] }),
    reason: 'I',
    fields: ['spec.selector'],
    alone: true,
  },
  {
    id: 'RS-4',
    refuses: ({ spec }) => void (spec.selector = { matchLabels: { app: 'db' } }),
    accepts: ({ spec }) => void (spec.selector = {}),
    reason: 'I',
    fields: ['spec.selector'],
    alone: true,
  },
];

testSides('replica sets', rows, judge);

test('RS-2 refuses what no instance may have, in a template that is taken as it is written', () => {
  const findings = judge(({ spec }) => void (spec.template.spec!.hostname = 'Not.A.Label'));
  expect(findings.map(({ rule, field }) => [rule, field])).toEqual([
    ['VMI-001', 'spec.template.spec.hostname'],
  ]);
});

test('RS-2 accepts a template that an instance may have', () => {
  expect(judge(() => undefined)).toEqual([]);
});

const passt: Edit = ({ spec }) => {
  spec.template.spec!.networks = [{ name: 'default', pod: {} }];
  spec.template.spec!.domain.devices.interfaces = [{ name: 'default', passt: {}, masquerade: {} }];
};

test('RS-5 refuses what a discontinued gate switched on, in a new set', () => {
  expect(judge(passt)).toEqual([expect.objectContaining({ rule: 'FG-1', reason: 'FieldValueNotSupported' })]);
});

test('RS-5 accepts it in a set that exists', () => {
  expect(judge(passt, false)).toEqual([]);
});
