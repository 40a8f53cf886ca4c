import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a child process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a child process. */
export interface RunOptions {
  /** Killed after that. Default 30,000. */
  timeoutMs?: number;
  /** Added to the environment. */
  env?: Readonly<Record<string, string>>;
  /** Options of Node in front of the program. */
  nodeOptions?: readonly string[];
}

/** Path of a file in the folder `programs`. */
export const programPath = (name: string): string =>
  fileURLToPath(new URL(`programs/${name}`, import.meta.url));

/** Runs a program of the folder `programs` in a Node process of its own. */
export function runProgram(
  name: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Ended> {
  const { nodeOptions = [] } = options;
  const all = ['--conditions=@virtkit/source', '--expose-gc', ...nodeOptions, programPath(name), ...args];
  return runCommand(process.execPath, all, options);
}

/** Runs any command to its end and keeps what it prints. */
export function runCommand(
  command: string,
  args: readonly string[],
  { timeoutMs = 30_000, env = {} }: RunOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: { ...process.env, ...env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
