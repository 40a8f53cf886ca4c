import { VirtualMachineSchema, VirtualMachineInstanceMigrationSchema } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { denialOf, parseObject, schemaFindings, statusFindings } from '../../src/validation/index.ts';
import { testSides, type Sides } from '../support/sides.ts';
import { sampleMachine } from './machine/machines.ts';

const complete = (object: unknown) => schemaFindings(VirtualMachineSchema, object, 'complete');
const changed = (change: object): unknown => ({ ...sampleMachine(), ...change });
const inSpec = (change: object): unknown => changed({ spec: { ...sampleMachine().spec, ...change } });

const rows: readonly Sides<unknown>[] = [
  {
    id: 'SCH-1',
    refuses: changed({ extra: 1 }),
    accepts: changed({ status: {} }),
    reason: '-',
    fields: [undefined],
    alone: true,
  },
  {
    id: 'SCH-2',
    refuses: changed({ spec: undefined }),
    accepts: changed({}),
    reason: '-',
    fields: [undefined],
    alone: true,
  },
  {
    id: 'SCH-3',
    refuses: inSpec({ runStrategy: 7, runsOn: 'moon' }),
    // What a newer version writes to the status is let pass.
    accepts: changed({ status: { moon: true } }),
    reason: '-',
    fields: [undefined, undefined],
    alone: true,
  },
];

testSides('the schema of a machine', rows, complete);

describe('what the schema says', () => {
  test('paths stand in the messages, as causes have no fields', () => {
    const wrong = inSpec({
      template: { spec: { domain: { devices: { disks: [{ bootOrder: 'first' }] } } } },
    });
    const messages = complete(wrong).map(({ message }) => message);
    expect(messages.map((message) => message.split(': ')[0])).toEqual([
      'spec.template.spec.domain.devices.disks[0].name',
      'spec.template.spec.domain.devices.disks[0].bootOrder',
    ]);
  });

  test('members at any depth of the spec are known', () => {
    const odd = inSpec({
      template: { spec: { domain: { devices: { disks: [{ name: 'd', colour: 'red' }] } } } },
    });
    expect(complete(odd).map(({ message }) => message.split(': ')[0])).toEqual([
      'spec.template.spec.domain.devices.disks[0].colour',
    ]);
  });

  test('labels, times that are null and quantities in any form are let pass', () => {
    const template = {
      metadata: { creationTimestamp: null, labels: { any: 'thing' } },
      spec: { domain: { devices: {}, memory: { guest: 1024 }, resources: { requests: { cpu: '1' } } } },
    };
    expect(complete(inSpec({ template }))).toEqual([]);
  });

  test('GEN-03: its causes have messages only', () => {
    const { denied } = denialOf(complete(inSpec({ runStrategy: 7 })));
    expect(denied).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(denied?.causes?.map((cause) => Object.keys(cause))).toEqual([['message']]);
  });

  test('an object of the right form is given back as it is', () => {
    expect(parseObject(VirtualMachineSchema, sampleMachine())).toEqual({ ok: true, value: sampleMachine() });
  });
});

describe('kinds of which only the members of the object are checked', () => {
  const members = (object: unknown) => schemaFindings(VirtualMachineSchema, object, 'members');

  test('SCH-4 refuses members of the object that no kind has, and an object without a spec', () => {
    expect(members({ apiVersion: 'v1', extra: 1 }).map(({ rule }) => rule)).toEqual(['SCH-1', 'SCH-2']);
  });

  test('SCH-4 accepts whatever stands in the spec', () => {
    expect(members({ spec: { runsOn: 'moon', template: 7 } })).toEqual([]);
  });
});

describe('writes to a status', () => {
  const migration = (object: unknown) => statusFindings(VirtualMachineInstanceMigrationSchema, object);

  test('SCH-5 refuses an object of an unknown kind, and a status that does not fit', () => {
    expect(statusFindings(undefined, { kind: 'Moon' })).toMatchObject([{ rule: 'SCH-5' }]);
    expect(migration({ status: {} })).toMatchObject([{ rule: 'SCH-5' }]);
    const findings = migration({ kind: 'VirtualMachineInstanceMigration', status: { phase: 7 } });
    expect(findings.map(({ rule, message }) => [rule, message.split(': ')[0]])).toEqual([
      ['SCH-5', 'status.phase'],
    ]);
    expect(findings.every(({ reason, field }) => reason === undefined && field === undefined)).toBe(true);
  });

  test('SCH-5 accepts a status with members of a newer version', () => {
    const status = { phase: 'Running', moon: true };
    expect(migration({ kind: 'VirtualMachineInstanceMigration', status })).toEqual([]);
  });
});
