import { Option } from 'commander';
import { wholeNumber } from '../arguments/numbers.ts';
import { VirtctlError } from '../errors.ts';
import { dryRunFlag } from './lifecycle.ts';

/** Flags of `stop` and `restart`. */
export interface StopFlags {
  readonly force?: boolean;
  /** Seconds. */
  readonly gracePeriod?: number;
  readonly dryRun?: boolean;
}

/** New option values of `stop` and `restart`; commander does not share options between commands. */
export const stopFlags = (): Option[] => [
  new Option('--force', 'end the guest after --grace-period instead of what the machine says'),
  new Option('--grace-period <seconds>', 'time for the guest to shut down, with --force').argParser(
    wholeNumber('grace-period', 0),
  ),
  dryRunFlag(),
];

/** @throws VirtctlError `usage` when only one of `--force` and `--grace-period` is there */
export function checkStopFlags({ force = false, gracePeriod }: StopFlags): void {
  if (force === (gracePeriod !== undefined)) return;
  throw new VirtctlError('usage', 'Must both use --force=true and set --grace-period.', {
    nextStep: 'to end the guest at once: --force --grace-period=0',
  });
}
