import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { waitUntil } from '@virtkit/testing';
import { isRunning, ProcessRecordSchema, recordOf } from './process-record.ts';

/** A long-running program. Its name is unique in its folder. */
export interface ProgramSpec {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** `with-parent`: ends when the process that started it ends, however that happens. `detached`: stays. */
export type Lifetime = 'with-parent' | 'detached';

/**
 * Waits for a word on its standard input, then becomes the program. Nothing comes when the process that would write it down was killed
 * before it could: then there is no program either, so that none runs of which nobody knows.
 */
const afterWord = ['sh', '-c', 'read -r word && exec "$@" </dev/null', 'sh'] as const;

/**
 * Long-running programs, with what is known of them in a folder, so that another process can find and end them: for each
 * one `<name>.log` (appended to) and `<name>.process`.
 */
export class Programs {
  readonly folder: string;
  readonly #lifetime: Lifetime;

  constructor(folder: string, lifetime: Lifetime) {
    this.folder = folder;
    this.#lifetime = lifetime;
  }

  logFile(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  /** Starts a program unless it runs. */
  async start({ name, command }: ProgramSpec): Promise<void> {
    if ((await this.pid(name)) !== undefined) return;
    await mkdir(this.folder, { recursive: true });
    // The kernel ends it with its parent, even where the parent is killed: no test run leaves a cluster behind.
    const withParent = this.#lifetime === 'with-parent' ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
    const [program, ...args] = [...withParent, ...afterWord, ...command] as const;
    const log = openSync(this.logFile(name), 'a', 0o600);
    const child = spawn(program!, args, {
      cwd: this.folder,
      stdio: ['pipe', log, log],
      detached: this.#lifetime === 'detached',
    });
    closeSync(log);
    await once(child, 'spawn');
    child.unref();
    const record = recordOf(child.pid!);
    if (record === undefined) throw new Error(`${name} ended at once:\n${await this.logTail(name)}`);
    await writeFile(this.#recordFile(name), JSON.stringify(record));
    await begin(child.stdin!);
  }

  /** The process of a program; undefined when it does not run. */
  async pid(name: string): Promise<number | undefined> {
    let content: string;
    try {
      content = await readFile(this.#recordFile(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    // Empty or cut off when the machine went down meanwhile: then it does not run either.
    const parsed = ProcessRecordSchema.safeParse(parseJson(content));
    return parsed.success && isRunning(parsed.data) ? parsed.data.pid : undefined;
  }

  /** @returns whether there was a process to signal */
  async signal(name: string, signal: NodeJS.Signals): Promise<boolean> {
    const pid = await this.pid(name);
    if (pid === undefined) return false;
    try {
      return process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }

  /** Ends a program and waits until it has ended: asked first, by force after `patienceMs` (default 10 s). */
  async stop(name: string, { patienceMs = 10_000 }: { patienceMs?: number } = {}): Promise<void> {
    const deadline = performance.now() + patienceMs;
    if (await this.signal(name, 'SIGTERM')) {
      // One that was paused would not notice.
      await this.signal(name, 'SIGCONT');
      await waitUntil(
        `${name} ends`,
        async () => {
          if ((await this.pid(name)) === undefined) return true;
          if (performance.now() > deadline) await this.signal(name, 'SIGKILL');
          return false;
        },
        { timeoutMs: patienceMs + 10_000 },
      );
    }
    await rm(this.#recordFile(name), { force: true });
  }

  /** Waits for a condition while a program runs. @throws Error with the end of its log when it ends, or takes too long */
  async ready(name: string, probe: () => Promise<boolean>, timeoutMs = 300_000): Promise<void> {
    let ended = false;
    try {
      await waitUntil(
        `${name} is ready`,
        async () => {
          ended = (await this.pid(name)) === undefined;
          return ended || (await probe());
        },
        { timeoutMs, intervalMs: 50 },
      );
    } catch (cause) {
      throw new Error(`${(cause as Error).message}; its log ends with:\n${await this.logTail(name)}`, {
        cause,
      });
    }
    if (ended) throw new Error(`${name} ended:\n${await this.logTail(name)}`);
  }

  /** The last lines of a program's log. */
  async logTail(name: string, lines = 30): Promise<string> {
    const content = await readFile(this.logFile(name), 'utf8');
    return content.trimEnd().split('\n').slice(-lines).join('\n');
  }

  #recordFile(name: string): string {
    return join(this.folder, `${name}.process`);
  }
}

/** Gives a program the word that it waits for. One that has ended meanwhile does not hear it; `pid` tells that. */
async function begin(input: Writable): Promise<void> {
  try {
    await pipeline(Readable.from(['begin\n']), input);
  } catch (error) {
    if (!goneCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const goneCodes: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
