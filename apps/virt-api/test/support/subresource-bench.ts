import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { startControlPlane, type ControlPlane } from '@virtkit/apiserver';
import {
  crd,
  resources,
  type JsonPatch,
  type KubeVirtConfiguration,
  type KubeVirtStatus,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { connect, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createVirtApi } from '../../src/index.ts';
import { startNodeAgent, type FakeNodeAgent } from './node-agent.ts';
import { createPki } from './pki.ts';

/** The group `subresources.kubevirt.io` on a control plane that admits any object, with a node whose agent is the test's. */
export interface SubresourceBench {
  readonly client: Client;
  readonly agent: FakeNodeAgent;
  /** Makes a machine and returns its name. */
  machine(spec?: Partial<VirtualMachine['spec']>, status?: VirtualMachine['status']): Promise<string>;
  /** Makes an instance that runs on the node unless its status says otherwise, and returns its name. */
  instance(change?: InstanceChange): Promise<string>;
  /** Sends a request to the group; `path` begins after the namespace. */
  ask(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<Asked>;
  /** Opens a stream and returns the refusal's status. */
  streamStatus(path: string): Promise<number>;
  /** Puts a configuration into force. */
  configure(configuration: KubeVirtConfiguration, status?: KubeVirtStatus): Promise<void>;
}

/** What a test wants of an instance. */
export interface InstanceChange {
  readonly name?: string;
  readonly status?: VirtualMachineInstance['status'];
  readonly spec?: Partial<VirtualMachineInstance['spec']>;
  readonly devices?: VirtualMachineInstance['spec']['domain']['devices'];
  readonly metadata?: VirtualMachineInstance['metadata'];
}

/** An answer, read. */
interface Asked {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** The parsed text; an empty object when it is no JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export const namespace = 'default';
const group = '/apis/subresources.kubevirt.io/v1';
const configurationName = { name: 'kubevirt', namespace: 'kubevirt' };

/** Starts the bench before the tests of a file and ends it after them. */
export function subresourceBench(): () => SubresourceBench {
  const stack = new AsyncDisposableStack();
  let bench: SubresourceBench | undefined;
  beforeAll(async () => {
    bench = await start(stack);
  });
  beforeEach(() => {
    const agent = bench?.agent;
    if (agent === undefined) return;
    agent.calls.length = 0;
    agent.bodies.length = 0;
    agent.onCall = () => ({ status: 202 });
  });
  afterAll(() => stack.disposeAsync());
  return () => {
    if (bench === undefined) throw new Error('the bench has not been started');
    return bench;
  };
}

async function start(stack: AsyncDisposableStack): Promise<SubresourceBench> {
  const pki = await createPki();
  const system = Promise.withResolvers<Client>();
  const virtApi = createVirtApi({
    client: () => system.promise,
    handlerTls: () => pki.client,
    hypervisors: ['kvm-qemu', 'mock'],
  });
  const plane = stack.use(
    await startControlPlane({
      crds: [
        crd(resources.virtualMachines),
        crd(resources.virtualMachineInstances),
        crd(resources.kubeVirts),
        crd(resources.virtualMachineInstanceMigrations),
        crd(resources.virtualMachineClusterInstancetypes),
        crd(resources.virtualMachinePreferences),
      ],
      mounts: virtApi.mounts,
      durability: 'process-crash',
    }),
  );
  const client = stack.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
  system.resolve(client);
  stack.use(virtApi);
  const agent = stack.use(await startNodeAgent(pki.agent));
  await client.nodes.create({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', annotations: { 'virtkit.dev/virt-handler-endpoint': agent.url } },
  });
  await client.namespaces.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kubevirt' } });
  await client.kubeVirts.create({
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: configurationName,
    spec: {},
  });
  return new Bench(client, agent, plane);
}

let count = 0;

type Server = Pick<ControlPlane, 'url' | 'ca' | 'token'>;

/** A request as it is, without what the SDK makes of refusals. */
function raw(
  { url, ca, token }: Server,
  method: string,
  path: string,
  content: string,
): Promise<Omit<Asked, 'body'>> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      // Without it the body of a GET would not be framed.
      'content-length': Buffer.byteLength(content),
    };
    const call = request(new URL(path, url), { method, ca, headers, agent: false }, (response) => {
      const { statusCode = 0, headers: given } = response;
      text(response).then(
        (body) => resolve({ status: statusCode, contentType: given['content-type'] ?? '', text: body }),
        reject,
      );
    });
    call.once('error', reject);
    call.end(content);
  });
}

function objectOf(answer: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(answer);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

class Bench implements SubresourceBench {
  readonly client: Client;
  readonly agent: FakeNodeAgent;

  readonly #server: Server;

  constructor(client: Client, agent: FakeNodeAgent, server: Server) {
    this.client = client;
    this.agent = agent;
    this.#server = server;
  }

  async machine(
    spec: Partial<VirtualMachine['spec']> = {},
    status?: VirtualMachine['status'],
  ): Promise<string> {
    const name = `machine-${++count}`;
    const template = { spec: { domain: { devices: {} } } };
    const strategy = 'running' in spec || 'runStrategy' in spec ? {} : { runStrategy: 'Manual' };
    await this.client.virtualMachines.create({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: { name, namespace },
      spec: { template, ...strategy, ...spec },
    });
    if (status !== undefined)
      await this.client.virtualMachines.patch(
        name,
        { type: 'merge', body: { status } },
        { subresource: 'status' },
      );
    return name;
  }

  async instance(change: InstanceChange = {}): Promise<string> {
    const name = change.name ?? `instance-${++count}`;
    await this.client.virtualMachineInstances.create({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstance',
      metadata: { name, namespace, ...change.metadata },
      spec: { domain: { devices: change.devices ?? {} }, ...change.spec },
      status: { phase: 'Running', nodeName: 'node-1', ...change.status },
    });
    return name;
  }

  async ask(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<Asked> {
    const at = path.startsWith('/') ? `${group}${path}` : `${group}/namespaces/${namespace}/${path}`;
    const content = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    const answer = await raw(this.#server, method, at, content);
    return { ...answer, body: objectOf(answer.text) };
  }

  async streamStatus(path: string): Promise<number> {
    try {
      const stream = await this.client.upgrade(`${group}/namespaces/${namespace}/${path}`);
      stream.destroy();
      return 101;
    } catch (error) {
      if (typeof error === 'object' && error !== null && 'httpStatus' in error)
        return Number(error.httpStatus);
      throw error;
    }
  }

  async configure(configuration: KubeVirtConfiguration, status?: KubeVirtStatus): Promise<void> {
    const { name, namespace: at } = configurationName;
    const operations: JsonPatch = [{ op: 'add', path: '/spec', value: { configuration } }];
    const written = await this.client.kubeVirts.patch(name, { type: 'json', operations }, { namespace: at });
    const latest =
      status === undefined
        ? written
        : await this.client.kubeVirts.patch(
            name,
            { type: 'merge', body: { status } },
            { namespace: at, subresource: 'status' },
          );
    await waitUntil('virt-api knows the configuration', async () => {
      const { body } = await this.ask('GET', '/healthz');
      return body['config-resource-version'] === latest.metadata.resourceVersion;
    });
  }
}
