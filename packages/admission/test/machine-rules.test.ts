import type { VirtualMachine, VirtualMachineSpec } from '@virtkit/core-types';
import { VirtualMachineSchema } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { denialOf } from '../src/validation/denial.ts';
import { machineFindings } from '../src/validation/machine/index.ts';
import { parseObject } from '../src/validation/schema.ts';
import { configuration } from './support/configuration.ts';
import { instanceSpec } from './support/specs.ts';

function machine(change: Partial<VirtualMachineSpec>): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: 'vm', namespace: 'default' },
    spec: { runStrategy: 'Halted', template: { spec: instanceSpec() }, ...change },
  };
}

const template = (labels: Record<string, string>, annotations: Record<string, string>) => ({
  metadata: { labels, annotations },
  spec: instanceSpec(),
});
const none = { runStrategy: undefined };

const offences: [string, string, Partial<VirtualMachineSpec>][] = [
  ['RUN-1', 'spec.running', { running: true }],
  ['RUN-2', 'spec.running', none],
  ['RUN-3', 'spec.runStrategy', { runStrategy: 'WaitAsReceiver' }],
  ['RUN-4', 'spec.runStrategy', { runStrategy: 'Sometimes' }],
  ['VM-01', 'spec.template.spec', { template: {} }],
  ['META-1', 'spec.template.metadata.labels', { template: template({ 'kubevirt.io/nodeName': 'n' }, {}) }],
  [
    'META-2',
    'spec.template.metadata.annotations',
    { template: template({}, { 'kubevirt.io/ignitiondata': '{}' }) },
  ],
  [
    'META-3',
    'spec.template.metadata.annotations',
    { template: template({}, { 'hooks.kubevirt.io/hookSidecars': '[]' }) },
  ],
  [
    'VK-HYPERVISOR',
    'spec.template.metadata.annotations[virtkit.dev/hypervisor]',
    { template: template({}, { 'virtkit.dev/hypervisor': 'xen' }) },
  ],
];

const judge = (judged: VirtualMachine, before?: VirtualMachine) =>
  machineFindings({ machine: judged, before, trusted: false, configuration });

describe('each rule objects to its offence', () => {
  test.each(offences)('%s at %s', (rule, field, change) => {
    expect(judge(machine(change)).map((finding) => [finding.rule, finding.field])).toContainEqual([
      rule,
      field,
    ]);
  });

  test('SCH-3: a member that no schema knows', () => {
    const odd = { ...machine({}), spec: { ...machine({}).spec, runsOn: 'moon' } };
    expect(judge(odd)).toMatchObject([{ rule: 'SCH-3', field: 'spec.runsOn' }]);
  });

  test('SNAPST-1', () => {
    const before = { ...machine({}), status: { snapshotInProgress: 'snapshot-1' } };
    const after = machine({ template: { spec: { ...instanceSpec(), volumes: [] } } });
    expect(judge(after, before)).toContainEqual(expect.objectContaining({ rule: 'SNAPST-1', field: 'spec' }));
    expect(judge(machine({}), before)).toEqual([]);
  });
});

test('an ordinary machine is not objected to', () => {
  expect(judge(machine({}))).toEqual([]);
});

test('SCH-3: what does not fit the schema is named with its path', () => {
  const wrong: unknown = {
    ...machine({}),
    spec: {
      runStrategy: 7,
      template: { spec: { domain: { devices: { disks: [{ bootOrder: 'first' }] } } } },
    },
  };
  const parsed = parseObject(VirtualMachineSchema, wrong);
  expect(parsed.ok ? [] : parsed.findings.map(({ field, reason }) => [field, reason])).toEqual([
    ['spec.runStrategy', 'FieldValueInvalid'],
    ['spec.template.spec.domain.devices.disks[0].name', 'FieldValueRequired'],
    ['spec.template.spec.domain.devices.disks[0].bootOrder', 'FieldValueInvalid'],
  ]);
});

test('GEN-01: ten causes are told, and how many there are more', () => {
  const findings = Array.from({ length: 12 }, (_, index) => ({
    rule: 'X',
    reason: 'FieldValueInvalid' as const,
    field: `spec.f${index}`,
    message: 'wrong',
  }));
  const { denied } = denialOf(findings);
  expect(denied).toMatchObject({ code: 422, reason: 'Invalid' });
  expect(denied?.causes).toHaveLength(10);
  expect(denied?.message).toContain('and 2 more validation errors');
});
