import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  crdCatalogue,
  type KubernetesObject,
  type Pod,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { imagesOf, installedDefinitions, installStrategy } from '@virtkit/install';
import { connect, isApiError, type Client } from '@virtkit/sdk';
import { waitUntil as waitUntilBy } from '@virtkit/testing';
import { admittedInstanceSpec } from '@virtkit/testing/instance-specs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../support/command.ts';
import { startKubernetes, type Kubernetes } from '../control-plane.ts';
import { countWrites, printWrites, writesPerMachine } from '../write-counts.ts';
import { startTimeoutMs } from './patience.ts';

const program = fileURLToPath(new URL('../../../apps/virt-controller/src/main.ts', import.meta.url));
const account = 'system:serviceaccount:kubevirt:kubevirt-controller';
const namespace = 'default';

/** Programs of which several start at the same time on a small machine take their time. */
const waitUntil = <T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
) => waitUntilBy(what, condition, { timeoutMs: 120_000 });

/** What virt-api's webhooks put on new objects, which is all that is missing here of them. */
const marks = {
  machine: ['kubevirt.io/virtualMachineControllerFinalize'],
  instance: ['kubevirt.io/foregroundDeleteVirtualMachine'],
};

const instanceSpec = admittedInstanceSpec();

const template = {
  metadata: {
    labels: { app: 'guest' },
    annotations: { 'virtkit.dev/hypervisor': 'mock' },
    finalizers: marks.instance,
  },
  spec: instanceSpec,
};

function machine(name: string, spec: Partial<VirtualMachine['spec']> = {}): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name, namespace, finalizers: marks.machine },
    spec: { runStrategy: 'Always', template, ...spec },
  };
}

/** A started virt-controller and what it has logged. */
interface Program {
  readonly child: ChildProcess;
  readonly lines: Record<string, unknown>[];
}

describe('virt-controller with the rights of its account', () => {
  let kubernetes: Kubernetes;
  let client: Client;
  const children: ChildProcess[] = [];

  const kubectl = async (...args: string[]): Promise<string> =>
    (await run(['kubectl', '--kubeconfig', kubernetes.kubeconfig, ...args])).stdout.trim();

  async function apply(
    name: string,
    objects: readonly (KubernetesObject & { spec?: unknown })[],
  ): Promise<void> {
    const file = join(kubernetes.folder, `${name}.json`);
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await kubectl('apply', '--server-side', '-f', file);
  }

  async function start(...args: string[]): Promise<Program> {
    const token = await kubectl('create', 'token', '-n', 'kubevirt', 'kubevirt-controller');
    const [tokenFile, caFile] = [join(kubernetes.folder, 'token'), join(kubernetes.folder, 'ca.crt')];
    await Promise.all([writeFile(tokenFile, token), writeFile(caFile, kubernetes.authority)]);
    const child = spawn(
      process.execPath,
      [
        ...['--conditions=@virtkit/source', program],
        ...['--server', kubernetes.url, '--ca-file', caFile, '--token-file', tokenFile],
        ...['--launcher-image', 'virtkit.dev/virt-launcher:0.1.0', '--metrics-address', '127.0.0.1:0'],
        ...['--leader-elect', '--leader-elect-namespace', 'kubevirt', '-v', '4', ...args],
      ],
      { stdio: ['ignore', 'inherit', 'pipe'] },
    );
    children.push(child);
    const lines: Record<string, unknown>[] = [];
    let rest = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts)
        lines.push(part.startsWith('{') ? (JSON.parse(part) as Record<string, unknown>) : { text: part });
    });
    return { child, lines };
  }

  const stop = async ({ child }: Program): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  };

  /** What the API server refused the account, and what the program says of it. */
  async function refusals(lines: Program['lines']): Promise<unknown[]> {
    const written = (await kubernetes.auditEvents()).filter(
      ({ user, responseStatus }) => user.username === account && responseStatus?.code === 403,
    );
    const logged = lines.filter((line) => JSON.stringify(line).includes('forbidden'));
    return [...written.map(({ verb, requestURI }) => `${verb} ${requestURI}`), ...logged];
  }

  const launcherOf = async (name: string): Promise<Pod | undefined> =>
    (await client.pods.list({ namespace, labelSelector: `vm.kubevirt.io/name=${name}` })).items[0];

  const gone = async (read: Promise<unknown>): Promise<boolean> => {
    try {
      await read;
      return false;
    } catch (error) {
      if (isApiError(error, 'not-found')) return true;
      throw error;
    }
  };

  /** Binds a launcher's Pod and says that it runs, as a scheduler and a kubelet would. */
  async function runPod({ metadata: { name = '' } }: Pod): Promise<void> {
    await client.pods.subresource(name, 'binding', {
      method: 'POST',
      namespace,
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name },
        target: { apiVersion: 'v1', kind: 'Node', name: 'node-1' },
      },
    });
    const now = new Date().toISOString();
    const running = {
      name: 'compute',
      ready: true,
      restartCount: 0,
      image: 'i',
      imageID: '',
      state: { running: { startedAt: now } },
    };
    const status = {
      phase: 'Running',
      podIP: '10.0.0.9',
      podIPs: [{ ip: '10.0.0.9' }],
      conditions: ['Ready', 'ContainersReady', 'Initialized'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: now,
      })),
      containerStatuses: [running],
    };
    await client.pods.patch(
      name,
      { type: 'strategic', body: { status } },
      { namespace, subresource: 'status' },
    );
  }

  /** The instance of this name as soon as virt-controller has handed it over, running as virt-handler would say. */
  async function runGuest(name: string): Promise<VirtualMachineInstance> {
    await waitUntil(`${name} is handed over`, async () => {
      const { status } = await client.virtualMachineInstances.get(name, { namespace });
      return status?.phase === 'Scheduled';
    });
    const body = { status: { phase: 'Running' } };
    return client.virtualMachineInstances.patch(name, { type: 'merge', body }, { namespace });
  }

  beforeAll(async () => {
    kubernetes = await startKubernetes({ controllerManager: true, onProgress: console.log });
    client = await connect({ kubeconfig: kubernetes.kubeconfig });
    const definitions = [
      ...installedDefinitions(),
      ...crdCatalogue().filter(({ metadata }) => metadata.name === 'kubevirts.kubevirt.io'),
    ];
    await apply('definitions', definitions);
    await waitUntil('the kinds are served', async () => {
      // kubectl fails at once for a definition whose status is not there yet.
      const wait = ['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all'];
      const { exitCode } = await run(['kubectl', '--kubeconfig', kubernetes.kubeconfig, ...wait], {
        mayFail: true,
      });
      return exitCode === 0;
    });
    await kubectl('create', 'namespace', 'kubevirt');
    const target = {
      namespace: 'kubevirt',
      version: '0.1.0',
      registry: 'virtkit.dev',
      images: imagesOf({ registry: 'virtkit.dev', tag: '0.1.0' }),
      spec: {},
      cluster: { schedulableNodes: 1 },
    };
    await apply('access', installStrategy(target).access);
    const heartbeat = { 'kubevirt.io/heartbeat': new Date().toISOString() };
    await apply('cluster', [
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'slow', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        ...{ provisioner: 'example.com/nobody', volumeBindingMode: 'WaitForFirstConsumer' },
      },
      {
        apiVersion: 'kubevirt.io/v1',
        kind: 'KubeVirt',
        metadata: { name: 'kubevirt', namespace: 'kubevirt' },
        spec: {},
      },
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'node-1', labels: { 'kubevirt.io/schedulable': 'true' }, annotations: heartbeat },
      },
    ]);
    await kubectl('wait', '-n', 'default', '--for=create', 'serviceaccount/default');
  }, startTimeoutMs);
  afterEach(async () => {
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await kubernetes[Symbol.asyncDispose]();
  });

  it('brings a machine from its creation to its end, with few writes', async () => {
    const controller = await start();
    await client.virtualMachines.create(machine('web'), { namespace });
    const pod = await waitUntil('a launcher Pod', () => launcherOf('web'));
    expect(pod.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'VirtualMachineInstance', name: 'web' });
    await runPod(pod);
    await runGuest('web');
    await waitUntil('the machine says that it runs', async () => {
      const { status } = await client.virtualMachines.get('web', { namespace });
      return status?.printableStatus === 'Running';
    });
    const writes = countWrites(await kubernetes.auditEvents(), { namespace });
    console.log(printWrites(writes, 1));
    expect(writesPerMachine(writes, 'virtkit', 1)).toBeLessThanOrEqual(8);

    await client.virtualMachines.delete('web', { namespace });
    await waitUntil('the Pod is asked to end', async () => {
      const now = await launcherOf('web');
      return now === undefined || now.metadata.deletionTimestamp !== undefined;
    });
    // A kubelet would end it.
    await client.pods.delete(pod.metadata.name ?? '', { namespace, gracePeriodSeconds: 0 });
    await waitUntil('the machine is gone', () => gone(client.virtualMachines.get('web', { namespace })));
    expect(await gone(client.virtualMachineInstances.get('web', { namespace }))).toBe(true);
    await stop(controller);
    expect(await refusals(controller.lines)).toEqual([]);
    const { spec } = await client.leases.get('virt-controller', { namespace: 'kubevirt' });
    expect(spec?.holderIdentity).toBeFalsy();
  });

  it('keeps replica sets and pools, instance types, claims of templates, and nodes', async () => {
    const controller = await start();
    const selector = { matchLabels: { app: 'guest' } };
    await apply('kinds', [
      {
        apiVersion: 'instancetype.kubevirt.io/v1beta1',
        kind: 'VirtualMachineInstancetype',
        metadata: { name: 'small', namespace },
        spec: { cpu: { guest: 2 }, memory: { guest: '256Mi' } },
      },
      {
        apiVersion: 'kubevirt.io/v1',
        kind: 'VirtualMachineInstanceReplicaSet',
        metadata: { name: 'set', namespace },
        spec: { replicas: 2, selector, template },
      },
      {
        apiVersion: 'pool.kubevirt.io/v1beta1',
        kind: 'VirtualMachinePool',
        metadata: { name: 'pool', namespace },
        spec: {
          replicas: 1,
          selector,
          virtualMachineTemplate: {
            metadata: { labels: { app: 'guest' }, finalizers: marks.machine },
            spec: { runStrategy: 'Always', template },
          },
        },
      },
    ]);
    const { memory: _memory, ...domain } = instanceSpec.domain;
    const typed = { ...template, spec: { ...instanceSpec, domain } };
    await client.virtualMachines.create(
      machine('typed', {
        instancetype: { name: 'small', kind: 'VirtualMachineInstancetype' },
        template: typed,
      }),
      { namespace },
    );
    const state = {
      ...instanceSpec.domain,
      devices: { ...instanceSpec.domain.devices, tpm: { persistent: true } },
    };
    await client.virtualMachines.create(
      machine('state', { template: { ...template, spec: { ...instanceSpec, domain: state } } }),
      { namespace },
    );

    await waitUntil('the machine of an instance type remembers it', async () => {
      const { status } = await client.virtualMachines.get('typed', { namespace });
      return status?.instancetypeRef?.controllerRevisionRef?.name !== undefined;
    });
    await waitUntil('each of five instances has a Pod', async () => {
      const { items } = await client.pods.list({ namespace, labelSelector: 'kubevirt.io=virt-launcher' });
      // That of the persistent state waits for its claim, which nobody binds here.
      return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length >= 4;
    });
    await waitUntil('the state of a machine has a claim', async () => {
      const { items } = await client.persistentVolumeClaims.list({ namespace });
      return items.some(({ metadata }) => metadata.labels?.['persistent-state-for'] === 'state');
    });
    const { status } = await waitUntil('the set counts its instances', async () => {
      const set = await client.virtualMachineInstanceReplicaSets.get('set', { namespace });
      return set.status?.replicas === 2 ? set : undefined;
    });
    expect(status?.readyReplicas ?? 0).toBe(0);

    const { items } = await client.pods.list({ namespace, labelSelector: 'vm.kubevirt.io/name=typed' });
    await runPod(items[0]!);
    await runGuest('typed');
    const silent = { metadata: { annotations: { 'kubevirt.io/heartbeat': '2020-01-01T00:00:00Z' } } };
    await client.nodes.patch('node-1', { type: 'merge', body: silent });
    await waitUntil('a node without heartbeat takes no machines', async () => {
      const { metadata } = await client.nodes.get('node-1');
      return metadata.labels?.['kubevirt.io/schedulable'] === 'false';
    });

    await kubectl(
      'delete',
      '--wait=false',
      '-n',
      namespace,
      'vmirs/set',
      'vmpool/pool',
      'vm/typed',
      'vm/state',
    );
    await waitUntil('nothing of it is left', async () => {
      const pods = await client.pods.list({ namespace });
      for (const { metadata } of pods.items)
        if (metadata.deletionTimestamp !== undefined)
          await client.pods
            .delete(metadata.name ?? '', { namespace, gracePeriodSeconds: 0 })
            .catch((error: unknown) => {
              if (!isApiError(error, 'not-found')) throw error;
            });
      const left = await Promise.all([
        client.virtualMachines.list({ namespace }),
        client.virtualMachineInstances.list({ namespace }),
      ]);
      return pods.items.length === 0 && left.every((list) => list.items.length === 0);
    });
    await stop(controller);
    expect(await refusals(controller.lines)).toEqual([]);
  });

  it('hands over to another replica, which ends when it loses the lease', async () => {
    const [first, second] = [await start(), await start()];
    const holder = async (): Promise<string> => {
      const { spec } = await client.leases.get('virt-controller', { namespace: 'kubevirt' });
      return spec?.holderIdentity ?? '';
    };
    const pidOf = (identity: string): number => Number(identity.split('_').at(-2));
    const leader = await waitUntil('one leads', async () => {
      const pid = pidOf(await holder());
      return [first, second].find(({ child }) => child.pid === pid);
    });
    const other = leader === first ? second : first;
    await waitUntil('the other has started', () => other.lines.some(({ msg }) => msg === 'started'));
    await stop(leader);
    await waitUntil('the other leads', async () => pidOf(await holder()) === other.child.pid);

    const ended = once(other.child, 'exit');
    const spec = {
      holderIdentity: 'somebody-else',
      renewTime: new Date().toISOString().replace('Z', '000Z'),
    };
    await client.leases.patch(
      'virt-controller',
      { type: 'merge', body: { spec } },
      { namespace: 'kubevirt' },
    );
    const [code] = (await ended) as [number | null];
    expect(code).not.toBe(0);
    expect(JSON.stringify(other.lines)).toContain('could not be renewed');
  });
});
