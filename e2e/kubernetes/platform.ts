import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Secret } from '@virtkit/core-types';
import { certificateDefinitions, defaultRegistry, release } from '@virtkit/install';
import { connect, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import type { Cluster as Scenarios, Component } from '../support/cluster.ts';
import { run, type CommandOptions, type CommandResult } from '../support/command.ts';
import { killProcess, listProcesses } from '../support/processes.ts';
import { programCommand, top } from '../support/programs.ts';
import { defaultMinor, type KubernetesMinor } from './build.ts';
import { Cluster } from './cluster/cluster.ts';
import { machineNames, readSettings } from './cluster/settings.ts';

const namespace = 'kubevirt';
const guestImage = 'virtkit.dev/tiny-guest:1';
/** The kubelet looks after mounted Secrets about once a minute. */
const certificatePatienceMs = 300_000;
const patienceMs = 180_000;

export interface PlatformOptions {
  readonly minor?: KubernetesMinor;
  /** Default 1. */
  readonly nodes?: number;
  /** What is installed first; default the project's version. */
  readonly release?: ReleaseImages;
}

/** A version, and the archive with its images. */
export interface ReleaseImages {
  readonly version: string;
  readonly archive: string;
}

/** The project's version, as `make images` makes it. */
export const ownRelease: ReleaseImages = {
  version: '0.1.0',
  archive: join(top, 'build', 'images', 'virtkit-images.tar'),
};

/** Virtkit on a real Kubernetes of this machine, installed as an administrator does it. */
export class KubernetesPlatform implements Scenarios, AsyncDisposable {
  readonly namespace = 'default';
  readonly guestImage = guestImage;
  readonly client: Client;
  readonly cluster: Cluster;
  readonly #folder: string;
  readonly #cgroup: string;

  private constructor(folder: string, cgroup: string, cluster: Cluster, client: Client) {
    this.#folder = folder;
    this.#cgroup = cgroup;
    this.cluster = cluster;
    this.client = client;
  }

  /** @throws Error when the images are not built, or with what the operator says when it does not get ready */
  static async start(
    folder: string,
    { minor = defaultMinor, nodes = 1, release: first = ownRelease }: PlatformOptions = {},
  ): Promise<KubernetesPlatform> {
    if (!existsSync(first.archive)) throw new Error(`${first.archive} is not there: run make images`);
    const cluster = await Cluster.up(folder, {
      minor,
      nodes,
      lifetime: 'with-parent',
      onProgress: (line) => console.log(line),
    });
    await cluster.importImages(first.archive);
    const client = await connect({ kubeconfig: cluster.kubeconfig, userAgent: 'virtkit-e2e' });
    const settings = await readSettings(folder);
    if (settings === undefined) throw new Error('a cluster has settings');
    const platform = new KubernetesPlatform(folder, machineNames(settings).cgroup, cluster, client);
    await platform.#install(first.version);
    return platform;
  }

  get kubeconfig(): string {
    return this.cluster.kubeconfig;
  }

  kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return this.cluster.kubectl(args, options);
  }

  virtctl(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return run([...programCommand('virtctl'), '--kubeconfig', this.kubeconfig, ...args], options);
  }

  virtkit(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return run([...programCommand('virtkit'), ...args], options);
  }

  async provideImage(reference: string): Promise<void> {
    const ctr = '/run/containerd-programs/ctr';
    for (const node of this.cluster.nodes.names)
      await this.cluster.nodes.run(node, [
        ctr,
        ...['--namespace', 'k8s.io', 'images', 'tag', '--force', guestImage, reference],
      ]);
  }

  async restart(component: Component): Promise<void> {
    if (component === 'api-server') {
      await this.cluster.controlPlane.programs.signal('kube-apiserver', 'SIGKILL');
      await this.cluster.controlPlane.restart('kube-apiserver');
      return;
    }
    const before = await this.#restarts(component);
    const script = `/usr/lib/virtkit/${component}/main.js`;
    const processes = listProcesses().filter(({ command }) => command[1] === script);
    const own = processes.filter(({ pid }) => this.#isInside(pid));
    if (own.length === 0) throw new Error(`${component} does not run`);
    for (const { pid } of own) killProcess(pid);
    await waitUntil(
      `${component} runs again`,
      async () => (await this.#restarts(component)) >= before + own.length && (await this.#ready(component)),
      { timeoutMs: patienceMs, intervalMs: 500 },
    );
  }

  async pauseStore(milliseconds: number): Promise<void> {
    const { programs } = this.cluster.controlPlane;
    if (!(await programs.signal('etcd', 'SIGSTOP'))) throw new Error('etcd does not run');
    try {
      await delay(milliseconds);
    } finally {
      await programs.signal('etcd', 'SIGCONT');
    }
    await waitUntil(
      'the API server answers',
      async () => (await this.kubectl(['get', '--raw', '/readyz'], { mayFail: true })).stdout === 'ok',
      { timeoutMs: patienceMs, intervalMs: 500 },
    );
  }

  /** Without them the operator makes new ones, the authority first; the kubelet brings them to the Pods, which read them again. */
  async renewCertificates(): Promise<void> {
    const secrets = ['kubevirt-ca', ...certificateDefinitions(namespace).map(({ secret }) => secret)];
    await this.kubectl(['--namespace', namespace, 'delete', 'secret', ...secrets]);
    for (const [secret, program, port] of [
      ['kubevirt-virt-api-certs', 'virt-api', 8443],
      ['kubevirt-virt-handler-server-certs', 'virt-handler', 8186],
    ] as const)
      await waitUntil(
        `${program} has its new certificate`,
        async () => {
          const certificate = await this.#certificate(secret);
          if (certificate === undefined) return false;
          const served = await Promise.all(
            (await this.#pods(program)).map(({ address }) => this.#servedBy(address, port)),
          );
          return served.length > 0 && served.every((one) => one === certificate);
        },
        { timeoutMs: certificatePatienceMs, intervalMs: 2_000 },
      );
  }

  /** Applies what an administrator applies to have another version; the operator in it does the rest. */
  async applyOperator(version: string): Promise<void> {
    await this.#apply(release({ registry: defaultRegistry, tag: version }).operator);
  }

  /** The end of the log of every program, for messages. */
  async logs(): Promise<string> {
    const parts = [];
    for (const name of ['virt-operator', 'virt-api', 'virt-controller', 'virt-handler']) {
      const options = ['--all-containers', '--prefix', '--tail=30'];
      const { stdout, stderr } = await this.kubectl(
        ['--namespace', namespace, 'logs', '--selector', `kubevirt.io=${name}`, ...options],
        { mayFail: true },
      );
      parts.push(`--- ${name}\n${stdout}${stderr}`);
    }
    return parts.join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await Cluster.down(this.#folder);
  }

  /** Whether a process of this machine runs on a node of the cluster. */
  #isInside(pid: number): boolean {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`/${this.#cgroup}/`);
  }

  /** As the page on installation says. Node probes find that nothing here virtualises, so guests are emulated. */
  async #install(version: string): Promise<void> {
    const { kubeVirt } = release({ registry: defaultRegistry, tag: version });
    const { configuration } = kubeVirt.spec;
    const developerConfiguration = { ...configuration?.developerConfiguration, useEmulation: true };
    kubeVirt.spec.configuration = { ...configuration, developerConfiguration };
    await this.applyOperator(version);
    await this.kubectl(['wait', '--for=condition=Established', 'crd/kubevirts.kubevirt.io']);
    await this.#apply([kubeVirt]);
    try {
      await this.kubectl(
        ['--namespace', namespace, 'wait', '--for=condition=Available', 'kubevirt/kubevirt', '--timeout=5m'],
        { timeoutMs: 330_000 },
      );
    } catch (cause) {
      throw new Error(`KubeVirt does not become available:\n${await this.logs()}`, { cause });
    }
  }

  async #apply(objects: readonly object[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await this.kubectl(['apply', '--server-side', '-f', '-'], { input: JSON.stringify(list) });
  }

  async #pods(program: string): Promise<{ address: string; ready: boolean; restarts: number }[]> {
    const { items } = await this.client.pods.list({ namespace, labelSelector: `kubevirt.io=${program}` });
    return items.map(({ status }) => ({
      address: status?.podIP ?? '',
      ready: status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true,
      restarts: status?.containerStatuses?.reduce((sum, one) => sum + one.restartCount, 0) ?? 0,
    }));
  }

  async #restarts(program: string): Promise<number> {
    return (await this.#pods(program)).reduce((sum, { restarts }) => sum + restarts, 0);
  }

  async #ready(program: string): Promise<boolean> {
    return (await this.#pods(program)).every(({ ready }) => ready);
  }

  /** The certificate in a Secret, PEM of the first; undefined while there is none. */
  async #certificate(name: string): Promise<string | undefined> {
    const { stdout } = await this.kubectl([
      '--namespace',
      namespace,
      'get',
      'secret',
      name,
      '--ignore-not-found',
      '--output',
      'json',
    ]);
    if (stdout === '') return undefined;
    const { data } = JSON.parse(stdout) as Secret;
    const pem = Buffer.from(data?.['tls.crt'] ?? '', 'base64').toString();
    return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0];
  }

  /** The certificate that a server shows, PEM. */
  async #servedBy(address: string, port: number): Promise<string | undefined> {
    const { stdout } = await run(['openssl', 's_client', '-connect', `${address}:${port}`], {
      mayFail: true,
      timeoutMs: 10_000,
    });
    return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(stdout)?.[0];
  }
}
