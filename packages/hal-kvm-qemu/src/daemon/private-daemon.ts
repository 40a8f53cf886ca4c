import { spawn } from 'node:child_process';
import { access, open, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { HalError } from '@virtkit/hal';
import type { Owner } from '../ownership.ts';
import { withoutPrivileges } from '../without-privileges.ts';
import { useCapabilityCache } from './capability-cache.ts';
import { daemonPaths, longestSocketPath, writeConfiguration, type DaemonPaths } from './configuration.ts';

export interface PrivateDaemonOptions {
  /** Folder for configuration, caches and the log. */
  stateDir: string;
  /** Folder for sockets; short, because of the limit of socket paths. */
  runDir: string;
  /** Seconds without clients and running machines after which the daemon ends by itself. Default 30. */
  idleSeconds?: number;
  /** Run the daemon (and so QEMU) as this user instead of the present one; needs root. */
  runAs?: Owner;
  /** Folder that `refreshCapabilityCache` filled: spares the daemon to ask QEMU what it can do. */
  capabilityCache?: string;
  /** Path of libvirtd. Default: found in `/usr/sbin` and `/usr/bin`. */
  program?: string;
}

const programs = ['/usr/sbin/libvirtd', '/usr/bin/libvirtd'];

/**
 * A libvirtd of our own in session mode: unprivileged, on a socket that nobody else knows. It outlives this process as
 * long as machines run, so that a restarted launcher finds them again.
 */
export class PrivateDaemon {
  readonly paths: DaemonPaths;
  readonly #options: PrivateDaemonOptions;
  #starting: Promise<void> | undefined;

  constructor(options: PrivateDaemonOptions) {
    this.#options = options;
    this.paths = daemonPaths(options.stateDir, options.runDir);
    if (Buffer.byteLength(this.paths.socket) > longestSocketPath)
      throw new HalError(
        'hypervisor-unavailable',
        `the socket path ${this.paths.socket} is longer than ${longestSocketPath} bytes: choose a shorter runDir`,
        { retry: 'never' },
      );
  }

  get uri(): string {
    return `qemu+unix:///session?socket=${this.paths.socket}`;
  }

  /**
   * Returns once somebody answers on the socket, starting the daemon when nobody does. Concurrent calls share one start.
   * @throws HalError `hypervisor-unavailable` with the end of the daemon's log.
   */
  async ensureRunning(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (await answers(this.paths.socket)) return;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  /** Ends the daemon if it runs; machines keep running without it. */
  async stop(): Promise<void> {
    const pid = await this.pid();
    if (pid === undefined) return;
    try {
      process.kill(pid, 'SIGTERM');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    await until(async () => !(await answers(this.paths.socket)), 5_000);
  }

  /** Process id of the running daemon. */
  async pid(): Promise<number | undefined> {
    if (!(await answers(this.paths.socket))) return undefined;
    return Number(await readFile(this.paths.pidFile, 'utf8'));
  }

  async #start(): Promise<void> {
    const { idleSeconds = 30, runAs, capabilityCache } = this.#options;
    const program = this.#options.program ?? (await findProgram());
    await writeConfiguration(this.paths, runAs);
    if (capabilityCache !== undefined) await useCapabilityCache(capabilityCache, this.paths.cache, runAs);
    await rm(this.paths.socket, { force: true });
    const output = await open(`${this.paths.log}.stderr`, 'w');
    try {
      const child = spawn(...withoutPrivileges(program, ['--timeout', String(idleSeconds)]), {
        detached: true,
        stdio: ['ignore', output.fd, output.fd],
        env: {
          PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
          LC_ALL: 'C',
          HOME: this.paths.data,
          XDG_RUNTIME_DIR: this.paths.runtime,
          XDG_CONFIG_HOME: this.paths.config,
          XDG_CACHE_HOME: this.paths.cache,
          XDG_DATA_HOME: this.paths.data,
        },
        ...(runAs === undefined ? {} : { uid: runAs.uid, gid: runAs.gid }),
      });
      let ended: string | undefined;
      child.once('error', (error) => (ended = error.message));
      child.once('exit', (code, by) => (ended = `ended with ${by ?? code}`));
      child.unref();
      const up = await until(async () => ended !== undefined || (await answers(this.paths.socket)), 15_000);
      if (up && ended === undefined) return;
      const log = await readFile(`${this.paths.log}.stderr`, 'utf8');
      throw new HalError(
        'hypervisor-unavailable',
        `libvirtd ${ended ?? 'does not answer'}: ${log.trim().split('\n').slice(-3).join(' | ') || 'no output'}`,
      );
    } finally {
      await output.close();
    }
  }
}

async function findProgram(): Promise<string> {
  for (const program of programs) {
    try {
      await access(program);
      return program;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new HalError(
    'hypervisor-unavailable',
    'libvirtd is missing: install the packages libvirt-daemon, libvirt-daemon-driver-qemu and qemu-system-x86',
    { retry: 'on-change' },
  );
}

/** Whether a process accepts connections on this socket. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Reset: a daemon that is ending closes what waits on its socket.
      if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(error.code ?? '')) resolve(false);
      else reject(error);
    });
  });
}

/** Polls a condition that announces nothing; false when it did not hold in time. */
async function until(condition: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return condition();
}
