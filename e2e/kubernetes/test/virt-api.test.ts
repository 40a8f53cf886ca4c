import { fileURLToPath } from 'node:url';
import { connect, isApiError, type ApiError, type Client } from '@virtkit/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../support/command.ts';
import { startKubernetes, type Kubernetes } from '../control-plane.ts';
import { directRequest, frontProxyIdentity } from '../front-proxy.ts';
import { InstalledVirtApi, kubectl } from '../installed-virt-api.ts';
import { startTimeoutMs } from './patience.ts';

const virtctlProgram = fileURLToPath(new URL('../../../apps/virtctl/src/main.ts', import.meta.url));
const namespace = 'default';

const spec = {
  domain: { memory: { guest: '128Mi' }, devices: { disks: [{ name: 'root', disk: { bus: 'virtio' } }] } },
  volumes: [{ name: 'root', containerDisk: { image: 'registry.example/tiny:1' } }],
};
const create = (object: object, ...args: string[]) =>
  run(['kubectl', '--kubeconfig', kubernetes.kubeconfig, 'create', '-f', '-', ...args], {
    mayFail: true,
    input: JSON.stringify(object),
  });
const machine = (name: string, more: object = {}) => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name, namespace },
  spec: { runStrategy: 'Halted' as const, template: { spec }, ...more },
});

let kubernetes: Kubernetes;
let virtApi: InstalledVirtApi;
let admin: Client;
const stack = new AsyncDisposableStack();

/** A client with the rights of one of KubeVirt's roles only. */
async function userWith(role: string): Promise<{ client: Client; kubeconfig: string; name: string }> {
  const name = `user-${role.replaceAll(/[^a-z]/g, '-')}`;
  await kubectl(kubernetes, 'create', 'clusterrolebinding', name, '--clusterrole', role, '--user', name);
  const kubeconfig = await kubernetes.kubeconfigFor({ name });
  return { name, kubeconfig, client: stack.use(await connect({ kubeconfig, namespace })) };
}

beforeAll(async () => {
  kubernetes = stack.use(await startKubernetes({ onProgress: console.log }));
  virtApi = stack.use(await InstalledVirtApi.start(kubernetes));
  admin = stack.use(await connect({ kubeconfig: kubernetes.kubeconfig, namespace }));
}, startTimeoutMs);

afterAll(() => stack.disposeAsync());

/** The error of a refused call. */
async function refused(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (error) {
    if (isApiError(error)) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}

describe('discovery through the aggregation layer', () => {
  it('lists the group in both versions', async () => {
    for (const version of ['v1', 'v1alpha3']) {
      const path = `/apis/subresources.kubevirt.io/${version}`;
      const list = JSON.parse(await kubectl(kubernetes, 'get', '--raw', path)) as {
        resources: { name: string }[];
      };
      expect(list).toMatchObject({ kind: 'APIResourceList', groupVersion: path.slice('/apis/'.length) });
      expect(list.resources.map(({ name }) => name)).toContain('virtualmachines/start');
    }
    const group = await kubectl(kubernetes, 'get', '--raw', '/apis/subresources.kubevirt.io');
    expect(JSON.parse(group)).toMatchObject({
      preferredVersion: { version: 'v1' },
      versions: [{ version: 'v1' }, { version: 'v1alpha3' }],
    });
    expect(await kubectl(kubernetes, 'api-versions')).toContain('subresources.kubevirt.io/v1');
  });

  it('describes its paths', async () => {
    const path = '/apis/subresources.kubevirt.io/v1/namespaces/{namespace}/virtualmachines/{name}/start';
    const index = JSON.parse(await kubectl(kubernetes, 'get', '--raw', '/openapi/v3')) as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    const own = index.paths['apis/subresources.kubevirt.io/v1']?.serverRelativeURL ?? '';
    expect(await kubectl(kubernetes, 'get', '--raw', own)).toContain(path);
    expect(await kubectl(kubernetes, 'get', '--raw', '/openapi/v2')).toContain(path);
  });

  it('tells its version and its health to everybody who has an account', async () => {
    const { client } = await userWith('kubevirt.io:default');
    const version = await client.request({
      method: 'GET',
      path: '/apis/subresources.kubevirt.io/v1/version',
    });
    expect(await version.json()).toMatchObject({ gitVersion: expect.stringMatching(/^v\d/) as string });
    const health = await kubectl(kubernetes, 'get', '--raw', '/apis/subresources.kubevirt.io/v1/healthz');
    expect(JSON.parse(health)).toMatchObject({ apiserver: { connectivity: 'ok' } });
  });
});

describe('webhooks', () => {
  it('fill in what a machine lacks', async () => {
    const stored = await admin.virtualMachines.create(machine('filled'));
    expect(stored.metadata.finalizers).toEqual(['kubevirt.io/virtualMachineControllerFinalize']);
    expect(stored.spec.template.spec).toMatchObject({
      architecture: 'amd64',
      domain: { machine: { type: 'q35' }, firmware: { uuid: expect.any(String) as string } },
    });
  });

  it('refuse a wrong machine, with the causes', async () => {
    const error = await refused(admin.virtualMachines.create(machine('wrong', { running: true })));
    expect(error.message).toContain(
      'admission webhook "virtualmachine-validator.kubevirt.io" denied the request',
    );
    expect(error.status).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(error.status?.details?.causes?.[0]).toMatchObject({ field: 'spec.running' });
    await expect(admin.virtualMachines.get('wrong')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('refuse what nothing would carry out', async () => {
    const snapshot = {
      apiVersion: 'snapshot.kubevirt.io/v1beta1',
      kind: 'VirtualMachineSnapshot',
      metadata: { name: 'one', namespace },
      spec: { source: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'filled' } },
    };
    const error = await refused(admin.virtualMachineSnapshots.create(snapshot));
    expect(error.status).toMatchObject({ code: 501, reason: 'NotImplemented' });
  });

  it('give an instance its first status, which its user cannot change', async () => {
    const instance = { ...machine('lonely'), kind: 'VirtualMachineInstance', spec };
    const stored = await admin.virtualMachineInstances.create(instance);
    expect(stored.status?.phase).toBe('Pending');
    const body = { status: { phase: 'Running' } };
    const kept = await admin.virtualMachineInstances.patch('lonely', { type: 'merge', body });
    expect(kept.status?.phase).toBe('Pending');
  });
});

describe('subresources', () => {
  const virtctl = (kubeconfig: string, ...args: string[]) =>
    run(
      [process.execPath, '--conditions=@virtkit/source', virtctlProgram, '--kubeconfig', kubeconfig, ...args],
      {
        mayFail: true,
      },
    );

  it('are for those to whom a role gives them', async () => {
    const editor = await userWith('kubevirt.io:edit');
    const viewer = await userWith('kubevirt.io:view');
    await admin.virtualMachines.create(machine('ours'));

    const refusal = await virtctl(viewer.kubeconfig, 'start', 'ours', '-n', namespace);
    expect(refusal).not.toMatchObject({ exitCode: 0 });
    expect(refusal.stderr).toContain('forbidden');
    expect((await admin.virtualMachines.get('ours')).spec.runStrategy).toBe('Halted');

    expect(await virtctl(editor.kubeconfig, 'start', 'ours', '-n', namespace)).toMatchObject({ exitCode: 0 });
    expect((await admin.virtualMachines.get('ours')).spec.runStrategy).toBe('Always');
    const again = await virtctl(editor.kubeconfig, 'start', 'ours', '-n', namespace);
    expect(again).not.toMatchObject({ exitCode: 0 });
  });

  it('are not for users who claim in headers to be somebody else', async () => {
    const { client } = await userWith('kubevirt.io:migrate');
    const call = client.request({
      method: 'PUT',
      path: `/apis/subresources.kubevirt.io/v1/namespaces/${namespace}/virtualmachines/filled/start`,
      headers: { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' },
    });
    expect((await refused(call)).httpStatus).toBe(403);
    expect((await admin.virtualMachines.get('filled')).spec.runStrategy).toBe('Halted');
  });
});

describe('asked directly, not through the aggregation layer', () => {
  const start = `/apis/subresources.kubevirt.io/v1/namespaces/${namespace}/virtualmachines/filled/start`;
  const asAdmin = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
  const ask = async (
    who: 'nobody' | 'front-proxy-client' | 'somebody-else' | 'cluster-user',
    headers: object,
  ) =>
    directRequest(virtApi, {
      method: 'PUT',
      path: start,
      headers: headers as Record<string, string>,
      identity: await frontProxyIdentity(kubernetes, who),
    });

  it.each(['nobody', 'somebody-else', 'cluster-user'] as const)(
    '%s cannot speak for the administrator',
    async (who) => {
      expect(await ask(who, asAdmin)).toMatchObject({ status: 401 });
      expect((await admin.virtualMachines.get('filled')).spec.runStrategy).toBe('Halted');
    },
  );

  it('the front proxy can, for users that it names', async () => {
    const front = 'front-proxy-client';
    expect(await ask(front, {})).toMatchObject({ status: 401 });
    expect(await ask(front, { 'x-remote-user': 'jane' })).toMatchObject({ status: 401 });
    const jane = { 'x-remote-user': 'jane', 'x-remote-group': 'developers' };
    expect(await ask(front, jane)).toMatchObject({
      status: 403,
      body: expect.stringContaining('jane') as string,
    });
    expect((await admin.virtualMachines.get('filled')).spec.runStrategy).toBe('Halted');
    expect(await ask(front, asAdmin)).toMatchObject({ status: 202 });
    expect((await admin.virtualMachines.get('filled')).spec.runStrategy).toBe('Always');
  });

  it('everybody may know its documents and its health, and nothing else', async () => {
    const get = (path: string) => directRequest(virtApi, { method: 'GET', path });
    for (const path of ['/', '/apis', '/healthz', '/openapi/v2', '/openapi/v3', '/metrics'])
      expect(await get(path)).toMatchObject({ status: 200 });
    for (const path of ['/api', '/apis/kubevirt.io/v1', `${start}/more`, '/version', '//healthz'])
      expect(await get(path)).toMatchObject({ status: 401 });
  });

  it('refuses what is no review', async () => {
    const path = '/virtualmachines-mutate';
    const headers = { 'content-type': 'application/json' };
    expect(await directRequest(virtApi, { method: 'GET', path })).toMatchObject({ status: 405 });
    expect(await directRequest(virtApi, { method: 'POST', path, headers, body: '{}' })).toMatchObject({
      status: 400,
    });
    const long = { ...headers, 'content-length': String(8 * 1024 * 1024) };
    expect(await directRequest(virtApi, { method: 'POST', path, headers: long })).toMatchObject({
      status: 413,
    });
  });
});

describe('the rights of its account', () => {
  /** Each is judged or carried out after look-ups; what comes of it is not the question here. */
  const writes = [
    machine('typed', { instancetype: { name: 'u1.small' }, preference: { name: 'fedora' } }),
    machine('own-type', { instancetype: { kind: 'VirtualMachineInstancetype', name: 'mine' } }),
    ...['dataVolume', 'persistentVolumeClaim'].map((source) =>
      machine(`inferred-${source.toLowerCase()}`, {
        instancetype: { inferFromVolume: 'root' },
        template: {
          spec: {
            domain: spec.domain,
            volumes: [
              {
                name: 'root',
                [source]: source === 'dataVolume' ? { name: 'absent' } : { claimName: 'absent' },
              },
            ],
          },
        },
      }),
    ),
    {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstanceMigration',
      metadata: { name: 'away', namespace },
      spec: { vmiName: 'lonely' },
    },
    {
      apiVersion: 'snapshot.kubevirt.io/v1beta1',
      kind: 'VirtualMachineRestore',
      metadata: { name: 'back', namespace },
      spec: {
        target: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'ours' },
        virtualMachineSnapshotName: 'one',
      },
    },
    {
      apiVersion: 'clone.kubevirt.io/v1beta1',
      kind: 'VirtualMachineClone',
      metadata: { name: 'twin', namespace },
      spec: { source: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'ours' } },
    },
  ];
  const operations = [
    ...['expand-spec', 'objectgraph'].map((name) => ['GET', 'virtualmachines', name] as const),
    ...['stop', 'restart', 'migrate', 'addvolume', 'removevolume', 'memorydump', 'evacuate/cancel'].map(
      (name) => ['PUT', 'virtualmachines', name] as const,
    ),
    ...['addvolume', 'removevolume', 'evacuate/cancel', 'sev/setupsession', 'softreboot'].map(
      (name) => ['PUT', 'virtualmachineinstances', name] as const,
    ),
  ];

  it('are enough for all that it looks up and writes', async () => {
    for (const object of writes) await create(object, '--dry-run=server');
    for (const [method, plural, name] of operations) {
      const object = plural === 'virtualmachines' ? 'ours' : 'lonely';
      const path = `/apis/subresources.kubevirt.io/v1/namespaces/${namespace}/${plural}/${object}/${name}`;
      const call = admin.request({ method, path, ...(method === 'PUT' ? { body: { name: 'root' } } : {}) });
      await call.catch((error: unknown) => expect(isApiError(error)).toBe(true));
    }
    const { body } = await directRequest(virtApi, { method: 'GET', path: '/metrics' });
    const requests = body
      .split('\n')
      .filter((line) => line.startsWith('kubevirt_rest_client_requests_total{'));
    expect(requests.filter((line) => line.includes('code="200"'))).not.toEqual([]);
    expect(requests.filter((line) => line.includes('code="403"'))).toEqual([]);
  });
});
