import type { KubeVirt, KubeVirtSpec, VirtualMachineInstance } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { planWorkloadUpdate, type WorkloadObservation } from '../../src/workload-update/plan.ts';
import { instanceOf } from '../builders.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const current = 'virtkit.dev/virt-launcher:2';
const former = 'virtkit.dev/virt-launcher:1';

function kubeVirtOf(
  strategy: KubeVirtSpec['workloadUpdateStrategy'] = {},
  status: KubeVirt['status'] = {},
): KubeVirt {
  const deployed = { phase: 'Deployed', observedDeploymentID: 'a', targetDeploymentID: 'a' } as const;
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { name: 'kubevirt', namespace: 'kubevirt' },
    spec: { workloadUpdateStrategy: strategy },
    status: { ...deployed, ...status },
  };
}

function runningOn(
  image: string,
  name = 'vm',
  conditions: NonNullable<VirtualMachineInstance['status']>['conditions'] = [],
): VirtualMachineInstance {
  return instanceOf({ phase: 'Running', launcherContainerImageVersion: image, conditions }, { name });
}

function plan(observation: Partial<WorkloadObservation>) {
  return planWorkloadUpdate({
    kubeVirt: kubeVirtOf(),
    instances: [],
    launcherImage: current,
    lastBatchAt: undefined,
    now,
    ...observation,
  });
}

describe('workload updates (KubeVirt workload updater)', () => {
  it.each<[string, KubeVirt['status']]>([
    ['while it is deployed', { phase: 'Deploying' }],
    ['while it is updated', { targetDeploymentID: 'b' }],
    [
      'while nobody says what is installed',
      { observedDeploymentID: undefined, targetDeploymentID: undefined },
    ],
    ['while it is removed', { phase: 'Deleting' }],
  ])('leave machines alone %s', (_when, status) => {
    const kubeVirt = kubeVirtOf({ workloadUpdateMethods: ['Evict'] }, status);
    expect(plan({ kubeVirt, instances: [runningOn(former)] })).toEqual({ kind: 'wait' });
  });

  const condition = (type: string) => [{ type, status: 'True' }];
  it.each<[string, VirtualMachineInstance, number]>([
    ['runs on the launcher of now', runningOn(current), 0],
    ['runs on a former launcher', runningOn(former), 1],
    ['says nothing of its launcher', instanceOf({ phase: 'Running' }), 0],
    ['is not running yet', instanceOf({ phase: 'Scheduled', launcherContainerImageVersion: former }), 0],
    ['has ended', instanceOf({ phase: 'Succeeded', launcherContainerImageVersion: former }), 0],
    [
      'is being deleted',
      instanceOf(
        { phase: 'Running', launcherContainerImageVersion: former },
        { deletionTimestamp: '2026-01-01T00:00:00Z' },
      ),
      0,
    ],
    ['waits for more CPUs', runningOn(current, 'vm', condition('HotVCPUChange')), 1],
    ['waits for more memory', runningOn(current, 'vm', condition('HotMemoryChange')), 1],
    ['has to migrate', runningOn(current, 'vm', condition('MigrationRequired')), 1],
    ['waits for other volumes', runningOn(current, 'vm', condition('VolumesChange')), 1],
    ['is paused', runningOn(current, 'vm', condition('Paused')), 0],
  ])('count an instance that %s', (_which, instance, outdated) => {
    expect(plan({ instances: [instance] })).toEqual({
      kind: 'update',
      outdated,
      evict: [],
      nextBatchAt: undefined,
    });
  });

  const migratable = runningOn(former, 'migratable', condition('LiveMigratable'));
  const fixed = runningOn(former, 'fixed', [{ type: 'LiveMigratable', status: 'False' }]);
  it.each<[string[], string[]]>([
    [[], []],
    [['Evict'], ['migratable', 'fixed']],
    [['LiveMigrate'], []],
    [['LiveMigrate', 'Evict'], ['fixed']],
    [['Other'], []],
  ])('evict by the ways %j: %j', (workloadUpdateMethods, names) => {
    const found = plan({
      kubeVirt: kubeVirtOf({ workloadUpdateMethods }),
      instances: [migratable, fixed, runningOn(current, 'new')],
    });
    expect(found).toMatchObject({ kind: 'update', outdated: 2 });
    if (found.kind === 'update') expect(found.evict.map(({ metadata }) => metadata.name)).toEqual(names);
  });

  const many = Array.from({ length: 25 }, (_, index) => runningOn(former, `vm-${index}`));
  const evict = { workloadUpdateMethods: ['Evict'] };
  it.each<[KubeVirtSpec['workloadUpdateStrategy'], number | undefined, number, number | undefined]>([
    [evict, undefined, 10, now + 60_000],
    [evict, now - 60_000, 10, now + 60_000],
    [evict, now - 59_999, 0, now + 1],
    [{ ...evict, batchEvictionSize: 3, batchEvictionInterval: '90s' }, now - 89_000, 0, now + 1_000],
    [{ ...evict, batchEvictionSize: 3, batchEvictionInterval: '1m30s' }, now - 90_000, 3, now + 90_000],
    [{ ...evict, batchEvictionSize: 25 }, undefined, 25, undefined],
    [{ ...evict, batchEvictionSize: 0 }, undefined, 0, now + 60_000],
  ])('go in batches: %j, the last one at %s', (strategy, lastBatchAt, count, nextBatchAt) => {
    const found = plan({ kubeVirt: kubeVirtOf(strategy), instances: many, lastBatchAt });
    expect(found).toMatchObject({ kind: 'update', outdated: 25, nextBatchAt });
    expect(found.kind === 'update' ? found.evict : []).toHaveLength(count);
  });

  it('refuse an interval that is none', () => {
    const kubeVirt = kubeVirtOf({ ...evict, batchEvictionInterval: 'soon' });
    expect(() => plan({ kubeVirt, instances: many })).toThrow(
      expect.objectContaining({ code: 'InvalidDuration' }) as Error,
    );
  });
});
