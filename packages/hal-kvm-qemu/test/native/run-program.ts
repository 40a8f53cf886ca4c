import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a child process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the folder `programs` in a Node process of its own, at most `timeoutMs` (then it is killed). */
export function runProgram(name: string, args: readonly string[] = [], timeoutMs = 30_000): Promise<Ended> {
  const program = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const options = ['--conditions=@virtkit/source', '--expose-gc', program, ...args];
  return runCommand(process.execPath, options, timeoutMs);
}

/** Runs any command to its end and keeps what it prints. */
export function runCommand(command: string, args: readonly string[], timeoutMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
