import { describe, expect, test } from 'vitest';
import { startPlane } from './support/plane.ts';

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const VOLUMES = '/api/v1/persistentvolumes';
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';

const { client } = await startPlane();
let count = 0;

const named = (spec: object) => ({ metadata: { name: `o${++count}` }, spec });
const asked = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const given = {
  accessModes: ['ReadWriteOnce'],
  capacity: { storage: '1Gi' },
  hostPath: { path: '/srv/a' },
};
const nodeAffinity = {
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] },
};

describe('a claim', () => {
  test.each<[string, object, string]>([
    ['without access modes', { ...asked, accessModes: [] }, 'spec.accessModes'],
    ['with an unknown access mode', { ...asked, accessModes: ['Sometimes'] }, 'spec.accessModes'],
    [
      'for one Pod and for more',
      { ...asked, accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] },
      'spec.accessModes',
    ],
    ['without a size', { ...asked, resources: {} }, 'spec.resources.requests.storage'],
    [
      'of no size',
      { ...asked, resources: { requests: { storage: '0' } } },
      'spec.resources.requests.storage',
    ],
    [
      'of less than nothing',
      { ...asked, resources: { requests: { storage: '-1Gi' } } },
      'spec.resources.requests.storage',
    ],
  ])('%s is refused', async (_what, spec, field) => {
    const { status, body } = await client.post(CLAIMS, named(spec));
    expect(status).toBe(422);
    expect(body.details.causes).toContainEqual(expect.objectContaining({ field }));
  });

  test.each<[string, object, object, number]>([
    ['gets the class that it left out', {}, { storageClassName: 'fast' }, 200],
    ['keeps its class', { storageClassName: 'fast' }, { storageClassName: 'slow' }, 422],
    ['keeps having no class', { storageClassName: '' }, { storageClassName: 'slow' }, 422],
    ['gets a volume', {}, { volumeName: 'v' }, 200],
    ['keeps its volume', { volumeName: 'v' }, { volumeName: 'w' }, 422],
    ['keeps its access modes', {}, { accessModes: ['ReadWriteMany'] }, 422],
    ['does not grow', {}, { resources: { requests: { storage: '2Gi' } } }, 422],
  ])('%s', async (_what, before, after, status) => {
    const claim = named({ ...asked, ...before });
    expect((await client.post(CLAIMS, claim)).status).toBe(201);
    const body = JSON.stringify({ spec: after });
    const patched = await client.call('PATCH', `${CLAIMS}/${claim.metadata.name}`, {
      body,
      type: 'application/merge-patch+json',
    });
    expect(patched.status).toBe(status);
  });
});

describe('a volume', () => {
  test.each<[string, object, number]>([
    ['of a path of a node is accepted', given, 201],
    ['of a driver is accepted', { ...given, hostPath: undefined, csi: { driver: 'd' } }, 201],
    ['that is local says where', { ...given, hostPath: undefined, local: { path: '/srv/a' } }, 422],
    [
      'that is local and says where is accepted',
      { ...given, hostPath: undefined, local: { path: '/srv/a' }, nodeAffinity },
      201,
    ],
    ['without a source is refused', { ...given, hostPath: undefined }, 422],
    ['with two sources is refused', { ...given, nfs: { server: 's', path: '/' } }, 422],
    ['without a size is refused', { ...given, capacity: {} }, 422],
    ['without access modes is refused', { ...given, accessModes: undefined }, 422],
    ['with an unknown policy is refused', { ...given, persistentVolumeReclaimPolicy: 'Burn' }, 422],
  ])('%s', async (_what, spec, status) => {
    expect((await client.post(VOLUMES, named(spec))).status).toBe(status);
  });

  test('keeps its source', async () => {
    const volume = named(given);
    await client.post(VOLUMES, volume);
    const patch = (spec: object) =>
      client.call('PATCH', `${VOLUMES}/${volume.metadata.name}`, {
        body: JSON.stringify({ spec }),
        type: 'application/merge-patch+json',
      });
    expect((await patch({ hostPath: { path: '/srv/b' } })).status).toBe(422);
    expect((await patch({ nodeAffinity })).status).toBe(200);
    expect((await patch({ nodeAffinity: null })).status).toBe(422);
    expect((await patch({ persistentVolumeReclaimPolicy: 'Retain' })).status).toBe(200);
  });
});

test('a class keeps what volumes were made by', async () => {
  const metadata = { name: 'fast' };
  expect((await client.post(CLASSES, { metadata, provisioner: '' })).status).toBe(422);
  expect((await client.post(CLASSES, { metadata, provisioner: 'x', reclaimPolicy: 'Recycle' })).status).toBe(
    422,
  );
  expect((await client.post(CLASSES, { metadata, provisioner: 'x' })).status).toBe(201);
  const patch = (body: object) =>
    client.call('PATCH', `${CLASSES}/fast`, {
      body: JSON.stringify(body),
      type: 'application/merge-patch+json',
    });
  expect((await patch({ provisioner: 'y' })).status).toBe(422);
  expect((await patch({ volumeBindingMode: 'WaitForFirstConsumer' })).status).toBe(422);
  expect((await patch({ metadata: { annotations: { a: 'b' } } })).status).toBe(200);
});
