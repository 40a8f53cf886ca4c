import { connect, type Client } from '@virtkit/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyPair } from '../certificates.ts';
import { startKubernetes, type Kubernetes } from '../control-plane.ts';
import { directRequest, frontProxyIdentity } from '../front-proxy.ts';
import { InstalledVirtApi, kubectl } from '../installed-virt-api.ts';
import { startTimeoutMs } from './patience.ts';

type Role = 'admin' | 'edit' | 'view' | 'migrate' | 'default';
const roles: readonly Role[] = ['admin', 'edit', 'view', 'migrate', 'default'];

/** Who may what (KubeVirt subresources, authorization), with what a request to it looks like. */
interface Right {
  readonly resource: string;
  readonly method: 'GET' | 'PUT';
  readonly roles: readonly Role[];
}

const rights = (method: 'GET' | 'PUT', holders: readonly Role[], prefix: string, names: string): Right[] =>
  names.split(' ').map((name) => ({ resource: `${prefix}/${name}`, method, roles: holders }));

const [machines, instances] = ['virtualmachines', 'virtualmachineinstances'];
const streams = 'console vnc usbredir portforward/80 portforward/80/udp';
const questions =
  'guestosinfo filesystemlist userlist sev/fetchcertchain sev/querylaunchmeasurement objectgraph';
const operations = 'pause unpause addvolume removevolume freeze unfreeze softreboot reset';
const table: readonly Right[] = [
  ...rights('GET', ['admin', 'edit'], instances, streams),
  ...rights('GET', ['admin', 'edit'], machines, 'portforward/80'),
  ...rights('GET', ['admin'], instances, 'vnc/screenshot'),
  ...rights('GET', ['admin', 'edit', 'view'], instances, questions),
  ...rights('GET', ['admin', 'edit', 'view'], instances, 'launcherlogs?podUID=absent'),
  ...rights('GET', ['admin', 'edit', 'view'], machines, 'expand-spec objectgraph'),
  ...rights('PUT', ['admin', 'edit'], instances, operations),
  ...rights('PUT', ['admin', 'edit'], instances, 'sev/setupsession sev/injectlaunchsecret evacuate/cancel'),
  ...rights(
    'PUT',
    ['admin', 'edit'],
    machines,
    'start stop restart addvolume removevolume memorydump removememorydump evacuate/cancel',
  ),
  ...rights('PUT', ['migrate'], machines, 'migrate'),
  ...rights('PUT', [], instances, 'backup redefine-checkpoint'),
  ...rights('GET', [], instances, 'vsock'),
];

/** No such object is there: who may is told so (or what the request lacks), who may not is refused before. */
function pathOf({ resource }: Right): string {
  const [plural = '', ...operation] = resource.split('/');
  return `/apis/subresources.kubevirt.io/v1/namespaces/default/${plural}/absent/${operation.join('/')}`;
}

let kubernetes: Kubernetes;
let virtApi: InstalledVirtApi;
let frontProxy: KeyPair | undefined;
const clients = new Map<Role, Client>();
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  kubernetes = stack.use(await startKubernetes({ onProgress: console.log }));
  virtApi = stack.use(await InstalledVirtApi.start(kubernetes));
  frontProxy = await frontProxyIdentity(kubernetes, 'front-proxy-client');
  for (const role of roles) {
    const binding = ['create', 'clusterrolebinding', `user-${role}`, '--clusterrole', `kubevirt.io:${role}`];
    await kubectl(kubernetes, ...binding, '--user', role);
    const kubeconfig = await kubernetes.kubeconfigFor({ name: role });
    clients.set(role, stack.use(await connect({ kubeconfig, attempts: 1 })));
  }
}, startTimeoutMs);

afterAll(() => stack.disposeAsync());

/** HTTP status of the answer to a user of the cluster. */
async function statusThroughCluster(
  role: Role,
  method: 'GET' | 'PUT',
  path: string,
): Promise<number | undefined> {
  const client = clients.get(role);
  try {
    const body = method === 'PUT' ? {} : undefined;
    return (await client!.request({ method, path, body })).status;
  } catch (error) {
    return (error as { httpStatus?: number }).httpStatus;
  }
}

/** The same for a request that only virt-api judges, as the API server hands it on. */
async function statusAtVirtApi(role: Role, method: 'GET' | 'PUT', path: string): Promise<number | undefined> {
  const headers = { 'x-remote-user': role, 'x-remote-group': 'system:authenticated' };
  const body = method === 'PUT' ? { body: '{}' } : {};
  return (await directRequest(virtApi, { method, path, headers, identity: frontProxy, ...body })).status;
}

describe.each(roles)('kubevirt.io:%s', (role) => {
  it.each(table)('$method $resource', async (right) => {
    const allowed = right.roles.includes(role);
    const path = pathOf(right);
    const cluster = await statusThroughCluster(role, right.method, path);
    const own = await statusAtVirtApi(role, right.method, path);
    expect([cluster, own].map((status) => status !== 403)).toEqual([allowed, allowed]);
    expect([cluster, own]).not.toContain(401);
    // Nothing is there to be done something with.
    for (const status of [cluster, own]) expect(status).toBeGreaterThanOrEqual(400);
  });

  it('other verbs than those of a right', async () => {
    const path = pathOf({ resource: 'virtualmachines/start', method: 'GET', roles: [] });
    expect(await statusThroughCluster(role, 'GET', path)).toBe(403);
    expect(await statusAtVirtApi(role, 'GET', path)).toBe(403);
  });

  it('PUT expand-vm-spec', async () => {
    const path = '/apis/subresources.kubevirt.io/v1/namespaces/default/expand-vm-spec';
    const allowed = role === 'admin' || role === 'edit' || role === 'view';
    const statuses = [
      await statusThroughCluster(role, 'PUT', path),
      await statusAtVirtApi(role, 'PUT', path),
    ];
    expect(statuses.map((status) => status !== 403)).toEqual([allowed, allowed]);
  });
});
