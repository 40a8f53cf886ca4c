import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '@virtkit/testing';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** The command line that starts the program from its sources. */
export const program = [process.execPath, '--conditions=@virtkit/source', main] as const;

export interface RunOptions {
  readonly kubeconfig?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string;
  /** Leave standard input open, for the test to write to. */
  readonly keepInputOpen?: boolean;
}

/** A virtctl process. Disposing kills it. */
export interface RunningVirtctl extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it wrote so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Waits until it wrote something. @returns the match */
  until(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for its end. */
  end(): Promise<Outcome>;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts virtctl as a child process, or `command` that starts it. */
export function startVirtctl(
  args: readonly string[],
  { kubeconfig, env, input = '', keepInputOpen = false }: RunOptions = {},
  command: readonly string[] = program,
): RunningVirtctl {
  const [file = '', ...before] = command;
  const child = spawn(file, [...before, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      TERM: 'dumb',
      SHELL: '/bin/sh',
      ...(kubeconfig !== undefined && { KUBECONFIG: kubeconfig }),
      ...env,
    },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => (output.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
  if (!keepInputOpen) child.stdin.end(input);
  const ended = once(child, 'close').then(([code]): Outcome => ({ code: code as number | null, ...output }));
  return {
    child,
    output,
    until: (stream, pattern) =>
      waitUntil(
        `${stream} matches ${String(pattern)}: ${JSON.stringify(output)}`,
        () => pattern.exec(output[stream]) ?? undefined,
      ),
    end: () => ended,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs virtctl to its end. */
export async function virtctl(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  await using running = startVirtctl(args, options);
  return await running.end();
}
