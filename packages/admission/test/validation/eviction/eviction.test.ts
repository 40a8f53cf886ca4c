import type { Pod, VirtualMachineInstance } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import {
  decideEviction,
  evictionFailure,
  evictionOwner,
  instanceOfOwner,
} from '../../../src/validation/index.ts';
import type { Eviction } from '../../../src/validation/index.ts';

const launcher = (change: Partial<Pod['metadata']> = {}, phase = 'Running'): Pod => ({
  metadata: {
    name: 'virt-launcher-vm',
    labels: { 'kubevirt.io': 'virt-launcher' },
    annotations: { 'kubevirt.io/domain': 'vm' },
    ...change,
  },
  spec: { nodeName: 'node-1', containers: [] },
  status: { phase },
});
const owner = { apiVersion: 'v1', kind: 'Pod', name: 'virt-launcher-vm', uid: 'u' };
const plugger: Pod = {
  metadata: { name: 'hp-volume-x', labels: { 'kubevirt.io': 'hotplug-disk' }, ownerReferences: [owner] },
  spec: { containers: [] },
};
const instance = (
  evictionStrategy: string | undefined,
  {
    migratable = true,
    status = {},
  }: { migratable?: boolean; status?: VirtualMachineInstance['status'] } = {},
): VirtualMachineInstance => ({
  metadata: { namespace: 'ns', name: 'vm' },
  spec: { domain: { devices: {} }, ...(evictionStrategy === undefined ? {} : { evictionStrategy }) },
  status: {
    nodeName: 'node-1',
    conditions: [{ type: 'LiveMigratable', status: migratable ? 'True' : 'False' }],
    ...status,
  },
});
const found = <T>(object: T) => ({ found: object });
const nothing = { found: undefined };
const failed = { error: 'the API server does not answer' };

const decide = (change: Partial<Eviction>) =>
  decideEviction({ pod: launcher(), clusterStrategy: 'None', ...change });
const evict = (running: VirtualMachineInstance, clusterStrategy = 'None') =>
  decide({ instance: found(running), clusterStrategy });

describe('evictions', () => {
  test('EVC-01: Pods that run no instance may go', () => {
    const stranger: Pod = { metadata: { name: 'web' }, spec: { containers: [] } };
    for (const pod of [undefined, stranger, launcher({}, 'Failed'), launcher({}, 'Succeeded')])
      expect(decide({ pod })).toEqual({ rule: 'EVC-01', state: 'allowed' });
  });

  test('EVC-02: Pods that plug volumes into nothing that runs may go', () => {
    for (const change of [
      { owner: nothing },
      { owner: found(launcher({}, 'Failed')) },
      { owner: found(launcher({ annotations: {} })) },
      { owner: found(launcher({ labels: {} })) },
      { owner: found(launcher()), instance: nothing },
    ])
      expect(decide({ pod: plugger, ...change })).toEqual({ rule: 'EVC-02', state: 'allowed' });
  });

  test('EVC-03: Pods that plug volumes into a running instance may not', () => {
    const decision = decide({ pod: plugger, owner: found(launcher()), instance: found(instance('None')) });
    expect(decision).toMatchObject({ rule: 'EVC-03', state: 'denied' });
  });

  test('EVC-04: nor where it cannot be told', () => {
    for (const change of [{ owner: failed }, { owner: found(launcher()), instance: failed }])
      expect(decide({ pod: plugger, ...change })).toEqual({
        rule: 'EVC-04',
        state: 'denied',
        message: failed.error,
      });
  });

  test('EVC-05: a launcher that does not say what it runs may go', () => {
    expect(decide({ pod: launcher({ annotations: {} }) })).toEqual({ rule: 'EVC-05', state: 'allowed' });
  });

  test('EVC-06: one whose instance cannot be found may not', () => {
    for (const looked of [failed, nothing])
      expect(decide({ instance: looked })).toMatchObject({ rule: 'EVC-06', state: 'denied' });
  });

  test('EVC-07: instances that are not moved may be evicted', () => {
    const stuck = { migratable: false };
    for (const running of [instance('None'), instance(undefined), instance('LiveMigrateIfPossible', stuck)])
      expect(evict(running)).toEqual({ rule: 'EVC-07', state: 'allowed' });
    expect(evict(instance(undefined, stuck), 'LiveMigrateIfPossible').state).toBe('allowed');
  });

  test('EVC-08: those that must be moved but cannot may not', () => {
    const running = instance(undefined, { migratable: false });
    expect(evict(running, 'LiveMigrate')).toMatchObject({ rule: 'EVC-08', state: 'denied' });
  });

  test('EVC-09: those that are on their way may not', () => {
    const decision = evict(instance('LiveMigrate', { status: { evacuationNodeName: 'node-1' } }));
    expect(decision).toEqual({
      rule: 'EVC-09',
      state: 'denied',
      message: 'Evacuation in progress: Eviction triggered evacuation of VMI "ns/vm"',
    });
  });

  test('EVC-10: nor those that run on another node', () => {
    const decision = evict(instance('External', { status: { nodeName: 'node-2' } }));
    expect(decision).toMatchObject({ rule: 'EVC-10', state: 'denied' });
  });

  test('EVC-11: nor where the instance could not be marked', () => {
    expect(evictionFailure('conflict')).toEqual({ rule: 'EVC-11', state: 'denied', message: 'conflict' });
  });

  test.each([
    ['LiveMigrate', true],
    ['LiveMigrateIfPossible', true],
    ['External', false],
  ])('EVC-12: %s marks the instance and denies', (strategy, migratable) => {
    const running = instance(strategy, { migratable });
    expect(evict(running)).toEqual({
      rule: 'EVC-12',
      state: 'marked',
      message: 'Eviction triggered evacuation of VMI "ns/vm"',
      instance: running,
      patch: [{ op: 'add', path: '/status/evacuationNodeName', value: 'node-1' }],
    });
  });

  test('the descheduler is noted on the instance', () => {
    const annotations = { 'requested-by': 'sigs.k8s.io/descheduler' };
    const running = instance('LiveMigrate');
    const decision = decide({ instance: found(running), annotations });
    expect(decision).toMatchObject({
      patch: [
        {},
        { op: 'add', path: '/metadata/annotations', value: { 'kubevirt.io/eviction-source': 'descheduler' } },
      ],
    });
    running.metadata.annotations = { other: 'x' };
    expect(decide({ instance: found(running), annotations })).toMatchObject({
      patch: [
        {},
        { op: 'add', path: '/metadata/annotations/kubevirt.io~1eviction-source', value: 'descheduler' },
      ],
    });
  });
});

test('what has to be looked up for an eviction', () => {
  expect(evictionOwner(undefined)).toEqual({});
  expect(evictionOwner(launcher())).toEqual({ instance: 'vm' });
  expect(evictionOwner(launcher({}, 'Failed'))).toEqual({});
  expect(evictionOwner(plugger)).toEqual({ owner: 'virt-launcher-vm' });
  expect(instanceOfOwner(launcher())).toBe('vm');
  expect(instanceOfOwner(undefined)).toBeUndefined();
});
