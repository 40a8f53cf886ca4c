import { readFile, rm } from 'node:fs/promises';
import { VirtkitError } from '../errors.ts';
import { Child, type ChildSpec } from './child.ts';
import { identify } from './process-identity.ts';
import { writeRecord, type SupervisorRecord } from './record.ts';

export interface SupervisorOptions {
  /** Where to keep the record of what runs. */
  recordPath: string;
  /** URL of the API server, for the record. */
  server: string;
  programs: readonly (ChildSpec & {
    /** Resolves when programs after this one may start. */
    ready?: (signal: AbortSignal) => Promise<void>;
  })[];
  /** Tells of each program that became ready, ended or started again. */
  report(message: string): void;
}

/** A program that ends this often before it is ready will not become ready. */
const patience = 3;

/** The last line of a log, shortened; undefined when there is none. */
async function lastLine(path: string): Promise<string | undefined> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const line = lines.at(-1)?.slice(0, 300);
  return line === '' ? undefined : line;
}

/**
 * Starts programs in order, keeps them running, stops them in reverse order. Its record on disk tells other processes
 * what runs.
 */
export class Supervisor implements AsyncDisposable {
  readonly #options: SupervisorOptions;
  readonly #children: Child[] = [];
  #writing: Promise<void> = Promise.resolve();
  #writeFailure: Error | undefined;
  /** The program that is waited for at the start, and how to stop waiting. */
  #failing: { child: Child; abort: AbortController } | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** @throws VirtkitError `program-failed` when one did not become ready before `signal` fired. */
  async start(signal: AbortSignal): Promise<void> {
    for (const program of this.#options.programs) {
      const child = new Child(program, () => this.#changed(child));
      this.#children.push(child);
      child.start();
      if (program.ready === undefined) continue;
      const failing = new AbortController();
      this.#failing = { child, abort: failing };
      try {
        await program.ready(AbortSignal.any([signal, failing.signal]));
      } catch (cause) {
        const said = await lastLine(program.logFile);
        throw new VirtkitError(
          'program-failed',
          `${program.name} did not become ready${said === undefined ? '' : `: ${said}`}`,
          { cause, nextStep: `read ${program.logFile}` },
        );
      } finally {
        this.#failing = undefined;
      }
    }
    // Each change of a program was written down in its turn; what counts is that the last one is there.
    await this.#writing;
    if (this.#writeFailure !== undefined) throw this.#writeFailure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.toReversed()) await child.stop();
    await this.#writing;
    await rm(this.#options.recordPath, { force: true });
  }

  #changed(child: Child): void {
    const { state } = child;
    if (this.#failing?.child === child && child.restarts >= patience)
      this.#failing.abort.abort(new Error(`${child.spec.name} ended ${child.restarts} times`));
    if (state.kind === 'waiting')
      this.#options.report(`${child.spec.name} ended (${state.reason}), starting it again`);
    this.#writing = this.#writing
      .then(() => this.#write())
      .catch((error: unknown) => {
        // Supervision goes on without the record; say it once.
        if (this.#writeFailure === undefined)
          this.#options.report(`the record cannot be written: ${String(error)}`);
        this.#writeFailure = error instanceof Error ? error : new Error(String(error));
      });
  }

  async #write(): Promise<void> {
    const self = await identify(process.pid);
    if (self === undefined) throw new Error('this process is not in the process table');
    const programs = this.#children.map((child): SupervisorRecord['programs'][number] => {
      const { state } = child;
      return {
        name: child.spec.name,
        state: state.kind,
        restarts: child.restarts,
        log: child.spec.logFile,
        ...(state.kind === 'running' ? { pid: state.pid } : {}),
        ...(state.kind === 'waiting' ? { reason: state.reason } : {}),
      };
    });
    await writeRecord(this.#options.recordPath, { supervisor: self, server: this.#options.server, programs });
  }
}
