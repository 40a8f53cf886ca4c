import type { VirtualMachine } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { machineWarnings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { judge, sampleMachine, type MachineChange } from './machines.ts';

type Edit = (spec: VirtualMachine['spec']) => void;
const edit = (change: Edit): MachineChange => ({ machine: ({ spec }) => change(spec) });
const cpu = (sockets: number, maxSockets: number): Edit => {
  return ({ template }) => void Object.assign(template.spec!.domain.cpu!, { sockets, maxSockets });
};
const memory = (guest: string, maxGuest: string): Edit => {
  return ({ template }) => void (template.spec!.domain.memory = { guest, maxGuest });
};
const receiver: Edit = (spec) => void (spec.runStrategy = 'WaitAsReceiver');

const rows: readonly Sides<MachineChange>[] = [
  {
    id: 'VM-01',
    refuses: edit((spec) => void Reflect.deleteProperty(spec, 'template')),
    accepts: edit((spec) => void (spec.template = {})),
    reason: 'R',
    fields: ['spec.template'],
    alone: true,
  },
  {
    id: 'RUN-1',
    refuses: edit((spec) => void (spec.running = true)),
    accepts: edit((spec) => {
      spec.running = true;
      delete spec.runStrategy;
    }),
    reason: 'I',
    fields: ['spec.running'],
  },
  {
    id: 'RUN-2',
    refuses: edit((spec) => {
      delete spec.runStrategy;
    }),
    accepts: edit(() => undefined),
    reason: 'I',
    fields: ['spec.running'],
  },
  {
    id: 'RUN-3',
    refuses: { ...edit(receiver), disabledGates: ['DecentralizedLiveMigration'] },
    accepts: edit(receiver),
    reason: 'I',
    fields: ['spec.runStrategy'],
  },
  {
    id: 'RUN-4',
    refuses: edit((spec) => void (spec.runStrategy = 'always')),
    accepts: edit((spec) => void (spec.runStrategy = 'Once')),
    reason: 'I',
    fields: ['spec.runStrategy'],
  },
  {
    id: 'LU-1',
    refuses: edit(cpu(3, 2)),
    accepts: edit(cpu(2, 2)),
    reason: 'I',
    fields: ['spec.template.spec.domain.cpu.sockets'],
  },
  {
    id: 'LU-2',
    refuses: edit(memory('1Gi', '2049Mi')),
    accepts: edit(memory('1Gi', '3Gi')),
    reason: 'I',
    fields: ['spec.template.spec.domain.memory.guest'],
  },
];

testSides('the spec of a machine', rows, judge);

test('changes that wait for a restart need no room to grow', () => {
  const change = { ...edit(memory('1Gi', '2049Mi')), rollout: 'Stage' } as const;
  expect(judge(change)).toEqual([]);
});

test('VM-W1: running is deprecated', () => {
  const machine = sampleMachine();
  expect(machineWarnings(machine)).toEqual([]);
  machine.spec.running = false;
  expect(machineWarnings(machine)).toHaveLength(1);
});

test('an ordinary machine is not objected to', () => {
  expect(judge({})).toEqual([]);
});
