import { describe, expect, test } from 'vitest';
import { silentLogger } from '@virtkit/controllers/runtime';
import type { ConfigMap, KubernetesObject, KubeVirt } from '@virtkit/core-types';
import { certificateDefinitions, installStrategy } from '@virtkit/install';
import { unlabelled } from '../src/deletion/nodes.ts';
import { planDeletion, type DeletionStep } from '../src/deletion/plan.ts';
import { stayTrusted } from '../src/deletion/stay-trusted.ts';
import { idOf, type ObjectId } from '../src/observe/managed-kinds.ts';
import { settingsFrom } from '../src/settings.ts';
import { smallTarget } from './small-target.ts';

const instances = 'customresourcecleanup.apiextensions.k8s.io';
const own = 'kubevirt.io/virtOperatorFinalizer';

function definition(name: string, finalizers: string[], deleting = false): KubernetesObject {
  return {
    kind: 'CustomResourceDefinition',
    metadata: { name, finalizers, ...(deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
  };
}

function plan(...objects: KubernetesObject[]): [DeletionStep['kind'], ...string[]] {
  const step = planDeletion(new Map(objects.map((object) => [idOf(object), object])));
  const touched = 'definitions' in step ? step.definitions : 'objects' in step ? step.objects : [];
  return [step.kind, ...touched.map(({ metadata }) => metadata.name ?? '')];
}

describe('deletion', () => {
  const service: KubernetesObject = { kind: 'Service', metadata: { name: 'service' } };
  const daemonSet: KubernetesObject = { kind: 'DaemonSet', metadata: { name: 'handler' } };
  const webhook: KubernetesObject = { kind: 'ValidatingWebhookConfiguration', metadata: { name: 'webhook' } };
  const going = (object: KubernetesObject): KubernetesObject => ({
    ...object,
    metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
  });

  test.each<[string, KubernetesObject[], ReturnType<typeof plan>]>([
    ['kinds are held first', [definition('a', []), definition('b', [own]), service], ['hold', 'a']],
    ['then deleted', [definition('a', [own]), definition('b', [own], true), service], ['delete', 'a']],
    [
      'kept while objects of any are left',
      [definition('a', [own], true), definition('b', [own, instances], true), service],
      ['wait'],
    ],
    ['let go together', [definition('a', [own], true), definition('b', [own], true)], ['release', 'a', 'b']],
    [
      'then what leads to the programs, and the programs',
      [service, daemonSet, webhook],
      ['delete', 'webhook', 'handler'],
    ],
    ['which are waited for', [service, going(daemonSet)], ['wait']],
    ['then what they needed', [service], ['delete', 'service']],
    ['then nothing is left', [], ['gone']],
  ])('%s', (_name, objects, expected) => {
    expect(plan(...objects)).toEqual(expected);
  });
});

describe('certificates of a deletion that waits', () => {
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  const crd = definition('a', [own, instances], true);
  const service: KubernetesObject = { kind: 'Service', metadata: { name: 'service' } };
  const deployment: KubernetesObject = { kind: 'Deployment', metadata: { name: 'virt-api' } };
  const ending = { ...deployment, metadata: { name: 'virt-api', deletionTimestamp } };
  const goingSecret: KubernetesObject = { kind: 'Secret', metadata: { name: 's', deletionTimestamp } };

  test.each<[string, KubernetesObject[], boolean]>([
    ['machines end under programs that run', [crd, deployment, service], true],
    ['somebody holds a kind', [definition('a', ['theirs'], true), deployment], true],
    ['programs end', [ending, service], true],
    ['machines are left and no program', [crd, service], false],
    ['what programs needed goes', [goingSecret], false],
  ])('are needed or not: %s', (_name, objects, programsRun) => {
    const step = planDeletion(new Map(objects.map((object) => [idOf(object), object])));
    expect(step).toMatchObject({ kind: 'wait', programsRun });
  });

  test('are renewed, and the API server is told whom to trust', async () => {
    const { namespace, cluster } = smallTarget;
    const strategy = installStrategy(smallTarget);
    const [leaving, ...registrations] = [...strategy.webhooks, ...strategy.apiServices];
    const managed = new Map<ObjectId, KubernetesObject>();
    const store = (object: KubernetesObject): void => void managed.set(idOf(object), object);
    store({ ...leaving!, metadata: { ...leaving!.metadata, deletionTimestamp } });
    for (const { metadata, ...object } of registrations)
      store({ ...object, metadata: { ...metadata, uid: 'u', resourceVersion: '1', finalizers: ['theirs'] } });

    const written: KubernetesObject[] = [];
    const writer = {
      apply: async (object: KubernetesObject): Promise<KubernetesObject> => {
        written.push(object);
        store(object);
        return object;
      },
    };
    const kubeVirt: KubeVirt = { metadata: { name: 'kubevirt', namespace, deletionTimestamp }, spec: {} };
    const settings = settingsFrom({}, { namespace, version: '1.0.0' });
    const hour = 3_600_000;
    // A day, renewed when a fifth is left.
    const dueMs = 69_120_000;
    const start = Math.floor(Date.now() / 1000) * 1000;
    /** A pass at a time. @returns what it wrote, by kind, and after how many milliseconds the next one comes */
    const pass = async (now: number): Promise<[string[], number | undefined]> => {
      written.length = 0;
      const observation = {
        kubeVirts: [kubeVirt],
        managed,
        externalAuthorities: undefined,
        cluster,
        now,
      };
      const action = await stayTrusted({ kubeVirt, observation, settings, logger: silentLogger, writer });
      return [written.map(({ kind = '' }) => kind), action.kind === 'requeue' ? action.afterMs : undefined];
    };
    const secrets = certificateDefinitions(namespace).map(() => 'Secret');
    const trusting = registrations.map(({ kind = '' }) => kind);

    expect(await pass(start)).toEqual([['Secret', 'ConfigMap', ...secrets, ...trusting], dueMs]);
    const told = written.slice(-trusting.length);
    for (const { metadata } of told)
      expect(Object.keys(metadata).toSorted()).toEqual(['annotations', 'labels', 'name']);
    const bundle = managed.get(`ConfigMap/${namespace}/kubevirt-ca`) as ConfigMap;
    const caBundle = Buffer.from(bundle.data?.['ca-bundle'] ?? '').toString('base64');
    for (const object of told) expect(JSON.stringify(object)).toContain(`"caBundle":"${caBundle}"`);

    expect(await pass(start + hour)).toEqual([[], dueMs - hour]);
    expect((await pass(start + dueMs))[0]).toEqual(secrets);
  });
});

test('nodes lose what node agents wrote on them, and nothing else', () => {
  const metadata = {
    name: 'node',
    labels: { 'kubevirt.io/schedulable': 'true', 'virtkit.dev/hypervisor.mock': 'true', zone: 'a' },
    annotations: { 'kubevirt.io/heartbeat': 'now', other: 'b' },
  };
  expect(unlabelled({ metadata })).toEqual({
    metadata: {
      labels: { 'kubevirt.io/schedulable': null, 'virtkit.dev/hypervisor.mock': null },
      annotations: { 'kubevirt.io/heartbeat': null },
    },
  });
  expect(unlabelled({ metadata: { name: 'other', labels: { zone: 'a' } } })).toBeUndefined();
});
