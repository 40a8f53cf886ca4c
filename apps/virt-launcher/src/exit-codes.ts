import { HalError } from '@virtkit/hal';
import { LauncherApiError } from '@virtkit/launcher-api';
import { LauncherError } from './errors.ts';

/** What the program's exit code tells. Another one means that it was killed or failed unexpectedly. */
export const exitCodes = {
  /** The machine stopped and was undefined, or there was none when the program was told to end. */
  done: 0,
  /** An error that nobody foresaw; it is the last log line. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The hypervisor backend cannot be used: unknown, not installed, or refused by the host. */
  hypervisorUnavailable: 3,
  /** The socket cannot be served: in use, or its folder missing or not writable. */
  socketUnavailable: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof LauncherError) {
    return error.code === 'bad-flags' ? exitCodes.usage : exitCodes.hypervisorUnavailable;
  }
  if (error instanceof HalError) return exitCodes.hypervisorUnavailable;
  if (error instanceof LauncherApiError) return exitCodes.socketUnavailable;
  return exitCodes.failed;
}
