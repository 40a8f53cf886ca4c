import { Option } from 'commander';
import type { ApiError } from '@virtkit/sdk';
import { isApiError } from '@virtkit/sdk';
import { VirtctlError } from '../errors.ts';
import { printLine, type Session } from '../session.ts';

/** The flag of commands that can check a request without effect. */
export const dryRunFlag = (): Option => new Option('--dry-run', 'check the request, change nothing');

/** Says that nothing will change, when that was asked for. */
export function announceDryRun(session: Session, dryRun: boolean | undefined): void {
  if (dryRun === true) printLine(session, 'Dry Run execution');
}

/** Runs a request and puts what was tried in front of the server's message. @throws VirtctlError `request-failed` */
export async function describing<T>(
  describe: (error: ApiError) => string,
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!isApiError(error) || error.code === 'aborted') throw error;
    throw new VirtctlError('request-failed', describe(error), { cause: error });
  }
}
