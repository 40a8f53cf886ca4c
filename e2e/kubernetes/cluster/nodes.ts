import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run, type CommandOptions, type CommandResult } from '../../support/command.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { Programs } from '../programs.ts';
import { makeCgroup, removeCgroup } from './cgroups.ts';
import { writeNodeFiles } from './node-files.ts';
import { addresses, machineNames, nodeName, type Settings } from './settings.ts';

/** What a node is started with. */
export interface NodeParts {
  readonly controlPlane: ControlPlane;
  readonly kubernetesPrograms: string;
  readonly containerdPrograms: string;
  /** Archives that are imported before the kubelet starts. */
  readonly images: readonly string[];
}

/** The nodes of a cluster, each one a process with namespaces of its own that holds everything. */
export class Nodes {
  readonly #folder: string;
  readonly #settings: Settings;
  readonly #programs: Programs;

  constructor(folder: string, settings: Settings, programs: Programs) {
    this.#folder = folder;
    this.#settings = settings;
    this.#programs = programs;
  }

  get names(): string[] {
    return Array.from({ length: this.#settings.nodes }, (_, index) => nodeName(index + 1));
  }

  /** Starts the nodes that do not run. What is left of an earlier run of one, containers and images, is taken up again. */
  async start(parts: NodeParts): Promise<void> {
    for (let index = 1; index <= this.#settings.nodes; index += 1)
      if ((await this.#programs.pid(nodeName(index))) === undefined) await this.#startNode(index, parts);
  }

  async #startNode(index: number, parts: NodeParts): Promise<void> {
    const name = nodeName(index);
    const names = machineNames(this.#settings);
    const at = addresses(this.#settings);
    const address = at.node(index);
    const folder = join(this.#folder, name);
    await writeNodeFiles(folder, this.#settings, index);
    await this.#writeIdentity(folder, name, address, parts.controlPlane);
    await mkdir(join(folder, 'images'), { recursive: true });
    for (const archive of parts.images) await copyFile(archive, join(folder, 'images', basename(archive)));
    const cgroup = `${names.cgroup}/${name}`;
    await removeCgroup(cgroup);
    // The kubelet puts Pods beside it, into another child: with version 2 only the lowest cgroups have processes.
    await makeCgroup(`${cgroup}/programs`);
    await this.#programs.start({
      name,
      command: [
        join(import.meta.dirname, 'node-start.sh'),
        `${cgroup}/programs`,
        names.networkNamespace(index),
        name,
        folder,
        parts.kubernetesPrograms,
        parts.containerdPrograms,
        `${address},${at.ipv6.node(index)}`,
      ],
    });
  }

  /** Certificates of the kubelet and kubeconfigs, unless the node had them before. */
  async #writeIdentity(
    folder: string,
    name: string,
    address: string,
    controlPlane: ControlPlane,
  ): Promise<void> {
    const last = join(folder, 'kube-proxy.kubeconfig');
    if (existsSync(last)) return;
    const authority = await controlPlane.authority();
    await writeFile(join(folder, 'ca.crt'), authority.certificate);
    const serving = await authority.issue({ name, names: [name, address] });
    await writeFile(join(folder, 'kubelet.crt'), serving.certificate);
    await writeFile(join(folder, 'kubelet.key'), serving.key, { mode: 0o600 });
    await controlPlane.writeKubeconfig(join(folder, 'kubelet.kubeconfig'), {
      name: `system:node:${name}`,
      groups: ['system:nodes'],
    });
    await controlPlane.writeKubeconfig(last, { name: 'system:kube-proxy' });
  }

  /** @throws Error with what a node said that has ended */
  async checkRunning(): Promise<void> {
    for (const name of this.names)
      if ((await this.#programs.pid(name)) === undefined)
        throw new Error(`${name} ended:\n${await this.#programs.logTail(name)}`);
  }

  /** Lets the nodes pull images from a registry that speaks plain HTTP, `10.200.0.1:5000` for example. */
  async trustPlainRegistry(registry: string): Promise<void> {
    for (const name of this.names) {
      // containerd reads it before each pull (see `config_path` in its configuration).
      const folder = join(this.#folder, name, 'registries', registry);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'hosts.toml'), `server = "http://${registry}"\n`);
    }
  }

  /** Ends a node at once, as a power cut would. */
  async kill(name: string): Promise<void> {
    await this.#programs.stop(name, { patienceMs: 0 });
    await removeCgroup(`${machineNames(this.#settings).cgroup}/${name}`);
  }

  /** Ends a node and removes what it has. */
  async remove(name: string): Promise<void> {
    await this.kill(name);
    await rm(join(this.#folder, name), { recursive: true, force: true });
  }

  /** Runs a command inside of a node: its files, processes and network. */
  async run(
    name: string,
    command: readonly [string, ...string[]],
    options?: CommandOptions,
  ): Promise<CommandResult> {
    const pid = await this.#programs.pid(name);
    if (pid === undefined) throw new Error(`${name} does not run`);
    const namespaces = ['--mount', '--uts', '--ipc', '--net', `--pid=/proc/${pid}/ns/pid_for_children`];
    return run(['nsenter', '--target', String(pid), ...namespaces, '--', ...command], options);
  }

  /** The last lines of what a program of a node logged: `containerd`, `kubelet` or `kube-proxy`. */
  async log(name: string, program: string, lines = 20): Promise<string> {
    const file = join(this.#folder, name, 'log', `${program}.log`);
    return (await run(['tail', '-n', String(lines), file], { mayFail: true })).stdout;
  }
}
