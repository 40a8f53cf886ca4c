import { describe, expect, it } from 'vitest';
import { getCondition, type Pod, type VirtualMachineInstance } from '@virtkit/core-types';
import { observeInstance, planInstance } from '../../src/index.ts';
import { projectInstance } from '../../src/virtual-machine-instance/project.ts';
import { instanceOf, podOf, runningPod } from '../builders.ts';

const now = Date.UTC(2026, 0, 1, 12);
const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const ended: Pod['status'] = {
  phase: 'Failed',
  containerStatuses: [
    {
      name: 'compute',
      ready: false,
      restartCount: 0,
      image: '',
      imageID: '',
      state: { terminated: { exitCode: 1, finishedAt: new Date(now - 30_000).toISOString() } },
    },
  ],
};
const waiting = (reason: string): Pod['status'] => ({
  phase: 'Pending',
  containerStatuses: [
    {
      name: 'compute',
      ready: false,
      restartCount: 0,
      image: '',
      imageID: '',
      state: { waiting: { reason } },
    },
  ],
});

function observe(
  instance: VirtualMachineInstance,
  pods: Pod[],
  options: { at?: number; ownerGone?: boolean } = {},
) {
  return observeInstance({
    instance,
    candidates: pods,
    ownerGone: options.ownerGone ?? false,
    launcherImage: 'launcher:1',
    now: options.at ?? now,
  });
}

const project = (...facts: Parameters<typeof observe>) => projectInstance(observe(...facts), undefined);
const placed = (status: Pod['status'], metadata = {}) => podOf(status, metadata, 'node-1');

// KubeVirt lifecycle, transition table: the rows of virt-controller.
const table: [string, VirtualMachineInstance, Pod[], string][] = [
  ['nothing yet', instanceOf({}), [], 'Pending'],
  ['a pod', instanceOf({ phase: 'Pending' }), [podOf()], 'Scheduling'],
  ['deleted before it had a pod', instanceOf({ phase: 'Pending' }, deleting), [], 'Failed'],
  ['the launcher runs', instanceOf({ phase: 'Scheduling' }), [placed(runningPod)], 'Scheduled'],
  ['the launcher runs at once', instanceOf({ phase: 'Pending' }), [placed(runningPod)], 'Scheduled'],
  [
    'the launcher runs but is unwanted',
    instanceOf({ phase: 'Scheduling' }, deleting),
    [placed(runningPod)],
    'Scheduling',
  ],
  ['the pod ended', instanceOf({ phase: 'Scheduling' }), [placed(ended)], 'Failed'],
  ['the pod is going', instanceOf({ phase: 'Scheduling' }), [placed(runningPod, deleting)], 'Failed'],
  ['the pod is gone', instanceOf({ phase: 'Scheduling' }), [], 'Failed'],
  ['handed over', instanceOf({ phase: 'Scheduled' }), [placed(runningPod)], 'Scheduled'],
  ['handed over, pod gone', instanceOf({ phase: 'Scheduled' }), [], 'Failed'],
  ['handed over, launcher ended 30 s ago', instanceOf({ phase: 'Scheduled' }), [placed(ended)], 'Failed'],
  ['running, pod gone', instanceOf({ phase: 'Running', nodeName: 'node-1' }), [], 'Failed'],
  [
    'running, pod of another node',
    instanceOf({ phase: 'Running', nodeName: 'node-2' }),
    [placed(runningPod)],
    'Failed',
  ],
  [
    'running, launcher just ended',
    instanceOf({ phase: 'Running', nodeName: 'node-1' }),
    [placed(ended)],
    'Running',
  ],
  ['succeeded', instanceOf({ phase: 'Succeeded' }), [], 'Succeeded'],
  ['failed, with a running pod', instanceOf({ phase: 'Failed' }), [placed(runningPod)], 'Failed'],
];

describe('phases of an instance', () => {
  it.each(table)('%s', (_what, instance, pods, phase) => {
    expect(project(instance, pods).status?.phase).toBe(phase);
  });

  it('does not wait for virt-handler longer than a minute after the launcher ended', () => {
    const instance = instanceOf({ phase: 'Running', nodeName: 'node-1' });
    expect(project(instance, [placed(ended)], { at: now + 30_000 }).status?.phase).toBe('Failed');
  });

  it('hands over everything that virt-handler needs at once', () => {
    const instance = instanceOf(
      { phase: 'Pending' },
      {},
      {
        networks: [{ name: 'default', pod: {} }],
        volumes: [{ name: 'root', containerDisk: { image: 'x' } }],
        domain: { devices: {} },
      },
    );
    const after = project(instance, [placed(runningPod)]);
    expect(after.metadata.labels).toEqual({ 'kubevirt.io/nodeName': 'node-1' });
    expect(after.status).toMatchObject({
      phase: 'Scheduled',
      nodeName: 'node-1',
      activePods: { 'pod-uid': 'node-1' },
      qosClass: 'Burstable',
      migrationTransport: 'Unix',
      launcherContainerImageVersion: 'launcher:1',
      memory: { memoryOverhead: '1000' },
      interfaces: [{ name: 'default', podInterfaceName: 'eth0' }],
      volumeStatus: [{ name: 'root', target: '' }],
    });
    expect(after.status?.phaseTransitionTimestamps).toEqual([
      { phase: 'Scheduling', phaseTransitionTimestamp: '2026-01-01T00:00:00Z' },
      { phase: 'Scheduled', phaseTransitionTimestamp: '2026-01-01T12:00:00Z' },
    ]);
  });

  it('lets go of a final instance without pods, and of one whose machine is gone', () => {
    const final = instanceOf({ phase: 'Succeeded' });
    expect(project(final, []).metadata.finalizers).toEqual(['kubevirt.io/virtualMachineControllerFinalize']);
    expect(project(final, [placed(ended)]).metadata.finalizers).toHaveLength(2);
    expect(project(final, [], { ownerGone: true }).metadata.finalizers).toEqual([]);
  });
});

describe('conditions of an instance', () => {
  const ready = (...facts: Parameters<typeof observe>) =>
    getCondition(project(...facts).status?.conditions, 'Ready');
  const podReady = { ...runningPod, conditions: [{ type: 'Ready', status: 'True' }] };

  it.each<[string, VirtualMachineInstance, Pod[], string | undefined]>([
    ['False', instanceOf({ phase: 'Pending' }), [], 'PodNotExists'],
    ['False', instanceOf({ phase: 'Running' }), [placed(podReady, deleting)], 'PodTerminating'],
    ['False', instanceOf({ phase: 'Scheduled' }), [placed(podReady)], 'GuestNotRunning'],
    ['False', instanceOf({ phase: 'Running' }), [placed(runningPod)], 'PodConditionMissing'],
    ['True', instanceOf({ phase: 'Running' }), [placed(podReady)], undefined],
  ])('Ready is %s', (status, instance, pods, reason) => {
    expect(ready(instance, pods)).toMatchObject({ status });
    expect(ready(instance, pods)?.reason).toBe(reason);
  });

  it.each(['ErrImagePull', 'ImagePullBackOff'])('tells %s of the pod', (reason) => {
    const after = project(instanceOf({ phase: 'Scheduling' }), [placed(waiting(reason))]);
    expect(getCondition(after.status?.conditions, 'Synchronized')).toMatchObject({ status: 'False', reason });
    const healed = project(after, [placed(runningPod)]);
    expect(getCondition(healed.status?.conditions, 'Synchronized')).toBeUndefined();
  });

  it('tells that the instance is to leave its node, until that is cancelled', () => {
    const pods = [placed(runningPod)];
    const after = project(instanceOf({ phase: 'Running', evacuationNodeName: 'node-1' }), pods);
    const condition = getCondition(after.status?.conditions, 'EvictionRequested');
    expect(condition).toMatchObject({ status: 'True', reason: 'EvictionRequested' });
    const cancelled = { ...after, status: { ...after.status, evacuationNodeName: '' } };
    expect(getCondition(project(cancelled, pods).status?.conditions, 'EvictionRequested')).toBeUndefined();
  });

  it('tells that no node fits, until one does', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'full' }];
    const after = project(instanceOf({ phase: 'Pending' }), [podOf({ phase: 'Pending', conditions })]);
    expect(getCondition(after.status?.conditions, 'PodScheduled')).toMatchObject({ reason: 'Unschedulable' });
    expect(
      getCondition(project(after, [placed(runningPod)]).status?.conditions, 'PodScheduled'),
    ).toBeUndefined();
  });
});

describe('the next step of an instance', () => {
  const unpaused = (status: string) => ({
    ...runningPod,
    conditions: [{ type: 'kubevirt.io/virtual-machine-unpaused', status }],
  });
  const paused = [{ type: 'Paused', status: 'True' }];
  const evicted = { annotations: { 'descheduler.alpha.kubernetes.io/eviction-in-progress': 'true' } };
  it.each<[string, VirtualMachineInstance, Pod[], string]>([
    ['pending without pod', instanceOf({ phase: 'Pending' }), [], 'create-pod'],
    ['pending with pod', instanceOf({ phase: 'Pending' }), [podOf()], 'none'],
    ['unmarked', instanceOf({}, { finalizers: [] }), [], 'mark-instance'],
    ['scheduling, pod gone', instanceOf({ phase: 'Scheduling' }), [], 'none'],
    ['deleted', instanceOf({ phase: 'Running' }, deleting), [placed(runningPod)], 'delete-pods'],
    [
      'deleted, pod going',
      instanceOf({ phase: 'Running' }, deleting),
      [placed(runningPod, deleting)],
      'none',
    ],
    ['running, gate closed', instanceOf(), [placed(runningPod)], 'set-unpaused'],
    ['running, gate open', instanceOf(), [placed(unpaused('True'))], 'none'],
    [
      'paused, gate open',
      instanceOf({ phase: 'Running', conditions: paused }),
      [placed(unpaused('True'))],
      'set-unpaused',
    ],
    [
      'paused, gate closed',
      instanceOf({ phase: 'Running', conditions: paused }),
      [placed(unpaused('False'))],
      'none',
    ],
    [
      'to be evacuated',
      instanceOf({ phase: 'Running', evacuationNodeName: 'node-1' }),
      [placed(unpaused('True'))],
      'mark-eviction',
    ],
    [
      'to be evacuated and marked',
      instanceOf({ phase: 'Running', evacuationNodeName: 'node-1' }),
      [placed(unpaused('True'), evicted)],
      'none',
    ],
    ['to stay again', instanceOf(), [placed(unpaused('True'), evicted)], 'mark-eviction'],
    ['final', instanceOf({ phase: 'Failed' }), [placed(ended)], 'none'],
  ])('%s', (_what, instance, pods, expected) => {
    expect(planInstance(observe(instance, pods)).kind).toBe(expected);
  });

  it('ignores pods that belong to a namesake of an earlier life', () => {
    const old = podOf(runningPod, {
      ownerReferences: [
        {
          apiVersion: 'kubevirt.io/v1',
          kind: 'VirtualMachineInstance',
          name: 'vm',
          uid: 'old',
          controller: true,
        },
      ],
    });
    expect(planInstance(observe(instanceOf({ phase: 'Pending' }), [old])).kind).toBe('create-pod');
  });
});
