import {
  buildReferenceRevision,
  clusterConfiguration,
  type FoundReferences,
  type ReferencedObject,
} from '@virtkit/admission';
import { getCondition, type VirtualMachine } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { planMachine, type MachineObservation } from '../../src/index.ts';
import { projectStatus } from '../../src/virtual-machine/project-status.ts';
import { buildStartRevision } from '../../src/virtual-machine/start-revision.ts';
import { instanceOf, machineOf, observationOf, revisionOf } from '../builders.ts';

const none = { state: 'none' } as const;
const kind = 'VirtualMachineClusterInstancetype';
const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name: 'vm', uid: 'vm-uid' };

const objectOf = (guest: number, generation = 1): ReferencedObject => ({
  metadata: { name: 'small', uid: 'small-uid', generation },
  spec: { cpu: { guest }, memory: { guest: '1Gi' } },
});

function found(guest: number, kept = false): FoundReferences {
  const object = objectOf(guest, guest);
  const revision = kept ? { revision: buildReferenceRevision(machineOf(), kind, object, owner) } : {};
  const spec = { cpu: { guest }, memory: { guest: '1Gi' } };
  return { instancetype: { state: 'found', kind, object, spec, ...revision }, preference: none };
}

const refOf = (guest: number) => ({
  name: 'small',
  controllerRevisionRef: { name: `vm-small-v1beta1-small-uid-${guest}` },
});
const referring = (status: VirtualMachine['status'] = {}, spec: Partial<VirtualMachine['spec']> = {}) =>
  machineOf({ runStrategy: 'Always', instancetype: { name: 'small' }, ...spec }, status);
const settled = (guest: number, status: VirtualMachine['status'] = {}) =>
  referring({ instancetypeRef: refOf(guest), ...status });

const plan = (facts: Parameters<typeof observationOf>[0]) => planMachine(observationOf(facts)).effect;
const withPolicy = (referencePolicy: 'expandAll') =>
  clusterConfiguration({
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { name: 'kubevirt' },
    spec: { configuration: { instancetype: { referencePolicy } } },
  });

describe('a machine that refers to an instance type', () => {
  it('keeps a copy of it before it starts', () => {
    expect(plan({ machine: referring(), references: found(2) })).toMatchObject({
      kind: 'store-references',
      plan: {
        refs: { instancetypeRef: refOf(2) },
        create: [{ metadata: { name: refOf(2).controllerRevisionRef.name } }],
      },
    });
  });

  it('starts with what the copy says, and its instance tells the name', () => {
    const effect = plan({ machine: settled(2), references: found(2, true) });
    expect(effect).toMatchObject({
      kind: 'start-instance',
      instance: {
        metadata: {
          annotations: { 'kubevirt.io/cluster-instancetype-name': 'small', 'kubevirt.io/vm-generation': '3' },
        },
        spec: { domain: { cpu: { sockets: 2, cores: 1, threads: 1 }, memory: { guest: '1Gi' } } },
      },
    });
  });

  it('is expanded where the policy says so', () => {
    const effect = plan({
      machine: referring(),
      references: found(2),
      configuration: withPolicy('expandAll'),
    });
    expect(effect).toMatchObject({
      kind: 'expand-machine',
      plan: { machine: { spec: { template: { spec: { domain: { cpu: { sockets: 2 } } } } } }, obsolete: [] },
    });
  });

  it.each<[string, VirtualMachine, FoundReferences, string]>([
    [
      'there is no such instance type',
      referring(),
      { instancetype: { state: 'missing', message: 'm' }, preference: none },
      'FailedFindInstancetype',
    ],
    [
      'there is no such preference',
      machineOf({ runStrategy: 'Always', preference: { name: 'p' } }),
      { instancetype: none, preference: { state: 'missing', message: 'm' } },
      'FailedFindPreference',
    ],
    [
      'both set the same',
      referring({}, { template: { spec: { domain: { devices: {}, memory: { guest: '2Gi' } } } } }),
      found(2),
      'FailedCreate',
    ],
  ])('does not start when %s', (_name, machine, references, reason) => {
    expect(plan({ machine, references })).toMatchObject({ kind: 'refuse', reason });
  });

  it('does not start when a conflict came later', () => {
    const machine = settled(2);
    const conflicting = {
      ...machine,
      spec: { ...machine.spec, template: { spec: { domain: { devices: {}, cpu: { cores: 4 } } } } },
    };
    const effect = plan({ machine: conflicting, references: found(2, true) });
    expect(effect).toMatchObject({ kind: 'refuse', reason: 'FailedCreate' });
    expect(effect.kind === 'refuse' && effect.message).toContain('domain.cpu.cores');
  });

  it('forgets what it referred to, and can be deleted whatever it refers to', () => {
    const free = machineOf({ runStrategy: 'Halted' }, { instancetypeRef: refOf(2) });
    expect(plan({ machine: free })).toMatchObject({
      kind: 'store-references',
      plan: { refs: { instancetypeRef: undefined } },
    });
    const going = {
      ...referring(),
      metadata: { ...referring().metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    };
    const missing: FoundReferences = { instancetype: { state: 'missing', message: 'm' }, preference: none };
    expect(plan({ machine: going, references: missing }).kind).toBe('release-machine');
  });

  it('notes the copies in the revision of a start', () => {
    const revision = buildStartRevision(settled(2));
    expect(revision.data?.spec?.instancetype).toEqual({
      name: 'small',
      revisionName: refOf(2).controllerRevisionRef.name,
    });
  });
});

describe('a running instance', () => {
  const machine = settled(2);
  const observed: Parameters<typeof observationOf>[0] = {
    machine,
    instance: instanceOf(
      { phase: 'Running' },
      {},
      { domain: { devices: {}, cpu: { sockets: 2, cores: 1, threads: 1 } } },
    ),
    startRevisions: [revisionOf(machine)],
    references: found(2, true),
    startedReferences: found(2, true),
  };
  const isRestartRequired = (change: Partial<MachineObservation>) => {
    const observation = observationOf({ ...observed, ...change });
    const { conditions } = projectStatus(observation, { effect: { kind: 'none' } }, () => 0);
    return getCondition(conditions, 'RestartRequired')?.status === 'True';
  };

  it('RUNU-1: is compared with the template of its start, both with the instance type of their time', () => {
    expect(isRestartRequired({})).toBe(false);
    // The machine refers to the same name, which stands for something else now.
    expect(isRestartRequired({ machine: settled(4), references: found(4, true) })).toBe(true);
    expect(
      isRestartRequired({
        machine: settled(4),
        references: found(4, true),
        startedReferences: found(4, true),
      }),
    ).toBe(false);
  });

  it('RUNU-1: need not start again when the instance type is written into its machine', () => {
    const effect = plan({ ...observed, configuration: withPolicy('expandAll') });
    if (effect.kind !== 'expand-machine') throw new Error(effect.kind);
    const references: FoundReferences = { instancetype: none, preference: none };
    expect(isRestartRequired({ machine: effect.plan.machine, references })).toBe(false);
    const { template } = effect.plan.machine.spec;
    const changed = {
      ...effect.plan.machine,
      spec: { template: { spec: { ...template.spec!, hostname: 'other' } } },
    };
    expect(isRestartRequired({ machine: changed, references })).toBe(true);
  });

  it('gets the placement that its machine asks for', () => {
    const placed = {
      ...machine,
      spec: {
        ...machine.spec,
        template: { spec: { ...machine.spec.template.spec!, nodeSelector: { zone: 'a' } } },
      },
    };
    expect(plan({ ...observed, machine: placed })).toMatchObject({
      kind: 'update-instance',
      updated: { spec: { nodeSelector: { zone: 'a' } } },
    });
    expect(isRestartRequired({ machine: placed })).toBe(false);
  });
});
