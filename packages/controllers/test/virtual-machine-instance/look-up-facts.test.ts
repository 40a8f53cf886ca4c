import { clusterConfiguration } from '@virtkit/admission';
import { crd, resources } from '@virtkit/core-types';
import { startControlPlane, type ControlPlane } from '@virtkit/apiserver';
import { connect, type Client } from '@virtkit/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LauncherFactFinder } from '../../src/virtual-machine-instance/look-up-facts.ts';
import { instanceOf } from '../builders.ts';

const stack = new AsyncDisposableStack();
let plane: ControlPlane;
let client: Client;
const { signal } = new AbortController();

beforeAll(async () => {
  plane = stack.use(
    await startControlPlane({
      crds: [crd(resources.virtualMachineInstances)],
      durability: 'process-crash',
    }),
  );
  client = stack.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
  await client.resource(resources.persistentVolumeClaims).create(
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteMany'],
        volumeMode: 'Block',
        resources: { requests: { storage: '1Gi' } },
      },
    },
    { namespace: 'default' },
  );
});
afterAll(() => stack.disposeAsync());

it('finds the claims of volumes, and leaves out those that are not there', async () => {
  const volumes = [
    { name: 'a', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'b', dataVolume: { name: 'gone' } },
  ];
  const finder = new LauncherFactFinder(client);
  const { claims } = await finder.find(instanceOf({}, {}, { volumes }), clusterConfiguration(), signal);
  expect([...claims!.keys()]).toEqual(['data']);
  expect(claims!.get('data')).toMatchObject({ volumeMode: 'Block', accessModes: ['ReadWriteMany'] });
});

it('does without quotas where the server has none, and asks for them once', async () => {
  const asked: string[] = [];
  const finder = new LauncherFactFinder({
    resource: (definition) => {
      asked.push(definition.plural);
      const missing = definition.plural === 'resourcequotas';
      return client.resource(missing ? { ...definition, plural: 'quotasofnobody' } : definition);
    },
  });
  for (const _ of [1, 2]) {
    const { quotaResources } = await finder.find(instanceOf(), clusterConfiguration(), signal);
    expect(quotaResources).toEqual(new Set());
  }
  expect(asked.filter((plural) => plural === 'resourcequotas')).toHaveLength(1);
});

it('looks at labels of the namespace only where a setting needs them', async () => {
  const finder = new LauncherFactFinder(client);
  const selecting = clusterConfiguration({
    metadata: {},
    spec: { configuration: { autoCPULimitNamespaceLabelSelector: { matchLabels: { limit: 'yes' } } } },
  });
  expect(await finder.find(instanceOf(), clusterConfiguration(), signal)).not.toHaveProperty(
    'namespaceLabels',
  );
  expect(await finder.find(instanceOf(), selecting, signal)).toMatchObject({
    namespaceLabels: { 'kubernetes.io/metadata.name': 'default' },
  });
});
