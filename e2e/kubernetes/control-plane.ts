import { readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildKubernetes,
  controlPlanePrograms,
  defaultMinor,
  type BuildOptions,
  type KubernetesMinor,
} from './build.ts';
import { readAuditEvents, type AuditEvent } from './audit.ts';
import { Authority, type Subject } from './certificates.ts';
import { controlPlaneFiles, prepareFiles, type ControlPlaneFiles } from './control-plane-files.ts';
import {
  controlPlaneProgramSpecs,
  type ControlPlaneParts,
  type ControlPlaneSettings,
} from './control-plane-programs.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { makeOwnedFolder, removeAbandoned } from './owned-folder.ts';
import { freePort } from './ports.ts';
import { Programs, type ProgramSpec } from './programs.ts';

const folderPrefix = 'virtkit-kubernetes';

type ControlPlaneProgram = (typeof controlPlanePrograms)[number];

export interface KubernetesOptions extends BuildOptions {
  readonly minor?: KubernetesMinor;
  /** Whether kube-controller-manager runs: service accounts, namespaces that end, garbage collection. Default no. */
  readonly controllerManager?: boolean;
  /** Whether kube-scheduler runs. Default no. */
  readonly scheduler?: boolean;
}

/** A Kubernetes control plane of its own: unmodified etcd and kube-apiserver, without a node. */
export interface Kubernetes extends AsyncDisposable {
  /** Such as `1.36.3`. */
  readonly version: string;
  /** Everything it has on this machine; removed with it. */
  readonly folder: string;
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** PEM of the authority that signed the API server's certificate. */
  readonly authority: string;
  /** File of the administrator (group `system:masters`). */
  readonly kubeconfig: string;
  /**
   * Makes a kubeconfig with a client certificate for a user, who has the rights that RBAC gives to him and to his groups.
   * @returns its file, below `folder`
   */
  kubeconfigFor(user: { name: string; groups?: readonly string[] }): Promise<string>;
  /** Writes that the API server has answered so far, oldest first. */
  auditEvents(): Promise<AuditEvent[]>;
  /** Processes, for tests that pause or kill them: `programs.signal('etcd', 'SIGSTOP')`. */
  readonly programs: Programs;
  /** Starts a program that was left out, which is built first if it was not, and waits until it is ready. */
  start(program: ControlPlaneProgram): Promise<void>;
  /** Ends a program, starts it again and waits until it is ready. */
  restart(program: ControlPlaneProgram): Promise<void>;
}

/**
 * Builds (once) and starts a control plane. It ends with the process that started it, at the latest.
 * @throws Error with the end of a program's log when it does not become ready
 */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<Kubernetes> {
  const { minor = defaultMinor, controllerManager = false, scheduler = false, ...buildOptions } = options;
  const parts = { controllerManager, scheduler };
  const names = controlPlanePrograms.filter(
    (name) =>
      (name !== 'kube-controller-manager' || controllerManager) && (name !== 'kube-scheduler' || scheduler),
  );
  const built = await buildKubernetes(minor, names, buildOptions);
  await removeAbandoned(tmpdir(), folderPrefix);
  const folder = await makeOwnedFolder(tmpdir(), folderPrefix);
  const programs = new Programs(controlPlaneFiles(folder).run, 'with-parent');
  try {
    const controlPlane = await ControlPlane.start(folder, programs, {
      programFolder: built.folder,
      parts,
      settings: await freeSettings(),
    });
    const authority = await readFile(controlPlane.files.pair('ca').certificate, 'utf8');
    const build = (program: ControlPlaneProgram) => buildKubernetes(minor, [program], buildOptions);
    return new TestKubernetes(built.version, controlPlane, authority, build);
  } catch (error) {
    for (const name of [...names].reverse()) await programs.stop(name, { patienceMs: 0 });
    await rm(folder, { recursive: true });
    throw error;
  }
}

/** Ports that are free now, for a control plane that is alone. */
async function freeSettings(): Promise<ControlPlaneSettings> {
  const ports = new Set<number>();
  while (ports.size < 5) ports.add(await freePort());
  const [port, etcdPort, etcdPeerPort, controllerManagerPort, schedulerPort] = [...ports];
  return {
    address: '127.0.0.1',
    port: port!,
    etcdPort: etcdPort!,
    etcdPeerPort: etcdPeerPort!,
    controllerManagerPort: controllerManagerPort!,
    schedulerPort: schedulerPort!,
    serviceRange: '10.96.0.0/16',
  };
}

const everyPart: ControlPlaneParts = { controllerManager: true, scheduler: true };

/** A running control plane, whoever started it. */
export class ControlPlane {
  readonly files: ControlPlaneFiles;
  readonly programs: Programs;
  readonly programFolder: string;
  readonly #settings: ControlPlaneSettings;
  /** Of all programs, also of those that do not run. */
  readonly #specs: readonly ProgramSpec[];

  private constructor(
    files: ControlPlaneFiles,
    programs: Programs,
    programFolder: string,
    settings: ControlPlaneSettings,
    specs: readonly ProgramSpec[],
  ) {
    this.files = files;
    this.programs = programs;
    this.programFolder = programFolder;
    this.#settings = settings;
    this.#specs = specs;
  }

  get url(): string {
    return `https://${this.#settings.address}:${this.#settings.port}`;
  }

  /** Starts what does not run yet, and waits until everything is ready. */
  static async start(
    folder: string,
    programs: Programs,
    options: { programFolder: string; parts: ControlPlaneParts; settings: ControlPlaneSettings },
  ): Promise<ControlPlane> {
    const { programFolder, parts, settings } = options;
    const files = controlPlaneFiles(folder);
    const server = `https://${settings.address}:${settings.port}`;
    await prepareFiles(files, {
      server,
      addresses: [settings.address, firstAddress(settings.serviceRange)],
    });
    const specs = controlPlaneProgramSpecs(files, settings, programFolder, everyPart);
    const controlPlane = new ControlPlane(files, programs, programFolder, settings, specs);
    const [etcd, apiServer, ...others] = controlPlaneProgramSpecs(files, settings, programFolder, parts);
    // kube-apiserver waits for etcd by itself; the others start quickly, and end when they do not find an API server.
    await programs.start(etcd!);
    await programs.start(apiServer!);
    await controlPlane.#ready('kube-apiserver');
    for (const spec of others) await programs.start(spec);
    await Promise.all(others.map(({ name }) => controlPlane.#ready(name)));
    return controlPlane;
  }

  /** Starts a program unless it runs, and waits until it is ready. */
  async start(name: ControlPlaneProgram): Promise<void> {
    await this.programs.start(this.#specs.find((candidate) => candidate.name === name)!);
    await this.#ready(name);
  }

  async restart(name: ControlPlaneProgram): Promise<void> {
    await this.programs.stop(name);
    await this.start(name);
  }

  /** Ends everything, in the opposite order of its start. */
  async stop(): Promise<void> {
    for (const { name } of [...this.#specs].reverse()) await this.programs.stop(name);
  }

  /** What signed the certificates of this control plane, except those for etcd and the front proxy. */
  authority(): Promise<Authority> {
    return Authority.load(this.files.pair('ca'));
  }

  /** Writes a kubeconfig for a user into a file. */
  async writeKubeconfig(file: string, subject: Subject): Promise<void> {
    const authority = await this.authority();
    await writeKubeconfig(file, {
      server: this.url,
      authority: authority.certificate,
      user: subject.name,
      identity: await authority.issue(subject),
    });
  }

  async #ready(name: string): Promise<void> {
    const { address, port, etcdPort, controllerManagerPort, schedulerPort } = this.#settings;
    const probes: Record<string, () => Promise<boolean>> = {
      etcd: async () => this.#answers('127.0.0.1', etcdPort, '/readyz', await this.#identity('etcd')),
      'kube-apiserver': () => this.#answers(address, port, '/readyz'),
      'kube-controller-manager': () => this.#answers('127.0.0.1', controllerManagerPort, '/healthz'),
      'kube-scheduler': () => this.#answers('127.0.0.1', schedulerPort, '/readyz'),
    };
    await this.programs.ready(name, probes[name]!);
  }

  async #identity(name: string): Promise<{ cert: Buffer; key: Buffer }> {
    const { certificate, key } = this.files.pair(name);
    const [cert, keyContent] = await Promise.all([readFile(certificate), readFile(key)]);
    return { cert, key: keyContent };
  }

  /** Whether a health endpoint of this machine answers with 200. */
  #answers(
    host: string,
    port: number,
    path: string,
    identity: { cert?: Buffer; key?: Buffer } = {},
  ): Promise<boolean> {
    return new Promise((resolve, reject) => {
      // The certificates of kube-controller-manager and kube-scheduler are their own; nothing secret is asked or told.
      const call = request(
        { host, port, path, rejectUnauthorized: false, agent: false, ...identity },
        (response) => {
          response.resume();
          resolve(response.statusCode === 200);
        },
      );
      call.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve(false);
        else reject(error);
      });
      call.end();
    });
  }
}

/** The first usable address of a range such as `10.96.0.0/16`, which the Service of the API server has. */
function firstAddress(range: string): string {
  const octets = range.split('/')[0]!.split('.');
  return [...octets.slice(0, 3), Number(octets[3]) + 1].join('.');
}

class TestKubernetes implements Kubernetes {
  readonly version: string;
  readonly authority: string;
  readonly #controlPlane: ControlPlane;
  readonly #build: (program: ControlPlaneProgram) => Promise<unknown>;
  #users = 0;

  constructor(
    version: string,
    controlPlane: ControlPlane,
    authority: string,
    build: (program: ControlPlaneProgram) => Promise<unknown>,
  ) {
    this.version = version;
    this.authority = authority;
    this.#controlPlane = controlPlane;
    this.#build = build;
  }

  get folder(): string {
    return this.#controlPlane.files.folder;
  }

  get url(): string {
    return this.#controlPlane.url;
  }

  get kubeconfig(): string {
    return this.#controlPlane.files.kubeconfig;
  }

  get programs(): Programs {
    return this.#controlPlane.programs;
  }

  async kubeconfigFor(user: { name: string; groups?: readonly string[] }): Promise<string> {
    this.#users += 1;
    const file = join(this.folder, `user-${this.#users}.kubeconfig`);
    await this.#controlPlane.writeKubeconfig(file, user);
    return file;
  }

  auditEvents(): Promise<AuditEvent[]> {
    return readAuditEvents(this.#controlPlane.files.auditLog);
  }

  async start(program: ControlPlaneProgram): Promise<void> {
    await this.#build(program);
    await this.#controlPlane.start(program);
  }

  restart(program: ControlPlaneProgram): Promise<void> {
    return this.#controlPlane.restart(program);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controlPlane.stop();
    await rm(this.folder, { recursive: true });
  }
}
