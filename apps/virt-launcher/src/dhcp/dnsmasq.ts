import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { HalError, type CallOptions } from '@virtkit/hal';
import { toolEnvironment } from '../run-tool.ts';
import { dnsmasqArguments, type DhcpInterface } from './dnsmasq-arguments.ts';

const startMs = 10_000;
const stopMs = 3_000;
const rememberedOutput = 4096;

export interface DnsmasqOptions {
  /** Folder for leases, of this launcher alone. */
  folder: string;
  /** Program; default `dnsmasq`. */
  program?: string;
  /** Told when the process ends although it should not, with its exit code or signal and last words. */
  readonly onExit: (how: string, said: string) => void;
}

/** One running dnsmasq. */
export class Dnsmasq {
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  readonly #pidFile: string;
  #said = '';
  #stopping = false;

  private constructor(description: DhcpInterface, { folder, program = 'dnsmasq', onExit }: DnsmasqOptions) {
    const files = {
      leases: join(folder, `${description.bridge}.leases`),
      pid: join(folder, `${description.bridge}.pid`),
    };
    this.#pidFile = files.pid;
    const args = dnsmasqArguments(description, files, process.getuid?.() === 0);
    // The kernel ends it with its launcher, even when that is killed (util-linux' setpriv sets it up).
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
      env: toolEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said = (this.#said + text).slice(-rememberedOutput);
      });
    }
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    void this.#exited.then((how) => {
      if (!this.#stopping) onExit(how, this.#said.trim());
    });
  }

  /**
   * Starts one and waits until it serves.
   * @throws HalError `failed` or `forbidden` with what it said, `hypervisor-unavailable` (not installed), `aborted`.
   */
  static async start(
    description: DhcpInterface,
    options: DnsmasqOptions,
    call: CallOptions,
  ): Promise<Dnsmasq> {
    await rm(join(options.folder, `${description.bridge}.pid`), { force: true });
    const dnsmasq = new Dnsmasq(description, options);
    try {
      await dnsmasq.#serving(call.signal);
      return dnsmasq;
    } catch (error) {
      await dnsmasq.stop();
      throw error;
    }
  }

  /** Ends it, by force when it takes too long. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    await this.#exited;
    clearTimeout(late);
  }

  /** dnsmasq writes its pid file when its sockets are bound and its rights are settled. */
  async #serving(signal: AbortSignal | undefined): Promise<void> {
    const early = this.#exited.then((how) => {
      throw this.#failure(how);
    });
    const deadline = AbortSignal.timeout(startMs);
    const given = signal ? AbortSignal.any([signal, deadline]) : deadline;
    while (!(await Promise.race([this.#hasPidFile(), early]))) {
      if (signal?.aborted) throw new HalError('aborted', 'starting dnsmasq was aborted');
      if (deadline.aborted)
        throw new HalError('failed', `dnsmasq did not serve within ${startMs} ms: ${this.#said}`);
      await Promise.race([wait(10), early, once(given, 'abort')]);
    }
  }

  async #hasPidFile(): Promise<boolean> {
    try {
      return (await readFile(this.#pidFile, 'utf8')).trim() !== '';
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    }
  }

  /** Exit codes: dnsmasq(8), section EXIT CODES; 126 and 127 are setpriv's, as in the shell. */
  #failure(how: string): HalError {
    const said = this.#said.trim();
    if (how === 'exit code 127' || how === 'exit code 126' || how.includes('ENOENT')) {
      return new HalError(
        'hypervisor-unavailable',
        `dnsmasq cannot be run (Debian package dnsmasq-base): ${said}`,
      );
    }
    if (how === 'exit code 5') return new HalError('forbidden', `dnsmasq may not serve DHCP here: ${said}`);
    return new HalError('failed', `dnsmasq ended with ${how}: ${said}`);
  }
}
