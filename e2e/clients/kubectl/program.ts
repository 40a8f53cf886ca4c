import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program ended and what it printed; no exit code if it was killed. */
interface ProgramResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that was started. */
export interface RunningProgram {
  /** What it has printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly hasEnded: boolean;
  readonly ended: Promise<ProgramResult>;
  kill(): void;
}

/** Where a program runs and what it reads. */
export interface ProgramOptions {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** After so long a program is killed, in milliseconds. */
const patienceMs = 120_000;

/** Starts a program whose output is wanted while it runs. */
export function startProgram(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env, input = '' }: ProgramOptions,
): RunningProgram {
  const child = spawn(program, args, { cwd, env, timeout: patienceMs, killSignal: 'SIGKILL' });
  // A program that ends without reading its input breaks the pipe; its exit code tells whether that was wrong.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') child.kill('SIGKILL');
  });
  child.stdin.end(input);
  let [stdout, stderr, hasEnded] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([exitCode]) => {
    hasEnded = true;
    return { exitCode: exitCode as number | null, stdout, stderr };
  });
  return {
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    get hasEnded() {
      return hasEnded;
    },
    ended,
    kill: () => void child.kill('SIGKILL'),
  };
}
