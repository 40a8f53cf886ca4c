import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane, type ControlPlane } from '@virtkit/apiserver';
import {
  crd,
  podConditions,
  resources,
  type Devices,
  type Node,
  type Pod,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import { unchanging } from '@virtkit/program';
import { connect, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { embeddedPodLogs, runVirtHandler } from '../../src/index.ts';
import { LauncherProcess, podFolder } from './launcher-process.ts';
import { createAuthority, type Identity } from '@virtkit/testing/authority';

const nodeName = 'node-1';
export const callerName = 'kubevirt.io:system:client:virt-handler';

/** Writes to instances, as the server saw them. */
export interface Write {
  verb: string;
  resource: string | undefined;
  user: string | undefined;
}

interface RunningHandler extends AsyncDisposable {
  readonly client: Client;
}

/** A VMI in phase Scheduled whose launcher runs. */
export interface ScheduledInstance {
  name: string;
  uid: string;
  podUid: string;
  launcher: LauncherProcess;
}

/** A control plane, a kubelet's folders, certificates; virt-handler and launchers are started by the tests. */
export class TestNode implements AsyncDisposable {
  readonly kubeletRoot: string;
  readonly plane: ControlPlane;
  readonly client: Client;
  readonly writes: Write[];
  readonly issue: (commonName: string) => Promise<Identity>;
  readonly logs: string[] = [];
  readonly #stack: AsyncDisposableStack;
  #handler: RunningHandler | undefined;
  #pods = 0;

  private constructor(
    stack: AsyncDisposableStack,
    parts: Pick<TestNode, 'kubeletRoot' | 'plane' | 'client' | 'writes' | 'issue'>,
  ) {
    this.#stack = stack;
    this.kubeletRoot = parts.kubeletRoot;
    this.plane = parts.plane;
    this.client = parts.client;
    this.writes = parts.writes;
    this.issue = parts.issue;
  }

  static async start(): Promise<TestNode> {
    await using stack = new AsyncDisposableStack();
    const kubeletRoot = mkdtempSync(join(tmpdir(), 'vh-'));
    stack.defer(() => rmSync(kubeletRoot, { recursive: true, force: true }));
    const writes: Write[] = [];
    const plane = stack.use(
      await startControlPlane({
        crds: [crd(resources.virtualMachineInstances), crd(resources.kubeVirts)],
        durability: 'process-crash',
        onRequest: ({ verb, resource, user, status }) => {
          if (status < 300 && ['create', 'update', 'patch', 'delete'].includes(verb))
            writes.push({ verb, resource, user });
        },
      }),
    );
    const client = stack.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
    await client
      .resource<Node>(resources.nodes)
      .create({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName }, spec: {}, status: {} });
    const issue = await createAuthority();
    return new TestNode(stack.move(), { kubeletRoot, plane, client, writes, issue });
  }

  get instances() {
    return this.client.resource(resources.virtualMachineInstances);
  }

  get pods() {
    return this.client.resource<Pod>(resources.pods);
  }

  /** Starts virt-handler in this process. */
  async startHandler(options: { guestAnswerMs?: number } = {}): Promise<void> {
    const stack = new AsyncDisposableStack();
    const token = this.plane.issueToken({ name: 'virt-handler', groups: ['system:masters'] });
    const client = stack.use(await connect({ server: this.plane.url, ca: this.plane.ca, token }));
    const stop = new AbortController();
    const { ca, certificate, key } = await this.issue('kubevirt.io:system:node:virt-handler');
    const log = (message: string, fields: object = {}) =>
      void this.logs.push(`${message} ${JSON.stringify(fields)}`);
    const running = runVirtHandler({
      ...options,
      client,
      nodeName,
      kubeletRoot: this.kubeletRoot,
      network: { prepare: () => Promise.reject(new Error('mock guests have no network on the host')) },
      node: { hypervisors: ['mock'], hardwareVirtualization: { state: 'absent' } },
      server: {
        listen: { host: '127.0.0.1', port: 0 },
        security: { keyPair: unchanging({ certificate, key }), clientCa: unchanging(ca) },
        clients: [callerName],
      },
      launcherUsers: [process.getuid?.() ?? 0],
      launcherLogs: {
        logs: embeddedPodLogs(this.kubeletRoot),
        folder: join(this.kubeletRoot, 'launcher-logs'),
      },
      logger: { debug: log, info: log, warn: log, error: log },
      signal: stop.signal,
    });
    stack.defer(async () => {
      stop.abort();
      await running;
    });
    this.#handler = { client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  async stopHandler(): Promise<void> {
    await this.#handler?.[Symbol.asyncDispose]();
    this.#handler = undefined;
  }

  /** Creates a VMI as virt-controller leaves it for virt-handler, with its Pod, and starts its launcher. */
  async schedule(
    options: {
      spec?: Partial<VirtualMachineInstanceSpec>;
      devices?: Devices;
      behaviour?: object;
      launcher?: boolean;
    } = {},
  ): Promise<ScheduledInstance> {
    const name = `vm-${++this.#pods}`;
    const created = await this.instances.create({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstance',
      metadata: {
        name,
        namespace: 'default',
        uid: '',
        finalizers: ['kubevirt.io/foregroundDeleteVirtualMachine'],
      },
      spec: {
        ...instanceSpec,
        ...(options.devices && { domain: { ...instanceSpec.domain, devices: options.devices } }),
        ...options.spec,
      },
    });
    const uid = created.metadata.uid ?? '';
    const pod = await this.pods.create(launcherPod(name, uid));
    const podUid = pod.metadata.uid ?? '';
    mkdirSync(podFolder(this.kubeletRoot, podUid), { recursive: true });
    const launcher = this.#stack.use(
      new LauncherProcess({
        kubeletRoot: this.kubeletRoot,
        podUid,
        vmi: { name, namespace: 'default', uid },
        behaviour: options.behaviour ?? {},
      }),
    );
    await this.instances.patch(
      name,
      {
        type: 'merge',
        body: {
          metadata: { labels: { 'kubevirt.io/nodeName': nodeName } },
          status: { phase: 'Scheduled', nodeName, activePods: { [podUid]: nodeName } },
        },
      },
      { namespace: 'default' },
    );
    return { name, uid, podUid, launcher };
  }

  get(name: string): Promise<VirtualMachineInstance> {
    return this.instances.get(name, { namespace: 'default' });
  }

  /** Waits until the VMI is as wanted. */
  until(
    name: string,
    what: string,
    holds: (instance: VirtualMachineInstance) => boolean,
  ): Promise<VirtualMachineInstance> {
    return waitUntil(
      `${name}: ${what}`,
      async () => {
        const instance = await this.get(name);
        if (holds(instance)) return instance;
        throw new Error(`${JSON.stringify(instance.status)}\n${this.logs.join('\n')}`);
      },
      { timeoutMs: 20_000 },
    );
  }

  /** `https://host:port` of virt-handler, as its Node announces it. */
  async endpoint(): Promise<string> {
    return waitUntil('the node to announce its endpoint', async () => {
      const node = await this.client.resource<Node>(resources.nodes).get(nodeName);
      return node.metadata.annotations?.['virtkit.dev/virt-handler-endpoint'];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopHandler();
    await this.#stack.disposeAsync();
  }
}

const instanceSpec: VirtualMachineInstanceSpec = {
  architecture: 'amd64',
  terminationGracePeriodSeconds: 30,
  domain: {
    cpu: { sockets: 1, cores: 1, threads: 1 },
    memory: { guest: '64Mi' },
    machine: { type: 'q35' },
    firmware: { uuid: randomUUID() },
    devices: { interfaces: [{ name: 'default', masquerade: {} }] },
  },
  networks: [{ name: 'default', pod: {} }],
};

const launcherPod = (instance: string, uid: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `virt-launcher-${instance}`,
    namespace: 'default',
    labels: { 'kubevirt.io': 'virt-launcher', 'kubevirt.io/created-by': uid },
    ownerReferences: [
      { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: instance, uid, controller: true },
    ],
  },
  spec: {
    nodeName,
    readinessGates: [{ conditionType: podConditions.guestReady }],
    containers: [{ name: 'compute', image: 'virt-launcher' }],
  },
});
