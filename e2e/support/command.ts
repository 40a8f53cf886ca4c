import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** How a command ended and what it wrote. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Written to its standard input, which is then closed. */
  readonly input?: string | Readable | undefined;
  /** Ended by SIGKILL after this many milliseconds; 60 s when absent. */
  readonly timeoutMs?: number | undefined;
  /** Gives the result of a command that failed instead of throwing. */
  readonly mayFail?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const defaultTimeoutMs = 60_000;

/** Runs a command to its end. @throws Error with everything that it wrote when it fails. */
export async function run(
  [program, ...args]: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { env, input = '', timeoutMs = defaultTimeoutMs, mayFail = false, signal } = options;
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const interrupt = (): boolean => child.kill('SIGINT');
  signal?.addEventListener('abort', interrupt, { once: true });
  const ended = new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, endSignal) => resolve({ exitCode, signal: endSignal }));
  });
  // A command that ends without reading its input breaks the pipe; its exit code tells whether that was wrong.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') child.kill('SIGKILL');
  });
  if (typeof input === 'string') child.stdin.end(input);
  else input.pipe(child.stdin);
  const [end, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  signal?.removeEventListener('abort', interrupt);
  if (!mayFail && end.exitCode !== 0) {
    const how = end.signal === null ? `exit code ${end.exitCode}` : end.signal;
    throw new Error(`${[program, ...args].join(' ')}: ${how}\n${stdout}${stderr}`);
  }
  return { ...end, stdout, stderr };
}
