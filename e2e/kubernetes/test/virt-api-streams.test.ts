import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { authorityBundle, createAuthority } from '@virtkit/pki';
import { connect, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNodeAgent, type FakeNodeAgent } from '../../../apps/virt-api/test/support/node-agent.ts';
import { startKubernetes, type Kubernetes } from '../control-plane.ts';
import { directRequest } from '../front-proxy.ts';
import { InstalledVirtApi } from '../installed-virt-api.ts';
import { startTimeoutMs } from './patience.ts';

const namespace = 'default';
const subresource = (name: string, operation: string): string =>
  `/apis/subresources.kubevirt.io/v1/namespaces/${namespace}/virtualmachineinstances/${name}/${operation}`;

/** Asks one thing after another, until disposed of. */
class SteadyRequests implements AsyncDisposable {
  readonly failures: unknown[] = [];
  readonly #loop: Promise<void>;
  #answered = 0;
  #goOn = true;

  constructor(ask: () => Promise<void>) {
    this.#loop = this.#run(ask);
  }

  async #run(ask: () => Promise<void>): Promise<void> {
    while (this.#goOn) {
      try {
        await ask();
        this.#answered += 1;
      } catch (error) {
        this.failures.push(error);
        this.#goOn = false;
      }
    }
  }

  /** Waits for so many more answers. @throws the failure of one */
  async answers(count: number): Promise<void> {
    const until = this.#answered + count;
    await waitUntil('requests are answered', () => this.#answered >= until || this.failures.length > 0);
    if (this.failures.length > 0) throw this.failures[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#goOn = false;
    await this.#loop;
  }
}

let kubernetes: Kubernetes;
let virtApi: InstalledVirtApi;
let admin: Client;
/** Sets the status of instances, which only the platform's own accounts may. */
let system: Client;
const stack = new AsyncDisposableStack();

async function startAgent(secret = 'kubevirt-virt-handler-server-certs'): Promise<FakeNodeAgent> {
  const { certificates } = virtApi;
  return startNodeAgent({ ca: certificates.authority.certificate, ...(await certificates.issue(secret)) });
}

const instance = (name: string) => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstance',
  metadata: { name, namespace },
  spec: { domain: { memory: { guest: '64Mi' }, devices: {} } },
});

/** A node where such an agent is, and an instance that runs there. */
async function runningOn(name: string, agent: FakeNodeAgent): Promise<void> {
  await admin.nodes.create({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'virtkit.dev/virt-handler-endpoint': agent.url } },
  });
  await admin.virtualMachineInstances.create(instance(name));
  const body = { status: { phase: 'Running', nodeName: name } };
  await system.virtualMachineInstances.patch(name, { type: 'merge', body });
}

beforeAll(async () => {
  kubernetes = stack.use(await startKubernetes({ onProgress: console.log }));
  virtApi = stack.use(await InstalledVirtApi.start(kubernetes));
  admin = stack.use(await connect({ kubeconfig: kubernetes.kubeconfig, namespace, attempts: 1 }));
  const kubeconfig = await kubernetes.kubeconfigFor({
    name: 'system:serviceaccount:kubevirt:kubevirt-controller',
    groups: ['system:masters'],
  });
  system = stack.use(await connect({ kubeconfig, namespace }));
}, startTimeoutMs);

afterAll(() => stack.disposeAsync());

describe('what goes to a node', () => {
  it('a console: bytes both ways, through the API server, virt-api and the node agent', async () => {
    const agent = stack.use(await startAgent());
    agent.onStream = () => (socket) => socket.on('message', (data) => socket.send(data, { binary: true }));
    await runningOn('node-a', agent);
    const stream = await admin.upgrade(subresource('node-a', 'console'), {
      protocols: ['plain.kubevirt.io'],
    });
    const sent = Buffer.alloc(300_000, 'virtkit ');
    const received: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => received.push(chunk));
    stream.write(sent);
    await waitUntil('all is back', () => Buffer.concat(received).length >= sent.length);
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    stream.destroy();
    const path = `/v1/namespaces/${namespace}/virtualmachineinstances/node-a/console`;
    expect(agent.calls).toEqual([`UPGRADE ${path} by kubevirt.io:system:client:virt-handler`]);
  });

  it('an operation', async () => {
    const agent = stack.use(await startAgent());
    agent.onCall = () => ({ status: 202 });
    await runningOn('node-b', agent);
    await admin.virtualMachineInstances.pause('node-b');
    expect(agent.calls).toHaveLength(1);
  });

  it('nothing to an agent with the name of another part', async () => {
    const impostor = stack.use(await startAgent('kubevirt-virt-api-certs'));
    await runningOn('node-c', impostor);
    await expect(admin.virtualMachineInstances.pause('node-c')).rejects.toThrow(
      'virt-handler cannot be reached',
    );
    await expect(admin.upgrade(subresource('node-c', 'console'))).rejects.toThrow();
    expect(impostor.calls).toEqual([]);
  });
});

describe('what goes to a guest', () => {
  it('a connection to a port, which ends with the guest', async () => {
    const guest = createServer((socket) =>
      socket.once('data', (data) => socket.end(`heard: ${data.toString()}`)),
    );
    stack.defer(() => void guest.close());
    const { hostname } = new URL(virtApi.url);
    await once(guest.listen(0, hostname), 'listening');
    const { port } = guest.address() as AddressInfo;
    await runningOn('node-e', stack.use(await startAgent()));
    const body = { status: { interfaces: [{ name: 'default', ipAddress: hostname }] } };
    await system.virtualMachineInstances.patch('node-e', { type: 'merge', body });
    const stream = await admin.upgrade(subresource('node-e', `portforward/${port}/tcp`), {
      protocols: ['plain.kubevirt.io'],
    });
    stream.write('hello');
    expect(await text(stream)).toBe('heard: hello');
  });

  it('none to a port where nobody listens', async () => {
    const closed = createServer();
    await once(closed.listen(0, '127.0.0.1'), 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await expect(admin.upgrade(subresource('node-e', `portforward/${port}`))).rejects.toMatchObject({
      httpStatus: 500,
    });
  });
});

describe('in the long run', () => {
  it('authority and certificates are renewed while requests come, and none fails', async () => {
    const { certificates } = virtApi;
    const old = certificates.authority;
    await using asking = new SteadyRequests(async () => {
      await admin.request({ method: 'GET', path: '/apis/subresources.kubevirt.io/v1/version' });
      await admin.virtualMachineInstances.create(instance('asked'), { dryRun: true });
    });

    const next = await createAuthority({ commonName: 'kubevirt.io', now: Date.now(), durationMs: 3600_000 });
    const bundle = authorityBundle([next.certificate, old.certificate], { now: Date.now() });
    await virtApi.trust(bundle);
    await asking.answers(10);
    certificates.authority = next;
    await virtApi.writePair('handler', await certificates.issue('kubevirt-virt-handler-certs'));
    const serving = await certificates.issue('kubevirt-virt-api-certs', [new URL(virtApi.url).hostname]);
    await virtApi.writePair('serving', serving);
    await waitUntil(
      'the new certificate is shown',
      async () => (await shown()) === serving.certificate.trim(),
    );
    await asking.answers(10);
    await virtApi.trust(next.certificate);
    await asking.answers(10);
    expect(asking.failures).toEqual([]);

    const agent = stack.use(await startAgent());
    agent.onCall = () => ({ status: 202 });
    await runningOn('node-d', agent);
    await admin.virtualMachineInstances.pause('node-d');
    expect(agent.calls[0]).toContain('by kubevirt.io:system:client:virt-handler');
  });

  it('asked to end, it says that it is not ready, answers nevertheless, and ends', async () => {
    const stopped = virtApi.stop();
    const health = () => directRequest(virtApi, { method: 'GET', path: '/healthz' });
    await waitUntil('it is not ready', async () => (await health()).status === 503);
    expect(await directRequest(virtApi, { method: 'GET', path: '/apis' })).toMatchObject({ status: 200 });
    expect(await stopped).toBe(0);
    expect(virtApi.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});

/** The certificate that virt-api shows, PEM. */
async function shown(): Promise<string> {
  const { hostname, port } = new URL(virtApi.url);
  // Which authority it is from is not the question here.
  const socket = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    const { raw } = socket.getPeerCertificate();
    const lines = raw.toString('base64').match(/.{1,64}/g) ?? [];
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n');
  } finally {
    socket.destroy();
  }
}
