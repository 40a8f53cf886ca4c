import type { MachineDescription } from './machine.ts';
import { verdict, type Row, type Verdict } from './row.ts';

/** What one measurement gave: rows for people, details for programs. */
export interface Finding {
  name: string;
  /** Milliseconds that it took. */
  durationMs: number;
  outcome:
    | { kind: 'measured'; rows: readonly Row[]; details: Readonly<Record<string, unknown>> }
    /** It could not be carried out; a missed goal is not this. */
    | { kind: 'failed'; reason: string };
}

/** The document of `--json`; `version` changes when a field changes its meaning. */
export interface BenchDocument {
  version: 1;
  /** Start, RFC 3339. */
  date: string;
  quick: boolean;
  /** Whether the platform's programs ran as built or from sources. */
  programs: 'built' | 'sources';
  machine: MachineDescription;
  measurements: {
    name: string;
    durationMs: number;
    /** Absent when it succeeded. */
    failure?: string;
    rows: (Row & { verdict: Verdict })[];
    details: Readonly<Record<string, unknown>>;
  }[];
}

export function documentOf(
  about: Pick<BenchDocument, 'date' | 'quick' | 'programs' | 'machine'>,
  findings: readonly Finding[],
): BenchDocument {
  return {
    version: 1,
    ...about,
    measurements: findings.map(({ name, durationMs, outcome }) =>
      outcome.kind === 'failed'
        ? { name, durationMs, failure: outcome.reason, rows: [], details: {} }
        : {
            name,
            durationMs,
            rows: outcome.rows.map((row) => ({ ...row, verdict: verdict(row) })),
            details: outcome.details,
          },
    ),
  };
}
