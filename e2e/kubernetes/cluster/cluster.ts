import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { run, type CommandOptions, type CommandResult } from '../../support/command.ts';
import {
  buildContainerd,
  buildCoredns,
  buildKubernetes,
  controlPlanePrograms,
  type KubernetesMinor,
} from '../build.ts';
import { controlPlaneFiles } from '../control-plane-files.ts';
import { ControlPlane } from '../control-plane.ts';
import { ownRecord } from '../process-record.ts';
import { Programs, type Lifetime } from '../programs.ts';
import { removeCgroup } from './cgroups.ts';
import { dnsProgram, startDns } from './dns.ts';
import { forwardPackets, stopForwarding } from './forwarding.ts';
import { connectNodes, disconnectNodes } from './machine-network.ts';
import { Nodes } from './nodes.ts';
import { Registry, type RegistryEntry } from './registry.ts';
import {
  addresses,
  machineNames,
  newSettings,
  readSettings,
  writeSettings,
  type Settings,
} from './settings.ts';
import { makeTestImages } from './test-images.ts';

export interface ClusterOptions {
  readonly minor: KubernetesMinor;
  /** From 1 to 9. */
  readonly nodes: number;
  /**
   * Default `detached`. Otherwise all processes end with the one that starts the cluster, and what else is left of it is removed by the
   * next one that starts or removes any cluster of this machine.
   */
  readonly lifetime?: Lifetime;
  readonly onProgress: (line: string) => void;
}

/** A running cluster with nodes. Everything that it has is below one folder, but for the names that `machineNames` tells. */
export class Cluster {
  readonly controlPlane: ControlPlane;
  readonly nodes: Nodes;
  readonly version: string;

  private constructor(version: string, controlPlane: ControlPlane, nodes: Nodes) {
    this.version = version;
    this.controlPlane = controlPlane;
    this.nodes = nodes;
  }

  /** File of the administrator. */
  get kubeconfig(): string {
    return this.controlPlane.files.kubeconfig;
  }

  /**
   * Starts a cluster in a folder, or what does not run of the one that is there, and waits until its nodes are ready.
   * @throws Error when another cluster is there, or with the end of the logs when something does not become ready
   */
  static async up(
    folder: string,
    { minor, nodes: count, lifetime = 'detached', onProgress }: ClusterOptions,
  ): Promise<Cluster> {
    requireRoot();
    const settings = await register(folder, { minor, nodes: count, lifetime });
    const kubernetes = await buildKubernetes(minor, undefined, { onProgress });
    const containerd = await buildContainerd({ onProgress });
    const coredns = await buildCoredns({ onProgress });
    const images = await makeTestImages(join(kubernetes.folder, 'images'), minor);
    await connectNodes(settings);
    onProgress(`starting Kubernetes ${kubernetes.version}`);
    const programs = new Programs(controlPlaneFiles(folder).run, lifetime);
    const at = addresses(settings);
    const controlPlane = await ControlPlane.start(folder, programs, {
      programFolder: kubernetes.folder,
      parts: { controllerManager: true, scheduler: true },
      settings: {
        ...settings,
        address: at.machine,
        port: 6443,
        serviceRange: `${at.services},${at.ipv6.services}`,
      },
    });
    onProgress(`starting ${count === 1 ? 'a node' : `${count} nodes`}`);
    const nodes = new Nodes(folder, settings, programs);
    await nodes.start({
      controlPlane,
      kubernetesPrograms: kubernetes.folder,
      containerdPrograms: containerd.folder,
      images,
    });
    const cluster = new Cluster(kubernetes.version, controlPlane, nodes);
    await startDns(cluster, settings, join(coredns.folder, 'coredns'));
    await cluster.nodesReady();
    // Operators put their Pods beside the control plane, which has no node of its own here.
    const role = 'node-role.kubernetes.io/control-plane=';
    await cluster.kubectl(['label', '--overwrite', 'node', nodes.names[0]!, role]);
    return cluster;
  }

  /** Removes a cluster and every trace of it, in whatever state it is. @returns whether there was one */
  static async down(folder: string): Promise<boolean> {
    requireRoot();
    return Registry.locked(async (registry) => {
      await removeAbandoned(registry);
      const settings = await settingsIn(folder, registry);
      if (settings === undefined) return removeFolder(folder);
      await remove(registry, { folder, settings });
      return true;
    });
  }

  /** Waits until every node is ready and takes Pods. @throws Error with the end of the logs when they do not */
  async nodesReady(): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    for (;;) {
      await this.nodes.checkRunning();
      const ready = await this.#readyNodes();
      if (this.nodes.names.every((name) => ready.includes(name))) return;
      if (performance.now() > deadline)
        throw new Error(`the nodes do not become ready; their logs end with:\n${await this.#nodeLogs()}`);
      await delay(200);
    }
  }

  async #nodeLogs(): Promise<string> {
    const logs = this.nodes.names.flatMap((name) =>
      ['containerd', 'kubelet'].map(
        async (program) => `--- ${name}: ${program}\n${await this.nodes.log(name, program)}`,
      ),
    );
    return (await Promise.all(logs)).join('\n');
  }

  async #readyNodes(): Promise<string[]> {
    const list = NodeListSchema.parse(
      JSON.parse((await this.kubectl(['get', 'nodes', '-o', 'json'])).stdout),
    );
    return list.items
      .filter(
        ({ spec, status }) =>
          status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ===
            true &&
          // It is tainted until a controller has seen that it is ready.
          spec.taints === undefined,
      )
      .map(({ metadata }) => metadata.name);
  }

  /** The kubectl of this release, as administrator. */
  kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    const cache = join(this.controlPlane.files.folder, 'kubectl-cache');
    const program = join(this.controlPlane.programFolder, 'kubectl');
    return run([program, '--kubeconfig', this.kubeconfig, '--cache-dir', cache, ...args], options);
  }

  /** Imports the images of an archive (OCI layout or `docker save`) into the container runtime of every node. */
  async importImages(archive: string): Promise<void> {
    for (const name of this.nodes.names)
      await this.nodes.run(
        name,
        ['/run/containerd-programs/ctr', '--namespace', 'k8s.io', 'images', 'import', '-'],
        { input: createReadStream(archive), timeoutMs: 600_000 },
      );
  }
}

const readyTimeoutMs = 300_000;

const NodeListSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ taints: z.array(z.unknown()).optional() }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
      }),
    }),
  ),
});

function requireRoot(): void {
  if (process.getuid?.() !== 0)
    throw new Error('a cluster has nodes with containers and networks of their own: run it as root');
}

/** The settings of the cluster in a folder, or of a new one; they and who owns it are written before anything is made. */
function register(
  folder: string,
  { minor, nodes, lifetime }: Required<Pick<ClusterOptions, 'minor' | 'nodes' | 'lifetime'>>,
): Promise<Settings> {
  return Registry.locked(async (registry) => {
    await removeAbandoned(registry);
    const present = await settingsIn(folder, registry);
    if (present !== undefined && (present.minor !== minor || present.nodes !== nodes))
      throw new Error(
        `there is a cluster of Kubernetes ${present.minor} with ${present.nodes} node(s): run "make cluster-down" first`,
      );
    const others = (await registry.entries()).map(({ settings }) => settings);
    const settings = present ?? (await newSettings({ minor, nodes }, others));
    await registry.put({ folder, settings, owner: lifetime === 'with-parent' ? ownRecord() : undefined });
    await forwardPackets(registry);
    await writeSettings(folder, settings);
    return settings;
  });
}

/** The folder has them where the machine was started since, the registry where a process was killed in between. */
const settingsIn = async (folder: string, registry: Registry): Promise<Settings | undefined> =>
  (await readSettings(folder)) ?? (await registry.find(folder))?.settings;

/** Removes the clusters that killed processes left, of any checkout. */
async function removeAbandoned(registry: Registry): Promise<void> {
  for (const entry of await registry.abandoned())
    try {
      await remove(registry, entry);
    } catch (cause) {
      throw new Error(`the cluster that a killed process left in ${entry.folder} cannot be removed`, {
        cause,
      });
    }
}

/** Removes a cluster, in an order that lets what is left be found again when this does not come to its end. */
async function remove(
  registry: Registry,
  { folder, settings }: Pick<RegistryEntry, 'folder' | 'settings'>,
): Promise<void> {
  const programs = new Programs(controlPlaneFiles(folder).run, 'detached');
  const nodes = new Nodes(folder, settings, programs);
  // Nothing is kept, so nothing needs to be asked to end.
  for (const name of nodes.names) await nodes.kill(name);
  for (const name of [dnsProgram, ...[...controlPlanePrograms].reverse()])
    await programs.stop(name, { patienceMs: 0 });
  await removeCgroup(machineNames(settings).cgroup);
  await disconnectNodes(settings);
  await removeFolder(folder);
  await stopForwarding(registry, settings);
  await registry.remove(settings);
}

/** @returns whether it was there @throws Error when something is mounted below, which this would empty */
async function removeFolder(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  if (mounts.length > 0) throw new Error(`not removed, because these are mounted: ${mounts.join(', ')}`);
  await rm(folder, { recursive: true });
  return true;
}
