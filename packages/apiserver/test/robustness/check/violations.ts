/** The classes of faults that are looked for. */
export const CHECKS = [
  'lost write',
  'lost update',
  'write not explained',
  'revision went back',
  'stale read',
  'transaction split',
  'watch missed an event',
  'watch repeated an event',
  'watch out of order',
  'progress ahead of events',
  'compaction gap',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** What a sequential store cannot explain. */
export interface Violation {
  check: CheckName;
  message: string;
}

/** Collects what the checks find. */
export class Findings {
  readonly violations: Violation[] = [];

  add(check: CheckName, message: string): void {
    this.violations.push({ check, message });
  }
}
