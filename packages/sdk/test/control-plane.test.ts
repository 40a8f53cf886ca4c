// The SDK against the project's own API server, in process, over HTTPS with its CA and token.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  crd,
  resources,
  type CustomResourceDefinition,
  type KubernetesObject,
  type ResourceDefinition,
  type VirtualMachine,
} from '@virtkit/core-types';
import { startControlPlane, type ControlPlane, type MountedGroup } from '@virtkit/apiserver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connect,
  hasCondition,
  isDeleted,
  isReady,
  isRunning,
  virtualMachine,
  waitFor,
  type Client,
  type WatchEvent,
} from '../src/index.ts';

interface Backup extends KubernetesObject {
  spec: { machine: string; keepDays?: number };
}

const backups: ResourceDefinition<Backup> = {
  group: 'example.com',
  version: 'v1',
  kind: 'Backup',
  plural: 'backups',
  singular: 'backup',
  namespaced: true,
};

/** A definition as a third party writes it, with a schema of its own. */
const backupDefinition: CustomResourceDefinition = {
  metadata: { name: 'backups.example.com' },
  spec: {
    group: backups.group,
    scope: 'Namespaced',
    names: { kind: backups.kind, plural: backups.plural, singular: backups.singular },
    versions: [
      {
        name: backups.version,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['machine'],
                properties: { machine: { type: 'string' }, keepDays: { type: 'integer' } },
              },
            },
          },
        },
      },
    ],
  },
};

/** Makes the server serve the kinds that these tests use. */
async function install(client: Client): Promise<void> {
  for (const definition of [backupDefinition, crd(resources.virtualMachines)]) {
    await client.customResourceDefinitions.createOrPatch(definition);
    await waitFor(
      client.customResourceDefinitions,
      definition.metadata.name ?? '',
      hasCondition('Established'),
      {
        timeoutSeconds: 10,
      },
    );
  }
}

function clientOf(
  plane: ControlPlane,
  options: { namespace?: string; token?: string } = {},
): Promise<Client> {
  return connect({ server: plane.url, ca: plane.ca, token: plane.token, ...options });
}

describe('against the API server', () => {
  let plane: ControlPlane;
  let client: Client;

  beforeAll(async () => {
    plane = await startControlPlane();
    client = await clientOf(plane);
    await install(client);
  });

  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await plane.stop();
  });

  /** A namespace of its own for each test. */
  async function namespace(): Promise<string> {
    const created = await client.namespaces.create({ metadata: { generateName: 'test-' } });
    return created.metadata.name ?? '';
  }

  const backup = (name: string, keepDays = 1): Backup => ({
    metadata: { name },
    spec: { machine: 'a', keepDays },
  });

  it('creates, reads, replaces, patches and deletes a custom resource', async () => {
    const scope = { namespace: await namespace() };
    const objects = client.resource(backups);
    const created = await objects.create(backup('one'), scope);
    expect(created).toMatchObject({
      apiVersion: 'example.com/v1',
      kind: 'Backup',
      metadata: { uid: expect.any(String) },
    });
    await expect(objects.create(backup('one'), scope)).rejects.toMatchObject({ code: 'already-exists' });

    const replaced = await objects.replace({ ...created, spec: { machine: 'b' } });
    expect(replaced.spec).toEqual({ machine: 'b' });
    await expect(objects.replace({ ...created, spec: { machine: 'c' } })).rejects.toMatchObject({
      code: 'conflict',
    });

    const merged = await objects.patch('one', { type: 'merge', body: { spec: { keepDays: 3 } } }, scope);
    expect(merged.spec).toEqual({ machine: 'b', keepDays: 3 });
    const patched = await objects.patch(
      'one',
      {
        type: 'json',
        operations: [
          { op: 'test', path: '/spec/keepDays', value: 3 },
          { op: 'remove', path: '/spec/keepDays' },
        ],
      },
      scope,
    );
    expect(patched.spec).toEqual({ machine: 'b' });

    await objects.delete('one', scope);
    await expect(objects.get('one', scope)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('merges strategically what is built in', async () => {
    const scope = { namespace: await namespace() };
    const service = { metadata: { name: 's' }, spec: { ports: [{ port: 1 }], selector: { a: 'b' } } };
    await client.services.create(service, scope);
    const body = {
      spec: {
        ports: [
          { port: 2, name: 'two' },
          { port: 1, name: 'one' },
        ],
      },
    };
    const patched = await client.services.patch('s', { type: 'strategic', body }, scope);
    expect(patched.spec?.ports?.map(({ port }) => port).sort()).toEqual([1, 2]);
  });

  it('applies, and is told whose field it would change', async () => {
    const scope = { namespace: await namespace() };
    const objects = client.resource(backups);
    const applied = await objects.apply(backup('one', 1), { ...scope, fieldManager: 'one' });
    const again = await objects.apply(backup('one', 1), { ...scope, fieldManager: 'one' });
    expect(again.metadata.resourceVersion).toBe(applied.metadata.resourceVersion);
    const other = objects.apply(backup('one', 2), { ...scope, fieldManager: 'two' });
    await expect(other).rejects.toMatchObject({ code: 'conflict' });
    const forced = await objects.apply(backup('one', 2), { ...scope, fieldManager: 'two', force: true });
    expect(forced.spec.keepDays).toBe(2);
  });

  it('creates or patches, and writes nothing that is so already', async () => {
    const scope = { namespace: await namespace() };
    const objects = client.resource(backups);
    const created = await objects.createOrPatch(backup('one', 1), scope);
    const same = await objects.createOrPatch(backup('one', 1), scope);
    expect(same.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    const changed = await objects.createOrPatch(backup('one', 2), scope);
    expect(changed.spec.keepDays).toBe(2);
    expect(changed.metadata.uid).toBe(created.metadata.uid);
  });

  it('does not store a dry run', async () => {
    const scope = { namespace: await namespace() };
    await client.resource(backups).create(backup('one'), { ...scope, dryRun: true });
    await expect(client.resource(backups).get('one', scope)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('pages through a list', async () => {
    const scope = { namespace: await namespace() };
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await client.resource(backups).create(backup(name), scope);
    const pages: string[][] = [];
    for await (const page of client.resource(backups).pages({ ...scope, limit: 2 })) {
      pages.push(page.items.map((item) => item.metadata.name ?? ''));
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    const list = await client.resource(backups).list({ namespace: 'all' });
    expect(list.items.length).toBeGreaterThanOrEqual(names.length);
  });

  it('deletes a selection', async () => {
    const scope = { namespace: await namespace() };
    const labelled = { ...backup('a'), metadata: { name: 'a', labels: { old: 'yes' } } };
    await client.resource(backups).create(labelled, scope);
    await client.resource(backups).create(backup('b'), scope);
    await client.resource(backups).deleteCollection({ ...scope, labelSelector: 'old=yes' });
    const { items } = await client.resource(backups).list(scope);
    expect(items.map((item) => item.metadata.name)).toEqual(['b']);
  });

  it('watches without missing what happens after the list', async () => {
    const scope = { namespace: await namespace() };
    const objects = client.resource(backups);
    const { metadata } = await objects.list(scope);
    const created = await objects.create(backup('a'), scope);
    await objects.patch('a', { type: 'merge', body: { spec: { keepDays: 9 } } }, scope);
    await objects.delete('a', scope);
    const events: WatchEvent<Backup>[] = [];
    for await (const event of objects.watch({ ...scope, resourceVersion: metadata.resourceVersion })) {
      events.push(event);
      if (event.type === 'DELETED') break;
    }
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    expect(events[0]?.object.metadata.uid).toBe(created.metadata.uid);
  });

  it('lets the server end a watch', async () => {
    const scope = { namespace: await namespace() };
    for await (const event of client.resource(backups).watch({ ...scope, timeoutSeconds: 1 })) {
      expect(event.type).toBe('BOOKMARK');
    }
  });

  it('raises `gone` for a version that history no longer covers', async () => {
    const retention = { revisions: 1, ageMs: 1 };
    await using small = await startControlPlane({ retention });
    await using other = await clientOf(small);
    await install(other);
    const objects = other.resource(backups);
    const { metadata } = await objects.list();
    for (let i = 0; i < 5; i++) await objects.createOrPatch(backup('a', i));
    small.compact(retention);
    const watching = (async () => {
      for await (const _event of objects.watch({ resourceVersion: metadata.resourceVersion })) break;
    })();
    await expect(watching).rejects.toMatchObject({ code: 'gone' });
  });

  it('waits for a condition that comes true, and for a deletion', async () => {
    const scope = { namespace: await namespace() };
    const vm = virtualMachine({ name: 'vm', memory: '64Mi', containerDisk: 'i' });
    const ready = waitFor(client.virtualMachines, 'vm', isReady, { ...scope, timeoutSeconds: 10 });
    await client.virtualMachines.create(vm, scope);
    const status = { conditions: [{ type: 'Ready', status: 'True' }], printableStatus: 'Running' };
    await client.virtualMachines.patch(
      'vm',
      { type: 'merge', body: { status } },
      { ...scope, subresource: 'status' },
    );
    const found: VirtualMachine = await ready;
    expect(found.status?.printableStatus).toBe('Running');
    const gone = waitFor(client.virtualMachines, 'vm', isDeleted, { ...scope, timeoutSeconds: 10 });
    await client.virtualMachines.delete('vm', scope);
    await gone;
  });

  it('tells the field that the server does not accept', async () => {
    const wrong = JSON.parse(
      '{"metadata":{"name":"w"},"spec":{"runStrategy":5,"template":{}}}',
    ) as VirtualMachine;
    await expect(client.virtualMachines.create(wrong)).rejects.toMatchObject({
      code: 'invalid',
      // The server also says that rules were not checked because of this.
      fields: expect.arrayContaining([
        expect.objectContaining({ field: expect.stringContaining('spec.runStrategy') }),
      ]),
    });
  });

  it('reads the status subresource and the text of others', async () => {
    const response = await client.request({ method: 'GET', path: '/healthz' });
    expect(await response.text()).toBe('ok');
    const scope = { namespace: await namespace() };
    await client.virtualMachines.create(virtualMachine({ name: 'vm', memory: '64Mi' }), scope);
    expect(await client.virtualMachines.subresource('vm', 'status', scope)).toMatchObject({
      kind: 'VirtualMachine',
    });
  });

  it('refuses a wrong token and an authority that it does not trust', async () => {
    await using stranger = await connect({ server: plane.url, ca: plane.ca, token: 'wrong' });
    await expect(stranger.pods.list()).rejects.toMatchObject({ code: 'unauthorized' });
    await using careless = await connect({ server: plane.url, token: plane.token });
    await expect(careless.pods.list()).rejects.toMatchObject({ code: 'certificate' });
    await expect(careless.upgrade('/x')).rejects.toMatchObject({ code: 'certificate' });
    await using blind = await connect({ server: plane.url, token: plane.token, insecureSkipTlsVerify: true });
    expect((await blind.nodes.list()).items).toEqual([]);
  });

  it('connects with the kubeconfig that the server writes', async () => {
    await using other = await connect({ kubeconfigText: plane.kubeconfig() });
    expect((await other.namespaces.get('default')).metadata.name).toBe('default');
  });
});

describe('over a restart of the API server', () => {
  it('waitFor goes on', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'virtkit-sdk-'));
    try {
      const first = await startControlPlane({ dataDir });
      const port = Number(new URL(first.url).port);
      await using client = await clientOf(first);
      await install(client);
      const waiting = waitFor(client.virtualMachines, 'vm', isRunning, { timeoutSeconds: 15 });
      await client.virtualMachines.create(virtualMachine({ name: 'vm', memory: '64Mi' }));
      await first.stop();
      await using second = await startControlPlane({ dataDir, listen: { port } });
      const body = { status: { printableStatus: 'Running' } };
      // A write is not repeated when its connection is found dead, so it goes over one that is new.
      await using writer = await clientOf(second);
      await writer.virtualMachines.patch('vm', { type: 'merge', body }, { subresource: 'status' });
      expect((await waiting).status?.printableStatus).toBe('Running');
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

describe('subresources mounted in the API server', () => {
  /** Just enough of RFC 6455 to accept, say one thing and close. */
  const echo: MountedGroup = {
    group: 'subresources.kubevirt.io',
    version: 'v1',
    resources: [
      {
        name: 'virtualmachineinstances/console',
        kind: 'VirtualMachineInstance',
        namespaced: true,
        verbs: ['get'],
      },
    ],
    handle: (_request, response) => void response.writeHead(202).end(),
    upgrade(request, socket) {
      const key = request.headers['sec-websocket-key'] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: plain.kubevirt.io\r\n\r\n`,
      );
      const hello = Buffer.from('login: ');
      socket.write(Buffer.concat([Buffer.from([0x82, hello.length]), hello]));
      socket.end(Buffer.from([0x88, 2, 0x03, 0xe8]));
    },
  };

  it('acts and opens a console', async () => {
    await using plane = await startControlPlane({ mounts: [echo] });
    await using client = await clientOf(plane);
    await client.virtualMachines.start('vm');
    expect(await text(await client.virtualMachines.console('vm'))).toBe('login: ');
  });
});
