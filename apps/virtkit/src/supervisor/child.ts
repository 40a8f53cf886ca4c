import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync, renameSync, statSync } from 'node:fs';

/** One program to keep running. */
export interface ChildSpec {
  name: string;
  command: readonly [program: string, ...args: string[]];
  logFile: string;
}

export type ChildState =
  | { kind: 'running'; pid: number; since: number }
  | { kind: 'waiting'; until: number; reason: string }
  | { kind: 'stopped' };

/** First and longest pause before a restart, and how long a run must last to count as good, in milliseconds. */
const firstPause = 100;
const longestPause = 10_000;
const goodRun = 30_000;
/** How long a program may take to end after SIGTERM. */
const termPatience = 10_000;
/** A log that is larger at a start is put aside first, in bytes. */
const logLimit = 10 * 1024 * 1024;

/** Runs a program, again and again with growing pauses, until it is stopped. */
export class Child {
  readonly spec: ChildSpec;
  readonly #changed: () => void;
  #process: ChildProcess | undefined;
  #state: ChildState = { kind: 'stopped' };
  #restarts = 0;
  #pause = firstPause;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(spec: ChildSpec, changed: () => void) {
    this.spec = spec;
    this.#changed = changed;
  }

  get state(): ChildState {
    return this.#state;
  }

  /** Starts since the first one. */
  get restarts(): number {
    return this.#restarts;
  }

  start(): void {
    rotate(this.spec.logFile);
    const log = openSync(this.spec.logFile, 'a', 0o600);
    const [program, ...args] = this.spec.command;
    // Standard input is a pipe that only this process holds: a program whose input ends knows that nobody supervises it.
    const child = spawn(program, args, { stdio: ['pipe', log, log] });
    closeSync(log);
    this.#process = child;
    const since = Date.now();
    child.once('error', (error) => this.#ended(since, error.message));
    child.once('exit', (code, signal) => this.#ended(since, signal ?? `exit code ${code}`));
    this.#become({ kind: 'running', pid: child.pid ?? 0, since });
  }

  /** SIGTERM, then SIGKILL; resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), termPatience);
      await gone;
      clearTimeout(kill);
    }
    this.#become({ kind: 'stopped' });
  }

  #ended(since: number, reason: string): void {
    if (this.#stopping) return;
    if (Date.now() - since > goodRun) this.#pause = firstPause;
    const pause = this.#pause;
    this.#pause = Math.min(longestPause, pause * 2);
    this.#restarts += 1;
    this.#timer = setTimeout(() => this.start(), pause);
    this.#become({ kind: 'waiting', until: Date.now() + pause, reason });
  }

  #become(state: ChildState): void {
    this.#state = state;
    this.#changed();
  }
}

function rotate(path: string): void {
  try {
    if (statSync(path).size > logLimit) renameSync(path, `${path}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
