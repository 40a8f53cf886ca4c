import type { PersistentVolumeClaim, Pod } from '@virtkit/core-types';
import { isApiError } from '@virtkit/sdk';
import { mkdir, mkdtemp, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runScheduler, runStorageController } from '../src/index.ts';
import { NodeFixture } from './support/node-fixture.ts';
import { eventually } from './support/scratch.ts';
import { claimOf, classOf, volumeOf } from './support/storage-objects.ts';

let node: NodeFixture;
let folder: string;
let running: { abort: AbortController; ended: Promise<unknown> };

beforeEach(async () => {
  node = await NodeFixture.start();
  folder = join(node.root, 'volumes');
  await mkdir(node.root, { recursive: true });
  await node.startKubelet();
  startControllers();
});

afterEach(async () => {
  await stopControllers();
  await node[Symbol.asyncDispose]();
});

function startControllers(): void {
  const abort = new AbortController();
  const common = { client: node.client, signal: abort.signal };
  const ended = Promise.all([
    runScheduler(common),
    runStorageController({ ...common, folder, nodeName: node.nodeName }),
  ]);
  running = { abort, ended };
}

async function stopControllers(): Promise<void> {
  running.abort.abort();
  await running.ended;
}

const scope = { namespace: 'default' };
const claims = () => node.client.persistentVolumeClaims;
const volumes = () => node.client.persistentVolumes;

async function claimThat(name: string, what: string, check: (claim: PersistentVolumeClaim) => boolean) {
  return eventually(`claim ${name} ${what}`, async () => {
    const claim = await claims().get(name, scope);
    return check(claim) && claim;
  });
}

const isBound = (claim: PersistentVolumeClaim) => claim.status?.phase === 'Bound';

async function isGone(what: string, get: () => Promise<unknown>): Promise<void> {
  await eventually(`${what} is gone`, async () => {
    try {
      await get();
      return false;
    } catch (error) {
      if (isApiError(error, 'not-found')) return true;
      throw error;
    }
  });
}

async function eventOf(name: string, reason: string): Promise<string> {
  const found = await eventually(`event ${reason} of ${name}`, async () => {
    const { items } = await node.client.events.list({ namespace: 'all' });
    return items.find((event) => event.involvedObject.name === name && event.reason === reason);
  });
  return found.message ?? '';
}

/** A Pod that runs a script with claims mounted at /data/<name>. */
async function runPod(
  name: string,
  script: string,
  mounted: readonly string[],
  spec: Partial<Pod['spec']> = {},
) {
  return node.client.pods.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      volumes: mounted.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
      containers: [
        {
          name: 'main',
          image: 'test/host:1',
          command: ['/bin/sh', '-c', script],
          volumeMounts: mounted.map((claim) => ({ name: claim, mountPath: `/data/${claim}` })),
        },
      ],
      ...spec,
    },
  });
}

const succeeded = (pod: Pod) => pod.status?.phase === 'Succeeded';
const isRunning = (pod: Pod) => pod.status?.phase === 'Running';

describe('a claim of the default class', () => {
  beforeEach(() => node.client.storageClasses.create(classOf('local')));

  it('waits for a Pod, gets a folder, keeps what was written, and takes it with it when it is deleted', async () => {
    await claims().create(claimOf('data'), scope);
    expect(await eventOf('data', 'WaitForFirstConsumer')).toContain('Pod');
    expect((await claims().get('data', scope)).spec?.storageClassName).toBe('local');
    expect((await claims().get('data', scope)).status?.phase).toBe('Pending');

    await runPod('writer', 'echo kept >/data/data/file; id -u', ['data'], {
      securityContext: { runAsUser: 107, runAsGroup: 107, fsGroup: 107 },
    });
    await node.podThat('writer', 'succeeded', succeeded);
    const claim = await claimThat('data', 'is bound', isBound);
    expect(claim.status).toMatchObject({ capacity: { storage: '1Mi' }, accessModes: ['ReadWriteOnce'] });
    const volume = await eventually('the volume is Bound', async () => {
      const found = await volumes().get(claim.spec?.volumeName ?? '');
      return found.status?.phase === 'Bound' && found;
    });
    expect(volume.spec).toMatchObject({
      storageClassName: 'local',
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { namespace: 'default', name: 'data', uid: claim.metadata.uid! },
      local: { path: join(folder, `pvc-${claim.metadata.uid!}`) },
    });
    expect((await stat(volume.spec!.local!.path)).mode & 0o7777).toBe(0o2777);

    const reader = await runPod('reader', 'cat /data/data/file; exec sleep 1000', ['data']);
    await node.podThat('reader', 'runs', isRunning);
    await eventually('the file', async () => (await node.log('reader')) === 'kept\n');
    const link = join(node.root, 'pods', reader.metadata.uid!, 'volumes/kubernetes.io~local-volume');
    expect(await readlink(join(link, volume.metadata.name!))).toBe(volume.spec?.local?.path);

    await claims().delete('data', scope);
    const going = await claims().get('data', scope);
    expect(going.metadata.deletionTimestamp).toBeDefined();
    expect(going.metadata.finalizers).toContain('kubernetes.io/pvc-protection');
    await runPod('late', 'true', ['data']);
    await node.podThat('late', 'is not placed', (pod) =>
      pod.status?.conditions?.some(({ message }) => message?.includes('being deleted') === true),
    );
    expect(await readFile(join(volume.spec!.local!.path, 'file'), 'utf8')).toBe('kept\n');
    await node.client.pods.delete('reader', scope);
    await isGone('the claim', () => claims().get('data', scope));
    await isGone('the volume', () => volumes().get(volume.metadata.name!));
    expect(await readdir(folder)).toEqual([]);
  });

  it('is bound again to the same folder after all controllers were stopped', async () => {
    await claims().create(claimOf('data'), scope);
    await runPod('writer', 'echo kept >/data/data/file', ['data']);
    await node.podThat('writer', 'succeeded', succeeded);
    await stopControllers();
    await node.stopKubelet();
    await node.startKubelet();
    startControllers();
    await runPod('reader', 'cat /data/data/file', ['data']);
    await node.podThat('reader', 'succeeded', succeeded);
    expect(await node.log('reader')).toBe('kept\n');
  });

  it.each<[string, Parameters<typeof claimOf>[1], string]>([
    ['block devices', { volumeMode: 'Block' }, 'Block'],
    ['a source of data', { dataSource: { kind: 'PersistentVolumeClaim', name: 'other' } }, 'dataSource'],
    ['a selector', { selector: { matchLabels: { a: 'b' } } }, 'selector'],
    ['more than there is', { resources: { requests: { storage: '8Ei' } } }, 'left in'],
  ])('is refused %s, with an event that says so', async (_what, spec, words) => {
    await claims().create(claimOf('odd', spec), scope);
    await runPod('user', 'true', ['odd']);
    expect(await eventOf('odd', 'ProvisioningFailed')).toContain(words);
    await node.podThat('user', 'is not placed', (pod) =>
      pod.status?.conditions?.some(
        ({ reason, message }) => reason === 'Unschedulable' && message?.includes('odd'),
      ),
    );
    await claims().delete('odd', scope);
    await isGone('the claim', () => claims().get('odd', scope));
  });
});

it('a claim of a class that binds at once needs no Pod, and a retained volume keeps its data', async () => {
  await node.client.storageClasses.create(
    classOf('kept', { volumeBindingMode: 'Immediate', reclaimPolicy: 'Retain' }),
  );
  await claims().create(claimOf('data', { storageClassName: 'kept' }), scope);
  const claim = await claimThat('data', 'is bound', isBound);
  const path = join(folder, claim.spec!.volumeName!);
  await writeFile(join(path, 'file'), 'kept');
  await claims().delete('data', scope);
  await eventually('the volume is Released', async () => {
    return (await volumes().get(claim.spec!.volumeName!)).status?.phase === 'Released';
  });
  expect(await readFile(join(path, 'file'), 'utf8')).toBe('kept');
  await claims().create(
    claimOf('data', { storageClassName: 'kept', volumeName: claim.spec!.volumeName! }),
    scope,
  );
  expect(await eventOf('data', 'FailedBinding')).toContain('another claim');
  await volumes().delete(claim.spec!.volumeName!);
  await isGone('the volume', () => volumes().get(claim.spec!.volumeName!));
  expect(await readFile(join(path, 'file'), 'utf8')).toBe('kept');
});

it('a Pod waits for a claim that does not exist yet, and for a class that does not', async () => {
  await runPod('early', 'true', ['later']);
  await node.podThat('early', 'is unschedulable', (pod) =>
    pod.status?.conditions?.some(
      ({ type, message }) =>
        type === 'PodScheduled' &&
        message === '0/1 nodes are available: persistentvolumeclaim "later" not found.',
    ),
  );
  await claims().create(claimOf('later', { storageClassName: 'missing' }), scope);
  expect(await eventOf('later', 'ProvisioningFailed')).toContain('missing');
  await node.client.storageClasses.create(classOf('missing'));
  await node.podThat('early', 'succeeded', succeeded);
});

it('a claim finds volumes that an administrator made, the smallest that suits, or the one it names', async () => {
  const made = async (name: string, size: string, labels: Record<string, string> = {}) => {
    const path = await mkdtemp(join(node.scratch.folder, 'disk-'));
    const volume = volumeOf(name, { capacity: { storage: size }, hostPath: { path } });
    await volumes().create({ ...volume, metadata: { name, labels } });
  };
  await made('large', '4Mi');
  await made('small', '2Mi');
  await made('tiny', '512Ki');
  await made('labelled', '1Mi', { tier: 'a' });
  await claims().create(
    claimOf('by-label', { storageClassName: '', selector: { matchLabels: { tier: 'a' } } }),
    scope,
  );
  expect((await claimThat('by-label', 'is bound', isBound)).spec?.volumeName).toBe('labelled');
  await claims().create(claimOf('first', { storageClassName: '' }), scope);
  expect((await claimThat('first', 'is bound', isBound)).spec?.volumeName).toBe('small');
  await claims().create(claimOf('named', { storageClassName: '', volumeName: 'large' }), scope);
  expect((await claimThat('named', 'is bound', isBound)).status?.capacity).toEqual({ storage: '4Mi' });
  await claims().create(claimOf('unlucky', { storageClassName: '' }), scope);
  await eventOf('unlucky', 'FailedBinding');
  await runPod('user', 'echo x >/data/first/file', ['first', 'named']);
  await node.podThat('user', 'succeeded', succeeded);
});
