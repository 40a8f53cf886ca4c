import { isDeepStrictEqual } from 'node:util';
import type { MachineSpec } from '@virtkit/hal';

/** One difference between two specs of a machine. */
export interface MachineChange {
  /** Top-level member of the spec, for example `memory`. */
  field: keyof MachineSpec;
  /** Whether a running machine must be restarted for it. */
  restart: boolean;
}

/** Members that only matter later, so that a running machine need not know. */
const withoutRestart: ReadonlySet<keyof MachineSpec> = new Set([
  'labels',
  'gracePeriodSeconds',
  'startPaused',
]);

/** What differs between two specs; empty when they ask for the same machine. */
export function diffMachine(before: MachineSpec, after: MachineSpec): MachineChange[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof MachineSpec)[];
  return fields
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => ({ field, restart: !withoutRestart.has(field) }));
}
