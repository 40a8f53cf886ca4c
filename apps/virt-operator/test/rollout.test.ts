import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '@virtkit/core-types';
import { installStrategy, type DaemonSet, type Deployment } from '@virtkit/install';
import { idOf, type ObjectId } from '../src/observe/managed-kinds.ts';
import { isAsDesired } from '../src/rollout/difference.ts';
import { orphans } from '../src/rollout/orphans.ts';
import { rolloutPath, type RolloutPathStatus } from '../src/rollout/path.ts';
import { handlerRollingUpdate, isRolledOut } from '../src/rollout/readiness.ts';
import { nextStep, stagesOf, type RolloutPath, type RolloutStep } from '../src/rollout/stages.ts';
import { smallTarget } from './small-target.ts';

describe('whether an object is as desired', () => {
  test.each<[string, unknown, unknown, boolean]>([
    ['equal', { a: 1 }, { a: 1 }, true],
    ['with more than desired', { a: 1, b: 2 }, { a: 1 }, true],
    ['with another value', { a: 2 }, { a: 1 }, false],
    ['without a value', {}, { a: 1 }, false],
    ['not there', undefined, { a: 1 }, false],
    ['lists of one length', [1, 2], [1, 2], true],
    ['a longer list', [1, 2], [1], false],
    ['another order', [2, 1], [1, 2], false],
    ['items with more', [{ a: 1, b: 2 }], [{ a: 1 }], true],
    [
      'empty things that the server leaves out',
      {},
      { a: [], b: {}, c: '', d: false, e: 0, f: { g: [] } },
      true,
    ],
    ['a switch that somebody turned', { a: true }, { a: false }, false],
    ['what is not said', { a: 1 }, { a: undefined }, true],
  ])('%s', (_name, stored, desired, expected) => {
    expect(isAsDesired(stored, desired)).toBe(expected);
  });
});

describe('whether a workload is rolled out', () => {
  const deployment = (status: Deployment['status'], generation = 2) =>
    ({ kind: 'Deployment', metadata: { generation }, status }) as KubernetesObject;
  const daemonSet = (status: DaemonSet['status'], generation = 2) =>
    ({ kind: 'DaemonSet', metadata: { generation }, status }) as KubernetesObject;
  const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 1 };
  const all = { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 3 };

  test.each<[string, KubernetesObject | undefined, boolean]>([
    ['one of two replicas is ready', deployment(done), true],
    ['the spec is newer than what was seen', deployment(done, 3), false],
    ['an old replica is left', deployment({ ...done, replicas: 3 }), false],
    ['nothing is ready', deployment({ ...done, readyReplicas: 0 }), false],
    ['there are no replicas', deployment({ observedGeneration: 2 }), false],
    ['nothing is known', deployment(undefined), false],
    ['every node is served', daemonSet(all), true],
    ['a node is not ready', daemonSet({ ...all, numberReady: 2 }), false],
    ['a node has the old one', daemonSet({ ...all, updatedNumberScheduled: 2 }), false],
    ['there is no node', daemonSet({ observedGeneration: 2 }), false],
    ['a Service is there', { kind: 'Service', metadata: {} }, true],
    ['it is not there', undefined, false],
  ])('%s', (_name, object, expected) => {
    expect(isRolledOut(object)).toBe(expected);
  });

  const handler = (image: string, maxUnavailable?: number | string): DaemonSet => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { generation: 2 },
    spec: {
      selector: {},
      template: { spec: { containers: [{ name: 'virt-handler', image }] } },
      ...(maxUnavailable !== undefined && {
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } },
      }),
    },
  });
  test.each<[string, DaemonSet['status'], number | string]>([
    ['nothing is known', undefined, 1],
    ['the first is being replaced', { ...all, updatedNumberScheduled: 1 }, 1],
    ['the first is ready', { ...all, updatedNumberScheduled: 2 }, '10%'],
    ['all are replaced', all, 1],
  ])('how many node agents may be down when %s', (_name, status, expected) => {
    const stored = { ...handler('new'), ...(status && { status }) };
    expect(handlerRollingUpdate(stored, handler('new'))).toEqual({ maxUnavailable: expected });
  });

  test.each<[string, DaemonSet['status'], number | string]>([
    ['the first is being replaced', { ...all, updatedNumberScheduled: 1 }, 1],
    ['the first is ready', { ...all, updatedNumberScheduled: 2 }, '50%'],
    ['all are replaced', all, '50%'],
    ['there are no nodes', { observedGeneration: 2 }, '50%'],
  ])('as many as somebody asked for may be down, but for the first: %s', (_name, status, expected) => {
    const stored = { ...handler('new', 1), ...(status && { status }) };
    expect(handlerRollingUpdate(stored, handler('new', '50%'))).toEqual({ maxUnavailable: expected });
    expect(handlerRollingUpdate(stored, handler('newer', '50%'))).toEqual({ maxUnavailable: 1 });
    expect(handlerRollingUpdate(undefined, handler('new', '50%'))).toEqual({ maxUnavailable: '50%' });
  });

  test('how many may be down stays while the cluster has not seen it', () => {
    const underWay = { ...all, observedGeneration: 1, updatedNumberScheduled: 2 };
    for (const chosen of [1, '10%']) {
      const stored = { ...handler('new', chosen), status: underWay };
      expect(handlerRollingUpdate(stored, handler('new'))).toEqual({ maxUnavailable: chosen });
    }
  });

  test('one goes first again when something else is to be rolled out meanwhile', () => {
    const underWay = { ...all, updatedNumberScheduled: 2 };
    const stored = { ...handler('new', '10%'), status: underWay };
    expect(handlerRollingUpdate(stored, handler('newer'))).toEqual({ maxUnavailable: 1 });
    expect(handlerRollingUpdate(undefined, handler('newer'))).toEqual({ maxUnavailable: 1 });
  });
});

describe('the path', () => {
  test.each<[string | undefined, string, RolloutPath]>([
    [undefined, '1.0.0', 'create'],
    ['', '1.0.0', 'create'],
    ['1.0.0', '1.0.1', 'update'],
    ['1.9.0', '1.10.0', 'update'],
    ['1.0.0', '1.0.0', 'create'],
    ['1.1.0', '1.0.0', 'create'],
    ['v1.0.0-rc.1', 'v1.0.0', 'update'],
    ['1.0.0', '1.0.0-rc.1', 'create'],
    ['1.0.0-rc.2', '1.0.0-rc.10', 'update'],
    ['1.0.0-alpha', '1.0.0-alpha.1', 'update'],
    ['1.0.0-1', '1.0.0-a', 'update'],
    ['latest', '1.0.0', 'update'],
    ['1.0.0', 'sha256:abc', 'update'],
  ])('from %s to %s', (from, to, expected) => {
    const status: RolloutPathStatus = from === undefined ? {} : { observedKubeVirtVersion: from };
    expect(rolloutPath(status, to)).toBe(expected);
  });
});

/** Makes every workload of a step ready, as the controllers of Kubernetes and the kubelet would. */
function running(object: KubernetesObject): KubernetesObject {
  if (object.kind === 'Deployment') {
    const { replicas = 1 } = (object as Deployment).spec;
    return {
      ...object,
      status: { replicas, updatedReplicas: replicas, readyReplicas: replicas },
    } as KubernetesObject;
  }
  if (object.kind === 'DaemonSet') {
    const status = { desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberReady: 1 };
    return { ...object, status } as KubernetesObject;
  }
  return object;
}

describe('the order', () => {
  const strategy = installStrategy(smallTarget);

  /** Every step of a rollout; whatever is waited for comes to run. */
  function steps(path: RolloutPath): string[] {
    const managed = new Map<ObjectId, KubernetesObject>();
    const told: string[] = [];
    for (let step: RolloutStep | undefined; step?.kind !== 'done';) {
      step = nextStep(stagesOf(strategy, { bundle: 'pem', path, managed }), managed, new Set());
      if (step.kind === 'write') {
        told.push(`write ${step.stage}`);
        for (const object of step.objects) managed.set(idOf(object), object);
      } else if (step.kind === 'wait') {
        told.push(`wait for ${step.for.join(', ')}${step.allWritten ? ', everything is written' : ''}`);
        for (const [id, object] of managed)
          if (step.for.includes(object.metadata.name ?? '')) managed.set(id, running(object));
      }
    }
    return told;
  }

  test.each<[string, object, object]>([
    [
      'a number is there when all is done',
      { rollingUpdate: { maxUnavailable: '30%' } },
      { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '30%' } },
    ],
    [
      'and everything else about it',
      { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    ],
    ['another way to update is not changed', { type: 'OnDelete', rollingUpdate: null }, { type: 'OnDelete' }],
  ])('of node agents as patched: %s', (_name, updateStrategy, expected) => {
    const patch = JSON.stringify({ spec: { updateStrategy } });
    const customizeComponents = {
      patches: [{ resourceType: 'DaemonSet', resourceName: 'virt-handler', type: 'merge' as const, patch }],
    };
    const patched = installStrategy({ ...smallTarget, spec: { customizeComponents } });
    const stored = running({ ...patched.handler, metadata: { ...patched.handler.metadata, generation: 0 } });
    const managed = new Map([[idOf(patched.handler), stored]]);
    const stages = stagesOf(patched, { bundle: 'pem', path: 'update', managed });
    const [written] = stages.find(({ name }) => name === 'virt-handler')!.objects;
    expect((written as DaemonSet).spec.updateStrategy).toEqual(expected);
  });

  test('of a creation: virt-api first', () => {
    expect(steps('create')).toEqual([
      'write foundations',
      'write virt-api',
      'wait for virt-api',
      'write controllers and node agents',
      'wait for virt-controller, virt-handler, everything is written',
    ]);
  });

  test('of an update: node agents first, virt-api last', () => {
    expect(steps('update')).toEqual([
      'write foundations',
      'write virt-handler',
      'wait for virt-handler',
      'write virt-controller',
      'wait for virt-controller',
      'write virt-api',
      'wait for virt-api, everything is written',
    ]);
  });

  test('webhooks are there before the kinds that they guard, bindings before their policies', () => {
    const [foundations] = stagesOf(strategy, { bundle: 'pem', path: 'create', managed: new Map() });
    const kinds = foundations!.objects.map(({ kind }) => kind);
    const order = ['MutatingWebhookConfiguration', 'CustomResourceDefinition', 'APIService'];
    expect(order.map((kind) => kinds.indexOf(kind))).toEqual(
      order.map((kind) => kinds.indexOf(kind)).sort((a, b) => a - b),
    );
    expect(kinds.lastIndexOf('ValidatingWebhookConfiguration')).toBeLessThan(
      kinds.indexOf('CustomResourceDefinition'),
    );
    expect(kinds.lastIndexOf('ValidatingAdmissionPolicyBinding')).toBeLessThan(
      kinds.indexOf('ValidatingAdmissionPolicy'),
    );
  });

  test('everything that the API server calls is checked by the authorities', () => {
    const [foundations] = stagesOf(strategy, { bundle: 'pem', path: 'create', managed: new Map() });
    const caBundle = Buffer.from('pem').toString('base64');
    const called = foundations!.objects.filter(({ kind = '' }) => /Webhook|APIService/.test(kind));
    expect(called).toHaveLength(5);
    for (const object of called) expect(JSON.stringify(object)).toContain(`"caBundle":"${caBundle}"`);
  });

  test('what was written in this pass is not written again, whatever the server made of it', () => {
    const stages = stagesOf(strategy, { bundle: 'pem', path: 'create', managed: new Map() });
    const written = new Set(stages[0]!.objects.map(idOf));
    expect(nextStep(stages, new Map(), written)).toMatchObject({ kind: 'write', stage: 'virt-api' });
  });

  test('what an earlier installation needed and this one does not goes, registrations first', () => {
    const stages = stagesOf(strategy, { bundle: 'pem', path: 'create', managed: new Map() });
    const old = (
      kind: string,
      name: string,
      annotations: Record<string, string> = marked,
    ): KubernetesObject => ({
      kind,
      metadata: { name, annotations },
    });
    const marked = { 'kubevirt.io/install-strategy-identifier': 'before' };
    const objects = [
      ...stages.flatMap((stage) => stage.objects),
      old('Service', 'old'),
      old('APIService', 'v0.old'),
      old('Service', 'somebody-else', {}),
      { kind: 'Service', metadata: { name: 'going', annotations: marked, deletionTimestamp: 'now' } },
    ];
    const managed = new Map(objects.map((object) => [idOf(object), object]));
    expect(orphans(stages, managed).map(({ metadata }) => metadata.name)).toEqual(['v0.old', 'old']);
  });
});
