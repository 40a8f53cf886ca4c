import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { messageOf, systemCodeOf, VirtctlError } from './errors.ts';

export interface LocalProgramOptions {
  /** Ends it, with SIGTERM. */
  readonly signal: AbortSignal;
  /** Debian's package of the program, for the advice when it is missing. */
  readonly package?: string;
}

/**
 * Runs a program of this machine that shares our terminal, and waits for its end.
 *
 * @throws VirtctlError `local-program` when it cannot be started, ends with another status than 0 or by a signal
 */
export async function runLocalProgram(
  program: string,
  args: readonly string[],
  { signal, package: packageName }: LocalProgramOptions,
): Promise<void> {
  const child = spawn(program, args, { stdio: 'inherit', signal });
  let outcome: readonly [number | null, NodeJS.Signals | null];
  try {
    outcome = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  } catch (cause) {
    signal.throwIfAborted();
    const missing = systemCodeOf(cause) === 'ENOENT' && packageName !== undefined;
    throw new VirtctlError('local-program', `cannot run ${program}: ${messageOf(cause)}`, {
      cause,
      nextStep: missing ? `install it (Debian: apt install ${packageName})` : undefined,
    });
  }
  const [status, by] = outcome;
  if (status === 0) return;
  const how = by === null ? `exit status ${status ?? 'unknown'}` : `signal ${by}`;
  throw new VirtctlError('local-program', `${program} ended with ${how}`);
}
