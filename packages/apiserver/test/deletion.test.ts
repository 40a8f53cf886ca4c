import { describe, expect, test } from 'vitest';
import { eventually } from './support/client.ts';
import { CONFIGMAPS, configMap, pod, PODS, widget, widgetDefinition, WIDGETS } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const { client } = await startPlane({ crds: [widgetDefinition()] });

async function gone(path: string): Promise<void> {
  await eventually(`${path} is gone`, async () => (await client.get(path)).status === 404);
}

async function ownedBy(
  owner: { apiVersion: string; kind: string; metadata: { name: string; uid: string } },
  name: string,
  more = {},
) {
  const { apiVersion, kind, metadata } = owner;
  const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid, ...more };
  return (await client.post(CONFIGMAPS, configMap(name, {}, { ownerReferences: [reference] }))).body;
}

describe('deletion', () => {
  test('without obstacles an object is gone at once', async () => {
    const { body } = await client.post(CONFIGMAPS, configMap('plain'));
    const reply = await client.delete(`${CONFIGMAPS}/plain`);
    expect(reply.body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'plain', uid: body.metadata.uid },
    });
    expect((await client.get(`${CONFIGMAPS}/plain`)).status).toBe(404);
  });

  test('a finalizer holds the object; none can be added; the update that removes the last one deletes it', async () => {
    await client.post(WIDGETS, widget('held', { size: 1 }, { finalizers: ['example.com/hold'] }));
    const marked = await client.delete(`${WIDGETS}/held`);
    expect(marked.body.metadata).toMatchObject({ deletionGracePeriodSeconds: 0, generation: 2 });
    expect(marked.body.metadata.deletionTimestamp).toBeTruthy();
    const revision = (await client.delete(`${WIDGETS}/held`)).body.metadata.resourceVersion;
    expect(revision).toBe(marked.body.metadata.resourceVersion);
    const added = await client.merge(`${WIDGETS}/held`, {
      metadata: { finalizers: ['example.com/hold', 'example.com/more'] },
    });
    expect(added.body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'metadata.finalizers', reason: 'FieldValueForbidden' }] },
    });
    expect((await client.merge(`${WIDGETS}/held`, { metadata: { finalizers: null } })).status).toBe(200);
    expect((await client.get(`${WIDGETS}/held`)).status).toBe(404);
  });

  test('preconditions are checked', async () => {
    const { body } = await client.post(CONFIGMAPS, configMap('pre'));
    expect((await client.delete(`${CONFIGMAPS}/pre`, { preconditions: { uid: 'other' } })).status).toBe(409);
    expect(
      (await client.delete(`${CONFIGMAPS}/pre`, { preconditions: { resourceVersion: '1' } })).status,
    ).toBe(409);
    expect(
      (await client.delete(`${CONFIGMAPS}/pre`, { preconditions: { uid: body.metadata.uid } })).status,
    ).toBe(200);
  });

  test('with a body, the parameters in the query do not count, as in Kubernetes', async () => {
    await client.post(CONFIGMAPS, configMap('both'));
    const path = `${CONFIGMAPS}/both?dryRun=All`;
    expect((await client.delete(path, { kind: 'DeleteOptions', apiVersion: 'v1' })).status).toBe(200);
    expect((await client.get(`${CONFIGMAPS}/both`)).status).toBe(404);
  });

  test('deletecollection honours selectors', async () => {
    for (const [name, set] of [
      ['dc1', 'x'],
      ['dc2', 'x'],
      ['dc3', 'y'],
    ] as const)
      await client.post(CONFIGMAPS, configMap(name, {}, { labels: { set } }));
    expect((await client.delete(`${CONFIGMAPS}?labelSelector=set%3Dx`)).status).toBe(200);
    expect(
      (await client.get(`${CONFIGMAPS}?labelSelector=set`)).body.items.map(
        (i: { metadata: { name: string } }) => i.metadata.name,
      ),
    ).toEqual(['dc3']);
  });
});

describe('graceful deletion of pods', () => {
  test('an unscheduled pod is gone at once', async () => {
    await client.post(PODS, pod('free'));
    await client.delete(`${PODS}/free`);
    expect((await client.get(`${PODS}/free`)).status).toBe(404);
  });

  test('a bound pod waits for its node, which deletes it with grace 0; a shorter grace shortens', async () => {
    await client.post(PODS, pod('bound'));
    const binding = await client.post(`${PODS}/bound/binding`, {
      metadata: { name: 'bound' },
      target: { kind: 'Node', name: 'n1' },
    });
    expect(binding.status).toBe(201);
    expect((await client.get(`${PODS}/bound`)).body).toMatchObject({
      spec: { nodeName: 'n1' },
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    expect(
      (await client.post(`${PODS}/bound/binding`, { metadata: { name: 'bound' }, target: { name: 'n2' } }))
        .status,
    ).toBe(409);
    expect((await client.delete(`${PODS}/bound`)).body.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(
      (await client.delete(`${PODS}/bound?gracePeriodSeconds=5`)).body.metadata.deletionGracePeriodSeconds,
    ).toBe(5);
    expect(
      (await client.delete(`${PODS}/bound?gracePeriodSeconds=60`)).body.metadata.deletionGracePeriodSeconds,
    ).toBe(5);
    const last = await client.delete(`${PODS}/bound`, { gracePeriodSeconds: 0 });
    expect(last.body).toMatchObject({ kind: 'Pod', metadata: { deletionGracePeriodSeconds: 0 } });
    expect((await client.get(`${PODS}/bound`)).status).toBe(404);
  });

  test('a finished pod is gone at once', async () => {
    await client.post(PODS, pod('done', { nodeName: 'n1' }));
    await client.merge(`${PODS}/done/status`, { status: { phase: 'Succeeded' } });
    await client.delete(`${PODS}/done`);
    expect((await client.get(`${PODS}/done`)).status).toBe(404);
  });
});

test('an eviction obeys the disruption budget', async () => {
  const budget = {
    metadata: { name: 'one-stays' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'db' } } },
  };
  await client.post('/apis/policy/v1/namespaces/default/poddisruptionbudgets', budget);
  const ready = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  for (const name of ['db1', 'db2']) {
    await client.post(PODS, pod(name, { nodeName: 'n1' }, { labels: { app: 'db' } }));
    await client.merge(`${PODS}/${name}/status`, ready);
  }
  const evict = (name: string) =>
    client.post(`${PODS}/${name}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name },
    });
  expect((await evict('db1')).status).toBe(201);
  expect((await client.get(`${PODS}/db1`)).body.metadata.deletionTimestamp).toBeTruthy();
  expect((await evict('db2')).body).toMatchObject({
    code: 429,
    details: { causes: [{ reason: 'DisruptionBudget' }] },
  });
});

describe('garbage collection', () => {
  test('background: dependents follow their owner, those with another owner stay', async () => {
    const owner = (await client.post(WIDGETS, widget('owner'))).body;
    const other = (await client.post(WIDGETS, widget('other'))).body;
    await ownedBy(owner, 'dependent');
    const shared = await ownedBy(owner, 'shared');
    await client.merge(`${CONFIGMAPS}/shared`, {
      metadata: {
        ownerReferences: [
          ...shared.metadata.ownerReferences,
          { apiVersion: 'example.com/v1', kind: 'Widget', name: 'other', uid: other.metadata.uid },
        ],
      },
    });
    await client.delete(`${WIDGETS}/owner`);
    await gone(`${CONFIGMAPS}/dependent`);
    const left = await eventually('the reference is dropped', async () => {
      const { body } = await client.get(`${CONFIGMAPS}/shared`);
      return body.metadata.ownerReferences.length === 1 && body;
    });
    expect(left.metadata.ownerReferences[0]?.uid).toBe(other.metadata.uid);
  });

  test('foreground: the owner goes after its blocking dependents', async () => {
    const owner = (await client.post(WIDGETS, widget('fg'))).body;
    await ownedBy(owner, 'fg-dependent', { blockOwnerDeletion: true });
    await client.merge(`${CONFIGMAPS}/fg-dependent`, { metadata: { finalizers: ['example.com/slow'] } });
    const marked = await client.delete(`${WIDGETS}/fg`, { propagationPolicy: 'Foreground' });
    expect(marked.status).toBe(200);
    expect(marked.body.metadata.finalizers).toEqual(['foregroundDeletion']);
    await eventually(
      'the dependent is being deleted',
      async () => (await client.get(`${CONFIGMAPS}/fg-dependent`)).body.metadata.deletionTimestamp,
    );
    expect((await client.get(`${WIDGETS}/fg`)).status).toBe(200);
    await client.merge(`${CONFIGMAPS}/fg-dependent`, { metadata: { finalizers: null } });
    await gone(`${WIDGETS}/fg`);
  });

  test('orphan: dependents stay and lose the reference', async () => {
    const owner = (await client.post(WIDGETS, widget('leaving'))).body;
    await ownedBy(owner, 'left-behind');
    await client.delete(`${WIDGETS}/leaving?propagationPolicy=Orphan`);
    await gone(`${WIDGETS}/leaving`);
    expect((await client.get(`${CONFIGMAPS}/left-behind`)).body.metadata.ownerReferences).toBeUndefined();
  });

  test('a dependent created after its owner is gone is collected; one of an unknown kind is left alone', async () => {
    await ownedBy(
      { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'never', uid: 'no-such-uid' } },
      'late',
    );
    await ownedBy(
      { apiVersion: 'example.org/v1', kind: 'Unheard', metadata: { name: 'never', uid: 'no-such-uid' } },
      'foreign',
    );
    await gone(`${CONFIGMAPS}/late`);
    expect((await client.get(`${CONFIGMAPS}/foreign`)).status).toBe(200);
  });
});

describe('containers of objects', () => {
  test('deleting a namespace deletes what is in it, and refuses new content meanwhile', async () => {
    await client.post('/api/v1/namespaces', { metadata: { name: 'team' } });
    const path = '/apis/example.com/v1/namespaces/team/widgets';
    await client.post(path, widget('slow', { size: 1 }, { finalizers: ['example.com/hold'] }));
    await client.post('/api/v1/namespaces/team/configmaps', configMap('quick'));
    const marked = await client.delete('/api/v1/namespaces/team');
    expect(marked.body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
    await gone('/api/v1/namespaces/team/configmaps/quick');
    expect((await client.post('/api/v1/namespaces/team/configmaps', configMap('new'))).body).toMatchObject({
      code: 403,
      details: { causes: [{ reason: 'NamespaceTerminating' }] },
    });
    await eventually(
      'the widget is being deleted',
      async () => (await client.get(`${path}/slow`)).body.metadata.deletionTimestamp,
    );
    await client.merge(`${path}/slow`, { metadata: { finalizers: [] } });
    await gone('/api/v1/namespaces/team');
  });

  test('system namespaces cannot be deleted', async () => {
    expect((await client.delete('/api/v1/namespaces/default')).status).toBe(403);
  });

  test('deleting a definition deletes its objects, ends their watches and stops serving them', async () => {
    const doomed = widgetDefinition();
    doomed.metadata.name = 'doomeds.example.com';
    doomed.spec.names = { plural: 'doomeds', kind: 'Doomed' };
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await client.post(definitions, doomed);
    const path = '/apis/example.com/v1/namespaces/default/doomeds';
    await client.post(path, { metadata: { name: 'one' }, spec: { size: 1 } });
    await using watch = await client.watch(path);
    expect((await client.delete(`${definitions}/doomeds.example.com`)).status).toBe(200);
    await gone(`${definitions}/doomeds.example.com`);
    expect((await watch.take(3)).map((event) => event.type)).toEqual(['ADDED', 'DELETED']);
    expect((await client.get(path)).status).toBe(404);
  });
});
