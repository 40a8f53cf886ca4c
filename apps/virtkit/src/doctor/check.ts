/** The outcome of looking at one thing. */
export type Finding =
  | { kind: 'ok'; detail: string }
  /** The platform runs without it, with less. */
  | { kind: 'limited'; detail: string; nextStep: string }
  /** Real guests do not run without it. */
  | { kind: 'missing'; detail: string; nextStep: string };

/** One thing to look at. */
export interface Check {
  name: string;
  look: (signal: AbortSignal) => Promise<Finding>;
}

/** A finding with the name of its check. */
export type NamedFinding = { name: string } & Finding;

/** Runs all checks side by side; a check that throws is missing, with the error as the detail. */
export async function runChecks(checks: readonly Check[], signal: AbortSignal): Promise<NamedFinding[]> {
  return Promise.all(
    checks.map(async ({ name, look }) => {
      try {
        return { name, ...(await look(signal)) };
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        return { name, kind: 'missing' as const, detail, nextStep: 'see the message' };
      }
    }),
  );
}
