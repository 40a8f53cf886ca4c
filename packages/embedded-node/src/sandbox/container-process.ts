import { stat } from 'node:fs/promises';
import { EmbeddedNodeError } from '../errors.ts';
import {
  argumentsOf,
  bootID,
  childrenOf,
  identify,
  isAlive,
  signalProcess,
  type ProcessIdentity,
} from '../processes/identity.ts';
import { readText } from '../state/file.ts';
import type { AttemptLayout } from '../state/layout.ts';
import { voidClaim } from './shim.ts';

/** How a container ended. */
export interface ContainerExit {
  /** As a shell counts it: 128 + n after signal n. */
  readonly exitCode: number;
  /**
   * `exited`: reported by bubblewrap. `not-started`: the program could not be executed. `lost`: the process that
   * reports was killed, so the exit code is only a convention (137).
   */
  readonly type: 'exited' | 'not-started' | 'lost';
  readonly finishedAt: Date;
}

interface SandboxStatus {
  /** Pid, on the host, of the first process in the container's pid namespace. */
  readonly init: number | undefined;
  readonly exitCode: number | undefined;
}

/** How often an adopted process, of which no exit is signalled, is looked at. Milliseconds. */
const pollInterval = 200;

/**
 * One running or ended container: bubblewrap's monitor, the init of the pid namespace, and the program. All that is
 * known of it stands in files, so that any kubelet can open it again.
 */
export class ContainerProcess {
  readonly id: string;
  readonly startedAt: Date;
  readonly #attempt: AttemptLayout;
  readonly #monitor: ProcessIdentity;
  /** Resolves at the end of the monitor, where it is a child of this process. */
  readonly #ended: Promise<void> | undefined;

  private constructor(
    id: string,
    attempt: AttemptLayout,
    monitor: ProcessIdentity,
    startedAt: Date,
    ended: Promise<void> | undefined,
  ) {
    this.id = id;
    this.#attempt = attempt;
    this.#monitor = monitor;
    this.startedAt = startedAt;
    this.#ended = ended;
  }

  /** Undefined while no process has claimed the attempt, or when a later kubelet did, so that none ever will. */
  static async open(
    id: string,
    attempt: AttemptLayout,
    ended?: Promise<void>,
  ): Promise<ContainerProcess | undefined> {
    const claim = (await readText(attempt.claim))?.trim();
    if (claim === undefined || claim === voidClaim) return undefined;
    const match = /^(\d+) (\d+) ([0-9a-f-]+)$/.exec(claim);
    if (match === null) throw new EmbeddedNodeError('StateInvalid', `${attempt.claim} names no process`);
    const monitor = { pid: Number(match[1]), startTime: match[2]!, bootID: match[3]! };
    return new ContainerProcess(id, attempt, monitor, (await stat(attempt.claim)).mtime, ended);
  }

  /** What bubblewrap has reported so far. */
  async status(): Promise<SandboxStatus> {
    const text = (await readText(this.#attempt.status)) ?? '';
    const number = (key: string) => {
      const match = new RegExp(`"${key}": (\\d+)`).exec(text);
      return match === null ? undefined : Number(match[1]);
    };
    return { init: number('child-pid'), exitCode: number('exit-code') };
  }

  /** How it ended; undefined while it runs. */
  async exit(): Promise<ContainerExit | undefined> {
    if (await isAlive(this.#monitor)) return undefined;
    // Read after the monitor's end, which comes after its report.
    const { exitCode } = await this.status();
    const finishedAt = await this.#finishedAt();
    if (exitCode !== undefined) return { exitCode, type: 'exited', finishedAt };
    const init = await this.#init();
    if (init !== undefined) {
      // The monitor was killed on its own. Without it the container's end could not be learned: it ends here.
      await signalProcess(init, 'SIGKILL');
      return { exitCode: 137, type: 'lost', finishedAt: new Date() };
    }
    // A machine that restarted took the container with it; otherwise the program could not be executed.
    return this.#monitor.bootID === bootID
      ? { exitCode: 128, type: 'not-started', finishedAt }
      : { exitCode: 255, type: 'lost', finishedAt };
  }

  /** Waits for the end. */
  async waitForExit(options: { signal?: AbortSignal } = {}): Promise<ContainerExit> {
    for (;;) {
      options.signal?.throwIfAborted();
      const exit = await this.exit();
      if (exit !== undefined) return exit;
      await this.#tick(options.signal);
    }
  }

  /** The program itself, as the host sees it; undefined before it starts and after it ended. */
  async program(): Promise<ProcessIdentity | undefined> {
    const init = await this.#init();
    // Orphans become children of init too, but they are younger than the program, its first child.
    return init === undefined ? undefined : (await childrenOf(init.pid))[0];
  }

  /** Sends a signal to the program. Gives false when it is not running. */
  async signal(signal: NodeJS.Signals): Promise<boolean> {
    const program = await this.program();
    return program !== undefined && (await signalProcess(program, signal));
  }

  /** Ends every process of the container at once. */
  async kill(): Promise<void> {
    const init = await this.#init();
    if (init !== undefined) await signalProcess(init, 'SIGKILL');
    // Before the namespace exists the monitor is all there is.
    else await signalProcess(this.#monitor, 'SIGKILL');
  }

  /** The init of the pid namespace, recognised by the container's id among its arguments. */
  async #init(): Promise<ProcessIdentity | undefined> {
    const { init } = await this.status();
    if (init === undefined) return undefined;
    const identity = await identify(init);
    return identity !== undefined && (await argumentsOf(init)).includes(this.id) ? identity : undefined;
  }

  async #finishedAt(): Promise<Date> {
    return (await readText(this.#attempt.status)) === undefined
      ? this.startedAt
      : (await stat(this.#attempt.status)).mtime;
  }

  async #tick(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const timer = setTimeout(wake, this.#ended === undefined ? pollInterval : pollInterval * 10);
    signal?.addEventListener('abort', wake, { once: true });
    try {
      await Promise.race(this.#ended === undefined ? [promise] : [promise, this.#ended]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
    }
  }
}
