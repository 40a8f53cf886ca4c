import { describe, expect, test } from 'vitest';
import { startControlPlane, type AdmissionPlugin } from '@virtkit/apiserver';
import { Expectations, silentLogger, systemClock } from '@virtkit/controllers/runtime';
import { crd, resources, type KubeVirt } from '@virtkit/core-types';
import { connect } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { Observer } from '../src/observe/observer.ts';
import { reconcile } from '../src/reconciler.ts';
import { settingsFrom } from '../src/settings.ts';

const namespace = 'kubevirt';
const settings = settingsFrom({}, { namespace, version: '0.1.0' });

/** Refuses whatever an installation consists of. */
const refusesInstallations: AdmissionPlugin = {
  name: 'refuses-installations',
  matches: ({ resource }, operation) =>
    operation === 'CREATE' && !['namespaces', 'kubevirts', 'events'].includes(resource),
  validate: ({ user }) =>
    user.name === 'system:apiserver' ? undefined : { denied: { message: 'nothing is installed here' } },
};

describe('passes', () => {
  test('that the API server refuses tell what was meant and why, and write nothing when nothing has changed', async () => {
    await using stack = new AsyncDisposableStack();
    const plane = stack.use(
      await startControlPlane({
        crds: [crd(resources.kubeVirts)],
        durability: 'process-crash',
        admission: [refusesInstallations],
      }),
    );
    const client = stack.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
    await client.namespaces.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await client.kubeVirts.create({
      apiVersion: 'kubevirt.io/v1',
      kind: 'KubeVirt',
      metadata: { name: 'kubevirt', namespace },
      spec: {},
    });
    const common = { client, clock: systemClock, logger: silentLogger };
    const observer = new Observer({ ...common, namespace });
    const stop = new AbortController();
    const { signal } = stop;
    const running = observer.run(signal);
    stack.defer(() => running);
    stack.defer(() => stop.abort());
    await observer.kubeVirts.waitForSync({ signal });

    const key = `${namespace}/kubevirt`;
    /** One pass, on the newest version of the object. @returns the object afterwards */
    const pass = async (): Promise<KubeVirt> => {
      const current = await client.kubeVirts.get('kubevirt', { namespace });
      await waitUntil(
        'the observer has seen it',
        () =>
          observer.kubeVirts.store.get(key)?.metadata.resourceVersion === current.metadata.resourceVersion,
      );
      const context = { signal, expectations: new Expectations() };
      await reconcile({ ...common, observer, settings, architecture: 'amd64' }, key, context);
      return client.kubeVirts.get('kubevirt', { namespace });
    };
    const refused = async (): Promise<KubeVirt> => {
      await expect(pass()).rejects.toMatchObject({ code: 'refused' });
      return client.kubeVirts.get('kubevirt', { namespace });
    };

    expect((await pass()).metadata.finalizers).toEqual(['kubevirt.io/foregroundDeleteKubeVirt']);
    const first = await refused();
    expect(first.status?.targetKubeVirtVersion).toBe('0.1.0');
    expect(first.status?.conditions?.map(({ type, status }) => `${type} ${status}`).toSorted()).toEqual([
      'Available False',
      'Degraded True',
      'Progressing False',
      'Synchronized False',
    ]);
    expect((await refused()).metadata.resourceVersion).toBe(first.metadata.resourceVersion);

    // Without certificates nobody could mend it: the webhook of the object would be trusted no more.
    const patch = {
      resourceType: 'Deployment',
      resourceName: '*',
      type: 'json',
      patch: '[{"op":"remove","path":"/no"}]',
    };
    const spec = { customizeComponents: { patches: [patch] } };
    await client.kubeVirts.patch('kubevirt', { type: 'merge', body: { spec } }, { namespace });
    await expect(pass()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Secret kubevirt-ca') as string,
    });
  });
});
