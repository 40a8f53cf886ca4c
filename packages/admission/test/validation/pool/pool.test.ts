import type { VirtualMachinePool } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { poolFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { withGates } from '../instance-update/changes.ts';
import { sampleMachine } from '../machine/machines.ts';

type Edit = (pool: VirtualMachinePool) => void;
interface Write {
  readonly edit?: Edit;
  readonly before?: Edit | 'unreadable';
}

function pool(edit: Edit): VirtualMachinePool {
  const made: VirtualMachinePool = {
    metadata: { name: 'pool' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      virtualMachineTemplate: { metadata: { labels: { app: 'web' } }, spec: sampleMachine().spec },
    },
  };
  edit(made);
  return made;
}
const judge = ({ edit = () => undefined, before }: Write) =>
  poolFindings({
    pool: pool(edit),
    before: typeof before === 'function' ? pool(before) : before,
    trusted: false,
    configuration: withGates('Passt'),
  });
const set = (edit: Edit): Write => ({ edit });
const unavailable = (value: string | number) => set(({ spec }) => void (spec.maxUnavailable = value));

const rows: readonly Sides<Write>[] = [
  {
    id: 'POOL-2',
    refuses: set(({ spec }) => void Reflect.deleteProperty(spec, 'virtualMachineTemplate')),
    accepts: {},
    reason: 'R',
    fields: ['spec.template'],
  },
  {
    id: 'POOL-4',
    refuses: set(({ spec }) => void (spec.selector = { matchLabels: { app: '-' } })),
    accepts: {},
    reason: 'I',
    fields: ['spec.selector'],
  },
  {
    id: 'POOL-5',
    refuses: set(({ spec }) => void (spec.selector = { matchLabels: { app: 'db' } })),
    accepts: set(({ spec }) => void (spec.selector = {})),
    reason: 'I',
    fields: ['spec.selector'],
  },
  {
    id: 'POOL-6',
    refuses: unavailable('25'),
    accepts: unavailable('25%'),
    reason: 'I',
    fields: ['spec.maxUnavailable'],
  },
  {
    id: 'POOL-7',
    refuses: unavailable('2.5%'),
    accepts: unavailable('2%'),
    reason: 'I',
    fields: ['spec.maxUnavailable'],
  },
  {
    id: 'POOL-8',
    refuses: unavailable('101%'),
    accepts: unavailable('100%'),
    reason: 'I',
    fields: ['spec.maxUnavailable'],
  },
  {
    id: 'POOL-8',
    refuses: unavailable('0%'),
    accepts: unavailable('1%'),
    reason: 'I',
    fields: ['spec.maxUnavailable'],
  },
  {
    id: 'POOL-9',
    refuses: unavailable(0),
    accepts: unavailable(1),
    reason: 'I',
    fields: ['spec.maxUnavailable'],
  },
  {
    id: 'POOL-10',
    refuses: set(({ spec }) => void (spec.updateStrategy = { unmanaged: {}, proactive: {} })),
    accepts: set(({ spec }) => void (spec.updateStrategy = { proactive: {} })),
    reason: 'I',
    fields: ['spec.updateStrategy'],
  },
  {
    id: 'POOL-11',
    refuses: set(({ spec }) => void (spec.scaleInStrategy = { opportunistic: {}, proactive: {} })),
    accepts: set(({ spec }) => void (spec.scaleInStrategy = { opportunistic: {} })),
    reason: 'I',
    fields: ['spec.scaleInStrategy'],
  },
  {
    id: 'POOL-12',
    refuses: { before: ({ spec }) => void (spec.selector = {}) },
    accepts: { before: () => undefined },
    reason: 'I',
    fields: ['spec.selector'],
  },
  {
    id: 'POOL-13',
    refuses: { before: 'unreadable' },
    accepts: { before: () => undefined },
    reason: 'U',
    fields: [undefined],
  },
];

testSides(
  'pools',
  rows.map((row) => ({ ...row, alone: true })),
  judge,
);

test('POOL-3 refuses what no machine may have, in a template that is taken as it is written', () => {
  const findings = judge(
    set(({ spec }) => {
      delete spec.virtualMachineTemplate.spec!.runStrategy;
      spec.virtualMachineTemplate.spec!.template.spec!.hostname = 'Not.A.Label';
    }),
  );
  expect(findings.map(({ rule, field }) => [rule, field])).toEqual([
    ['VMI-001', 'spec.virtualMachineTemplate.spec.template.spec.hostname'],
    ['RUN-2', 'spec.virtualMachineTemplate.spec.running'],
  ]);
});

test('POOL-3 accepts a template that a machine may have', () => {
  expect(judge({})).toEqual([]);
});

const passt: Edit = ({ spec }) => {
  const template = spec.virtualMachineTemplate.spec!.template.spec!;
  template.networks = [{ name: 'default', pod: {} }];
  template.domain.devices.interfaces = [{ name: 'default', passt: {}, masquerade: {} }];
};

test('POOL-14 refuses what a discontinued gate switched on, in a new pool', () => {
  expect(judge({ edit: passt })).toEqual([
    expect.objectContaining({ rule: 'POOL-14', reason: 'FieldValueNotSupported' }),
  ]);
});

test('POOL-14 accepts it in a pool that exists', () => {
  expect(judge({ edit: passt, before: passt })).toEqual([]);
});
