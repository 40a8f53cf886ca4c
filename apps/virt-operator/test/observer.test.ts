import { expect, test } from 'vitest';
import { startControlPlane } from '@virtkit/apiserver';
import { silentLogger, systemClock } from '@virtkit/controllers/runtime';
import { crd, resources, type CustomResourceDefinition } from '@virtkit/core-types';
import { installKinds, managedBy } from '@virtkit/install';
import { connect } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { Observer } from '../src/observe/observer.ts';

const group = 'monitoring.coreos.com';

test('a cluster that has only some kinds of the Prometheus operator is observed all the same', async () => {
  await using stack = new AsyncDisposableStack();
  const plane = stack.use(
    await startControlPlane({ crds: [crd(resources.kubeVirts)], durability: 'process-crash' }),
  );
  const client = stack.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
  const observer = new Observer({ client, namespace: 'kubevirt', clock: systemClock, logger: silentLogger });
  const stop = new AbortController();
  const { signal } = stop;
  const running = observer.run(signal);
  stack.defer(() => running);
  stack.defer(() => stop.abort());

  const { kind, plural, singular } = installKinds.serviceMonitors;
  const definition: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  };
  await client.customResourceDefinitions.create(definition);
  const monitor = {
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name: 'ours', namespace: 'default', labels: { ...managedBy } },
    spec: { selector: {}, namespaceSelector: { matchNames: [] }, endpoints: [] },
  };
  await waitUntil('the kind is served', async () => {
    const { status } = await client.customResourceDefinitions.get(definition.metadata.name ?? '');
    return (
      status?.conditions?.some(({ type, status: holds }) => type === 'Established' && holds === 'True') ===
      true
    );
  });
  await client.resource(installKinds.serviceMonitors).create(monitor);

  await waitUntil('the object of the kind that is there', async () =>
    (await observer.observe({}, signal)).managed.has(`${kind}/default/ours`),
  );
  expect((await observer.observe({}, signal)).cluster.monitoring).toBeUndefined();
});
