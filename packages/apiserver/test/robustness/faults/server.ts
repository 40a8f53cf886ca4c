import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Address, Endpoint } from '../record/endpoint.ts';
import type { Random } from '../../support/random.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Disk } from './disk.ts';
import type { UnsyncedWrites } from './unsynced.ts';

/** What the server process is told to do. `byAge` also drops what the usual retention no longer covers. */
export type Command =
  { kind: 'clock'; offsetMs: number } | { kind: 'compact'; target: number; byAge: boolean };

/** What it answers; its first message is how it is reached. */
export type Reply = Partial<Address> & { dropped?: number; failed?: string };

const PROGRAM = fileURLToPath(new URL('../server-process.ts', import.meta.url));
/** How much of what the server prints is kept for when it ends by itself. */
const KEPT_OUTPUT = 4_000;

/** The server process over its restarts, all on one data directory. */
export class ServerUnderTest implements AsyncDisposable {
  readonly #dataDir: string;
  readonly #unsynced: UnsyncedWrites | undefined;
  readonly #broken: string | undefined;
  readonly #endpoint: Endpoint;
  readonly #recorder: Recorder;
  #child: ChildProcess | undefined;
  #expectedToEnd = false;
  #output = '';
  #clockOffsetMs = 0;
  readonly #died = Promise.withResolvers<never>();

  constructor(disk: Disk, endpoint: Endpoint, recorder: Recorder, broken?: string) {
    this.#dataDir = disk.directory();
    this.#unsynced = disk.unsynced;
    // An earlier server on this disk may have left some.
    this.#unsynced?.forget();
    this.#endpoint = endpoint;
    this.#recorder = recorder;
    this.#broken = broken;
    // Whoever waits for something races it with this; if nobody does just then, nothing is wrong with that.
    this.#died.promise.catch(() => {});
  }

  /** Rejects when the process ends without having been killed. */
  get died(): Promise<never> {
    return this.#died.promise;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the server does not run');
    return pid;
  }

  /** Starts the process without waiting until it serves. */
  spawn(): void {
    this.#output = '';
    this.#expectedToEnd = false;
    const child = fork(
      PROGRAM,
      [this.#dataDir, String(this.#clockOffsetMs), ...(this.#broken === undefined ? [] : [this.#broken])],
      {
        execArgv: ['--conditions=@virtkit/source', '--disable-warning=ExperimentalWarning'],
        env: { ...process.env, ...this.#unsynced?.environment },
        silent: true,
      },
    );
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => {
        this.#output = `${this.#output}${text.toString()}`.slice(-KEPT_OUTPUT);
      });
    child.once('close', (code) => {
      if (this.#child !== child || this.#expectedToEnd) return;
      this.#died.reject(new Error(`the server ended by itself (${String(code)}): ${this.#output}`));
    });
    this.#child = child;
  }

  /** Starts the process and waits until it serves. */
  async start(): Promise<void> {
    this.spawn();
    this.#endpoint.up((await this.#next()) as Address);
  }

  /** Kills the process as `kill -9` does. */
  async kill(): Promise<void> {
    await this.#end();
    this.#unsynced?.forget();
  }

  /** Kills the process and takes away what it had not synced. @returns how many writes were lost. */
  async cutPower(random: Random): Promise<number> {
    // In the middle of a commit is where it matters most.
    await this.#unsynced?.underWay();
    await this.#end();
    return this.#unsynced?.lose(this.#dataDir, random) ?? 0;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#expectedToEnd = true;
    this.#endpoint.down();
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.#child = undefined;
    this.#recorder.history.deaths.push(this.#recorder.now());
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  async moveClock(offsetMs: number): Promise<void> {
    this.#clockOffsetMs = offsetMs;
    await this.command({ kind: 'clock', offsetMs });
  }

  /** @throws Error if the process ends before it has answered. */
  async command(command: Command): Promise<Reply> {
    const reply = this.#next();
    this.#child?.send(command);
    return reply;
  }

  async #next(): Promise<Reply> {
    const child = this.#child;
    if (child === undefined) throw new Error('the server does not run');
    const [reply] = await Promise.race([once(child, 'message') as Promise<[Reply]>, this.died]);
    return reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
