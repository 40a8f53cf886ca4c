import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect, isApiError, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { z } from 'zod';
import type { Cluster, Component, ProgramName } from './cluster.ts';
import { run, type CommandOptions, type CommandResult } from './command.ts';
import { killProcess } from './processes.ts';
import { programCommand, top } from './programs.ts';
import { platformNames, tracesOf } from './traces.ts';

const RecordSchema = z.object({
  supervisor: z.object({ pid: z.number() }),
  programs: z.array(z.object({ name: z.string(), state: z.string(), pid: z.number().optional() })),
});
type SupervisorRecord = z.output<typeof RecordSchema>;

export interface PlatformOptions {
  readonly hypervisor?: 'kvm-qemu' | 'mock';
  /** Words before the command line of `virtkit up`, such as `setpriv`. */
  readonly within?: readonly string[];
  /** Whether `within` gives it a mount namespace of its own, which other commands must then enter. */
  readonly ownMounts?: boolean;
  /** Folder for everything; made when absent, and removed at the end. Its name is unique and its path short. */
  readonly folder?: string;
}

/** The embedded platform, started for a test as a person starts it. Disposing removes it and checks that nothing is left. */
export interface TestPlatform extends Cluster, AsyncDisposable {
  readonly folder: string;
  readonly root: string;
  /** What `virtkit up` has printed. */
  output(): string;
  /** The process of a program; undefined while it waits to be started again. */
  programPid(name: ProgramName): Promise<number | undefined>;
  /** SIGKILL. @returns the pid that was killed; undefined when it was not running */
  killProgram(name: ProgramName): Promise<number | undefined>;
  /** Waits until a program runs with another pid than `before`. */
  programRestarted(name: ProgramName, before: number | undefined): Promise<void>;
  /** The end of a program's log, for messages. */
  log(name: ProgramName): Promise<string>;
  /** `virtkit down` with these flags; the platform may be started again with `up`. */
  down(...flags: string[]): Promise<void>;
  /** Starts it again after `down`. */
  up(): Promise<void>;
}

const startPatienceMs = 120_000;
/** The image that `tools/guest-image` builds, under the name that scenarios use. */
const guestImage = 'virtkit.dev/tiny-guest:1';
/** Folder of the tiny guest's image. */
export const guestFolder = join(top, 'build', 'guest');

/** Path of the tiny guest's disk; built when it is not there. */
async function guestDisk(): Promise<string> {
  const disk = join(guestFolder, 'disk.qcow2');
  if (!existsSync(disk))
    await run([join(top, 'tools', 'guest-image', 'build.sh'), guestFolder], { timeoutMs: 300_000 });
  return disk;
}

/** A folder whose name appears nowhere else, with a path short enough for sockets below it. */
export const makeFolder = (): Promise<string> => mkdtemp('/tmp/vke-');

/** A TCP port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** `virtkit up` in the foreground, and what it prints. */
class UpProcess {
  readonly #child: ChildProcess;
  #output = '';

  constructor(command: readonly string[]) {
    const [program = '', ...args] = command;
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
  }

  get output(): string {
    return this.#output;
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** @throws Error with all that it printed when it ends before it is ready */
  async ready(): Promise<void> {
    await waitUntil('virtkit up is ready', () => this.#output.includes('virtkit: ready') || this.ended, {
      timeoutMs: startPatienceMs,
    });
    if (this.ended) throw new Error(`virtkit up ended:\n${this.#output}`);
  }

  async end(): Promise<void> {
    await waitUntil('virtkit up ends', () => this.ended, { timeoutMs: 60_000 });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

class EmbeddedPlatform implements TestPlatform {
  readonly namespace = 'default';
  readonly guestImage = guestImage;
  readonly folder: string;
  readonly root: string;
  readonly #upCommand: readonly string[];
  readonly #ownMounts: boolean;
  #up: UpProcess | undefined;
  #client: Client | undefined;

  constructor(folder: string, port: number, { hypervisor, within = [], ownMounts = false }: PlatformOptions) {
    this.#ownMounts = ownMounts;
    this.folder = folder;
    this.root = join(folder, 'r');
    this.#upCommand = [
      ...within,
      ...programCommand('virtkit'),
      ...['--root', this.root],
      ...['up', '--port', String(port)],
      ...(hypervisor === undefined ? [] : ['--hypervisor', hypervisor]),
    ];
  }

  get kubeconfig(): string {
    return join(this.root, 'kubeconfig');
  }

  get client(): Client {
    if (this.#client === undefined) throw new Error('the platform is down');
    return this.#client;
  }

  output(): string {
    return this.#up?.output ?? '';
  }

  async up(): Promise<void> {
    this.#up = new UpProcess(this.#upCommand);
    await this.#up.ready();
    this.#client = await connect({ kubeconfig: this.kubeconfig, userAgent: 'virtkit-e2e' });
  }

  async down(...flags: string[]): Promise<void> {
    await this.#client?.[Symbol.asyncDispose]();
    this.#client = undefined;
    await this.virtkit(['down', ...flags], { timeoutMs: 120_000 });
    await this.#up?.end();
  }

  async virtkit(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    const command: [string, ...string[]] = [...programCommand('virtkit'), '--root', this.root, ...args];
    if (!this.#ownMounts) return run(command, options);
    const { supervisor } = await this.#record();
    return run(['nsenter', '--mount', '--target', String(supervisor.pid), ...command], options);
  }

  kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    const cache = join(this.folder, 'kubectl-cache');
    return run(['kubectl', '--kubeconfig', this.kubeconfig, '--cache-dir', cache, ...args], options);
  }

  virtctl(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return run([...programCommand('virtctl'), '--kubeconfig', this.kubeconfig, ...args], options);
  }

  async provideImage(reference: string): Promise<void> {
    await this.virtkit(['image', 'make-disk', await guestDisk(), reference]);
  }

  async programPid(name: ProgramName): Promise<number | undefined> {
    return (await this.#record()).programs.find((program) => program.name === name)?.pid;
  }

  async killProgram(name: ProgramName): Promise<number | undefined> {
    const pid = await this.programPid(name);
    return pid !== undefined && killProcess(pid) ? pid : undefined;
  }

  async programRestarted(name: ProgramName, before: number | undefined): Promise<void> {
    await waitUntil(
      `${name} runs again`,
      async () => {
        const pid = await this.programPid(name);
        return pid !== undefined && pid !== before;
      },
      { timeoutMs: 30_000, intervalMs: 50 },
    );
    if (name === 'control-plane') await this.#answers();
  }

  async restart(component: Component): Promise<void> {
    const name = component === 'api-server' ? 'control-plane' : component;
    await this.programRestarted(name, await this.killProgram(name));
  }

  /** The store is part of the control plane here. */
  async pauseStore(milliseconds: number): Promise<void> {
    const pid = await this.programPid('control-plane');
    if (pid === undefined) throw new Error('the control plane does not run');
    process.kill(pid, 'SIGSTOP');
    try {
      await setTimeout(milliseconds);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await this.#answers();
  }

  /** Here they are made once, when the control plane starts and finds none. */
  async renewCertificates(): Promise<void> {
    for (const name of ['virt-handler-client.crt', 'virt-handler-server.crt'])
      await rm(join(this.root, 'pki', name));
    await this.restart('api-server');
    await this.restart('virt-handler');
  }

  async log(name: ProgramName): Promise<string> {
    return (await readFile(join(this.root, 'logs', `${name}.log`), 'utf8')).slice(-4_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const names = platformNames(this.root);
    try {
      await this.down('--purge');
    } catch (error) {
      this.#up?.kill();
      throw error;
    }
    await rm(join(this.folder, 'kubectl-cache'), { recursive: true, force: true });
    // A process that was told to end may be seen on its way out.
    let traces: string[] = [];
    await waitUntil(
      'nothing of the platform is left',
      async () => {
        traces = await tracesOf(this.folder, names);
        if (existsSync(this.root)) traces.push(`folder: ${this.root}`);
        return traces.length === 0;
      },
      { timeoutMs: 10_000, intervalMs: 100 },
    ).catch((cause: unknown) => {
      throw new Error(`virtkit down --purge left:\n${traces.join('\n')}`, { cause });
    });
    await rm(this.folder, { recursive: true });
  }

  async #record(): Promise<SupervisorRecord> {
    return RecordSchema.parse(JSON.parse(await readFile(join(this.root, 'supervisor.json'), 'utf8')));
  }

  async #answers(): Promise<void> {
    await waitUntil(
      'the API server answers',
      async () => {
        try {
          return (await (await this.client.request({ method: 'GET', path: '/readyz' })).bytes()).length > 0;
        } catch (error) {
          if (isApiError(error) && error.retry === 'backoff') return false;
          throw error;
        }
      },
      { timeoutMs: 30_000, intervalMs: 100 },
    );
  }
}

/** Starts a platform of its own below a short temporary folder, with the tiny guest's image, and waits until it is ready. */
export async function startTestPlatform(options: PlatformOptions = {}): Promise<TestPlatform> {
  const folder = options.folder ?? (await makeFolder());
  await mkdir(folder, { recursive: true });
  const platform = new EmbeddedPlatform(folder, await freePort(), options);
  try {
    await platform.up();
    await platform.provideImage(guestImage);
  } catch (error) {
    await platform[Symbol.asyncDispose]();
    throw error;
  }
  return platform;
}
