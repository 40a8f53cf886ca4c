import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rmdir, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { run, type CommandResult } from '../../support/command.ts';
import { processesOf } from '../../support/processes.ts';
import { answers } from '../answers.ts';
import { defaultMinor } from '../build.ts';
import { makeCgroup } from '../cluster/cgroups.ts';
import { Cluster } from '../cluster/cluster.ts';
import { writeImageArchive } from '../cluster/image-archive.ts';
import { connectNodes, disconnectNodes } from '../cluster/machine-network.ts';
import { machineTraces } from '../cluster/machine-traces.ts';
import { Registry } from '../cluster/registry.ts';
import {
  addresses,
  machineNames,
  newSettings,
  readSettings,
  writeSettings,
  type Settings,
} from '../cluster/settings.ts';
import { shellImage } from '../cluster/test-images.ts';
import { freePort } from '../ports.ts';
import { killedWhileStarting } from './killed-cluster.ts';
import { startTimeoutMs } from './patience.ts';

/** A Pod that serves the name of the node it is on, with the files of its image once more in /image. */
const webPod = (
  name: string,
  node: string,
  volume = { reference: shellImage, pullPolicy: 'Never' },
): unknown => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web', name } },
  spec: {
    nodeName: node,
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'web',
        image: shellImage,
        command: ['sh', '-c', `echo ${node} > /tmp/index.html; echo started; exec httpd -f -p 8080 -h /tmp`],
        readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 },
        volumeMounts: [{ name: 'image', mountPath: '/image' }],
      },
    ],
    volumes: [{ name: 'image', image: volume }],
  },
});

const service = (name: string, pod: string): unknown => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: {
    selector: { name: pod },
    ports: [{ port: 80, targetPort: 8080 }],
    ipFamilyPolicy: 'RequireDualStack',
  },
});

describe('a cluster with two nodes', () => {
  const folder = resolve(import.meta.dirname, '../../../build/test-cluster');
  let cluster: Cluster;
  let settings: Settings | undefined;
  let killed: Settings;
  let kernelSettings: string[];
  const killedFolder = join(tmpdir(), `virtkit-killed-${process.pid}`);

  const kubectl = async (...args: string[]): Promise<string> => (await cluster.kubectl(args)).stdout.trim();
  const apply = async (...objects: unknown[]): Promise<void> => {
    for (const object of objects)
      await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
  };
  const podsReady = (...names: string[]): Promise<CommandResult> =>
    cluster.kubectl(
      ['wait', '--for=condition=Ready', '--timeout=170s', ...names.map((name) => `pod/${name}`)],
      { timeoutMs: 180_000 },
    );
  const up = (): Promise<Cluster> =>
    Cluster.up(folder, { minor: defaultMinor, nodes: 2, lifetime: 'with-parent', onProgress: console.log });

  beforeAll(async () => {
    // A run that was killed leaves folder and network; the next one begins with removing them.
    await Cluster.down(folder);
    kernelSettings = await readKernelSettings();
    killed = await killedWhileStarting(killedFolder);
    cluster = await up();
    settings = await readSettings(folder);
    await apply(webPod('first', 'node-1'), webPod('second', 'node-2'), service('first', 'first'));
    await podsReady('first', 'second');
  }, startTimeoutMs);

  afterAll(async () => {
    await Cluster.down(folder);
    if (settings !== undefined) expect(await machineTraces(settings)).toEqual([]);
    expect(processesOf(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('removes what another one left whose process was killed', async () => {
    expect(await machineTraces(killed)).toEqual([]);
    expect(processesOf(killedFolder)).toEqual([]);
    expect(existsSync(killedFolder)).toBe(false);
    const entries = await Registry.locked((registry) => registry.entries());
    expect(entries.map((entry) => entry.folder)).not.toContain(killedFolder);
    expect(entries.map((entry) => entry.folder)).toContain(folder);
  });

  it('changes none of the kernel settings that a kubelet wants changed', async () => {
    expect(await readKernelSettings()).toEqual(kernelSettings);
  });

  it('runs Pods: their logs, commands in them, an image as a volume', async () => {
    expect(await kubectl('logs', 'first')).toBe('started');
    expect(await kubectl('exec', 'first', '--', 'hostname')).toBe('first');
    expect(await kubectl('exec', 'second', '--', 'ls', '/image/bin/sh')).toBe('/image/bin/sh');
  });

  it.each([
    ['IPv4', 0],
    ['IPv6', 1],
  ] as const)(
    'connects Pods and Services by %s, from Pods on other nodes and from the machine',
    async (...row) => {
      const [family, index] = row;
      const host = async (...what: string[]): Promise<string> => {
        const address = await kubectl('get', ...what);
        expect(isIP(address)).toBe(family === 'IPv4' ? 4 : 6);
        return family === 'IPv4' ? address : `[${address}]`;
      };
      const url = `http://${await host('service', 'first', '-o', `jsonpath={.spec.clusterIPs[${index}]}`)}/`;
      const podUrl = `http://${await host('pod', 'first', '-o', `jsonpath={.status.podIPs[${index}].ip}`)}:8080/`;
      for (const target of [url, podUrl]) {
        expect(await kubectl('exec', 'second', '--', 'wget', '-qO-', target)).toBe('node-1');
        expect((await run(['curl', '--silent', '--show-error', '--max-time', '5', target])).stdout).toBe(
          'node-1\n',
        );
      }
    },
  );

  it('resolves names of Services', async () => {
    const address = await kubectl('get', 'service', 'first', '-o', 'jsonpath={.spec.clusterIP}');
    // A Service is known to the DNS server by a watch.
    await waitUntil('the name is known', async () => {
      const lookup = ['exec', 'second', '--', 'nslookup', 'first.default.svc.cluster.local'];
      return (await cluster.kubectl(lookup, { mayFail: true })).stdout.includes(`Address: ${address}`);
    });
  });

  it('passes requests on to Pods through the API server', async () => {
    const proxied = await kubectl('get', '--raw', '/api/v1/namespaces/default/pods/second:8080/proxy/');
    expect(proxied).toBe('node-2');
  });

  it('gives Pods tokens of their service account, and a way to the API server', async () => {
    const token = await kubectl(
      'exec',
      'first',
      '--',
      'cat',
      '/var/run/secrets/kubernetes.io/serviceaccount/token',
    );
    const args = ['--server', cluster.controlPlane.url, '--insecure-skip-tls-verify', '--token', token];
    const who = await run(['kubectl', '--kubeconfig', '/dev/null', ...args, 'auth', 'whoami', '-o', 'json']);
    expect(JSON.parse(who.stdout)).toMatchObject({
      status: {
        userInfo: {
          username: 'system:serviceaccount:default:default',
          extra: { 'authentication.kubernetes.io/pod-name': ['first'] },
        },
      },
    });
    const inPod = 'wget -O- http://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT 2>&1 || true';
    // This wget does not speak TLS; the API server says so in HTTP.
    expect(await kubectl('exec', 'second', '--', 'sh', '-c', inPod)).toContain('400 Bad Request');
  });

  it('lets a node change only what is its own', async () => {
    const file = join(folder, 'node-2.kubeconfig');
    await cluster.controlPlane.writeKubeconfig(file, {
      name: 'system:node:node-2',
      groups: ['system:nodes'],
    });
    const label = (node: string) =>
      run(['kubectl', '--kubeconfig', file, 'label', 'node', node, 'tested=yes'], { mayFail: true });
    expect(await label('node-2')).toMatchObject({ exitCode: 0 });
    expect((await label('node-1')).stderr).toContain('only its own Node object');
  });

  /** Makes an image with one file that no other image has, and imports it. */
  const importImage = async (name: string): Promise<string> => {
    const reference = `virtkit.dev/cluster/${name}:1`;
    const root = join(folder, name);
    await mkdir(root);
    await writeFile(join(root, name), name);
    const archive = `${root}.tar`;
    await writeImageArchive(archive, { reference, root, entrypoint: ['/none'] });
    await cluster.importImages(archive);
    return reference;
  };
  const ctr = ['/run/containerd-programs/ctr', '--namespace', 'k8s.io', 'images'] as const;

  it('imports images into every node', async () => {
    const reference = await importImage('imported');
    for (const node of cluster.nodes.names)
      expect((await cluster.nodes.run(node, [...ctr, 'ls', '-q'])).stdout.split('\n')).toContain(reference);
  });

  it('pulls images from a registry of this machine', async () => {
    const registry = `${addresses(settings!).machine}:${await freePort()}`;
    const config = join(folder, 'registry.yaml');
    const storage = { filesystem: { rootdirectory: join(folder, 'registry') } };
    await writeFile(config, JSON.stringify({ version: '0.1', storage, http: { addr: registry } }));
    const { programs } = cluster.controlPlane;
    await programs.start({ name: 'registry', command: ['docker-registry', 'serve', config] });
    await programs.ready('registry', () => answers(`http://${registry}/v2/`));
    await cluster.nodes.trustPlainRegistry(registry);
    const reference = `${registry}/team/pushed:1`;
    const pushed = await importImage('pushed');
    await cluster.nodes.run('node-1', [...ctr, 'push', '--plain-http', reference, pushed]);

    await apply(webPod('pulled', 'node-2', { reference, pullPolicy: 'Always' }));
    await podsReady('pulled');
    expect(await kubectl('exec', 'pulled', '--', 'cat', '/image/pushed')).toBe('pushed');
    const images = (await cluster.nodes.run('node-2', [...ctr, 'ls', '-q'])).stdout;
    expect(images.split('\n')).toContain(reference);
    await kubectl('delete', 'pod', 'pulled');
    await programs.stop('registry');
  });

  it('changes nothing when it is up already', async () => {
    const pids = async (): Promise<(number | undefined)[]> =>
      Promise.all(
        ['etcd', 'kube-apiserver', 'node-1', 'node-2'].map((name) => cluster.controlPlane.programs.pid(name)),
      );
    const before = await pids();
    await up();
    expect(await pids()).toEqual(before);
    await expect(
      Cluster.up(folder, { minor: defaultMinor, nodes: 1, onProgress: console.log }),
    ).rejects.toThrow('make cluster-down');
  });

  it('comes back with its Pods after a restart of the machine', async () => {
    const restarts = async (): Promise<number> => {
      const pod = JSON.parse(await kubectl('get', 'pod', 'first', '-o', 'json'));
      return PodSchema.parse(pod).status.containerStatuses[0]!.restartCount;
    };
    const before = await restarts();
    const { programs } = cluster.controlPlane;
    for (const name of ['node-1', 'node-2', 'kube-apiserver', 'etcd']) await programs.signal(name, 'SIGKILL');
    await disconnectNodes(settings!);
    cluster = await up();
    await waitUntil('the Pod was started again', async () => (await restarts()) > before, {
      timeoutMs: 60_000,
    });
    await podsReady('first', 'second');
    expect(await kubectl('exec', 'first', '--', 'cat', '/tmp/index.html')).toBe('node-1');
  });
});

const readKernelSettings = (): Promise<string[]> =>
  Promise.all(
    ['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'].map((name) =>
      readFile(`/proc/sys/${name}`, 'utf8'),
    ),
  );

describe('a cluster that did not come up', () => {
  type Begin = (settings: Settings, folder: string) => Promise<unknown>;
  it.each<[string, Begin]>([
    ['before anything was made', () => Promise.resolve()],
    ['when it had its folder', (settings, folder) => writeSettings(folder, settings)],
    ['in the middle of its network', connectNodes],
    ['in the middle of its cgroups', (settings) => makeCgroup(`${machineNames(settings).cgroup}/node-1`)],
  ])('%s is removed without a trace', async (_, begin) => {
    const parent = await mkdtemp(join(tmpdir(), 'virtkit-cluster-'));
    const folder = join(parent, 'c');
    const settings = await Registry.locked(async (registry) => {
      const others = await registry.entries();
      const chosen = await newSettings(
        { minor: defaultMinor, nodes: 2 },
        others.map((entry) => entry.settings),
      );
      await registry.put({ folder, settings: chosen });
      return chosen;
    });
    await begin(settings, folder);
    expect(await Cluster.down(folder)).toBe(true);
    expect(await machineTraces(settings)).toEqual([]);
    expect(await Registry.locked((registry) => registry.find(folder))).toBeUndefined();
    expect(await Cluster.down(folder)).toBe(false);
    await rmdir(parent);
  });
});

const PodSchema = z.object({
  status: z.object({ containerStatuses: z.array(z.object({ restartCount: z.int() })) }),
});
