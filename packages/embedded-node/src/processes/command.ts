import { spawn } from 'node:child_process';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';

export interface CommandOptions {
  /** Text for standard input; empty when absent. */
  readonly input?: string;
  /** The whole environment of the program; that of this process when absent. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the program is killed; 30 s when absent. */
  readonly timeout?: number;
}

export interface CommandResult {
  /** Null when a signal ended the program. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultTimeout = 30_000;
/** Keeps a program that floods its output from filling our memory. */
const outputLimit = 4 * 1024 * 1024;

/**
 * Runs a program to its end, whatever its exit status.
 *
 * @throws EmbeddedNodeError `CommandMissing`; the signal's reason when aborted
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  options.signal?.throwIfAborted();
  const child = spawn(program, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: options.environment ?? undefined,
    timeout: options.timeout ?? defaultTimeout,
    killSignal: 'SIGKILL',
    signal: options.signal,
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.on('error', (cause) =>
    reject(
      isSystemError(cause, 'ENOENT')
        ? new EmbeddedNodeError('CommandMissing', `${program} is not installed`, { cause })
        : cause,
    ),
  );
  child.on('close', (exitCode) => resolve({ exitCode, stdout: stdout(), stderr: stderr() }));
  // A program may end without reading its input; its exit status tells whether that was right.
  child.stdin.on('error', (error) => (isSystemError(error, 'EPIPE') ? undefined : reject(error)));
  child.stdin.end(options.input ?? '');
  return promise;
}

/**
 * Runs a program that must succeed; gives its standard output.
 *
 * @throws EmbeddedNodeError `CommandFailed` with what the program said, `CommandMissing`
 */
export async function runOrThrow(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(program, args, options);
  if (exitCode === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).slice(0, 2000);
  throw new EmbeddedNodeError(
    'CommandFailed',
    `${[program, ...args].join(' ').slice(0, 500)}: exit status ${exitCode ?? 'none (killed)'}: ${said}`,
  );
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < outputLimit) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
