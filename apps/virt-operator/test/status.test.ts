import { describe, expect, test } from 'vitest';
import type { Condition, KubeVirt, KubeVirtStatus } from '@virtkit/core-types';
import { isActive } from '../src/status/active.ts';
import { conditionsIn, type Situation } from '../src/status/conditions.ts';
import { projectStatus } from '../src/status/project.ts';

const now = Date.parse('2026-01-02T03:04:05Z');
const table = (conditions: readonly Condition[]): Record<string, string> =>
  Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));

describe('conditions', () => {
  const created: Condition[] = [
    { type: 'Created', status: 'True', reason: 'AllResourcesCreated' },
    { type: 'Synchronized', status: 'False', reason: 'DeploymentFailed' },
  ];
  test.each<[Situation, Record<string, string>]>([
    [
      { kind: 'deploying', version: '1', registry: 'r' },
      {
        Available: 'False DeploymentInProgress',
        Progressing: 'True DeploymentInProgress',
        Degraded: 'False DeploymentInProgress',
      },
    ],
    [
      { kind: 'updating', from: '1', to: '2' },
      {
        Available: 'True UpdateInProgress',
        Progressing: 'True UpdateInProgress',
        Degraded: 'True UpdateInProgress',
      },
    ],
    [{ kind: 'created' }, { Created: 'True AllResourcesCreated', Synchronized: 'False DeploymentFailed' }],
    [
      { kind: 'ready' },
      {
        Created: 'True AllResourcesCreated',
        Available: 'True AllComponentsReady',
        Progressing: 'False AllComponentsReady',
        Degraded: 'False AllComponentsReady',
      },
    ],
    [
      { kind: 'failed', error: 'no' },
      {
        Created: 'True AllResourcesCreated',
        Available: 'False DeploymentFailed',
        Progressing: 'False DeploymentFailed',
        Degraded: 'True DeploymentFailed',
        Synchronized: 'False DeploymentFailed',
      },
    ],
    [
      { kind: 'other-installation' },
      { Created: 'True AllResourcesCreated', Synchronized: 'False ExistingDeployment' },
    ],
    [
      { kind: 'deleting' },
      {
        Available: 'False DeletionInProgress',
        Progressing: 'False DeletionInProgress',
        Degraded: 'True DeletionInProgress',
      },
    ],
    [
      { kind: 'deletion-failed', error: 'no' },
      { Created: 'True AllResourcesCreated', Synchronized: 'False DeletionFailed' },
    ],
  ])('when $kind', (situation, expected) => {
    expect(table(conditionsIn(created, situation, now))).toEqual(expected);
  });

  test('times change only with what a condition says', () => {
    const first = conditionsIn([], { kind: 'ready' }, now);
    expect(first.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(
      Array(3).fill('2026-01-02T03:04:05Z'),
    );
    expect(conditionsIn(first, { kind: 'ready' }, now + 5000)).toEqual(first);
    const failed = conditionsIn(first, { kind: 'failed', error: 'a' }, now + 5000);
    const again = conditionsIn(failed, { kind: 'failed', error: 'b' }, now + 9000);
    expect(again.map(({ lastProbeTime }) => lastProbeTime)).toEqual(Array(4).fill('2026-01-02T03:04:14Z'));
  });
});

describe('the status', () => {
  const target = {
    operatorVersion: '2',
    targetKubeVirtVersion: '2',
    targetKubeVirtRegistry: 'r',
    targetDeploymentID: 'new',
    targetDeploymentConfig: '{}',
  };
  const project = (status: KubeVirtStatus, progress: { created: boolean; ready: boolean }): KubeVirtStatus =>
    projectStatus(
      { metadata: { name: 'kubevirt', generation: 7 }, spec: {}, status },
      { target, architecture: 'amd64', ...progress },
      now,
    );

  test('of a first installation', () => {
    const begun = project({}, { created: false, ready: false });
    expect(begun).toMatchObject({ ...target, phase: 'Deploying', defaultArchitecture: 'amd64' });
    expect(begun).not.toHaveProperty('observedKubeVirtVersion');
    const written = project(begun, { created: true, ready: false });
    expect(table(written.conditions!)).toMatchObject({
      Created: 'True AllResourcesCreated',
      Available: 'False DeploymentInProgress',
    });
    const done = project(written, { created: true, ready: true });
    expect(done).toMatchObject({
      phase: 'Deployed',
      observedKubeVirtVersion: '2',
      observedKubeVirtRegistry: 'r',
      observedDeploymentID: 'new',
      observedDeploymentConfig: '{}',
      observedGeneration: 7,
    });
  });

  test('while something else is rolled out, what runs is told until the end', () => {
    const before: KubeVirtStatus = {
      phase: 'Deployed',
      observedDeploymentID: 'old',
      observedKubeVirtVersion: '1',
    };
    const status = project(before, { created: false, ready: false });
    expect(status).toMatchObject({
      phase: 'Deployed',
      observedDeploymentID: 'old',
      targetDeploymentID: 'new',
    });
    expect(status.conditions?.[0]?.message).toContain('previous version 1 to target version 2');
    expect(table(status.conditions!)).toMatchObject({ Available: 'True UpdateInProgress' });
  });

  test('what was decided about guests stays', () => {
    expect(
      project({ defaultArchitecture: 'arm64' }, { created: true, ready: true }).defaultArchitecture,
    ).toBe('arm64');
  });
});

describe('the object that an operator acts for', () => {
  const kubeVirt = (name: string, namespace: string, created: string): KubeVirt => ({
    metadata: { name, namespace, uid: `${namespace}/${name}`, creationTimestamp: created },
    spec: {},
  });
  const first = kubeVirt('b', 'kubevirt', '2026-01-01T00:00:00Z');
  const second = kubeVirt('a', 'kubevirt', '2026-01-02T00:00:00Z');
  const elsewhere = kubeVirt('c', 'other', '2025-01-01T00:00:00Z');

  test('is the oldest of its own namespace', () => {
    const all = [second, elsewhere, first];
    expect(all.map((one) => isActive(one, all, 'kubevirt'))).toEqual([false, false, true]);
    expect(isActive(elsewhere, [elsewhere], 'kubevirt')).toBe(false);
  });
});
