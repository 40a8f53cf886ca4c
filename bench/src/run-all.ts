import type { Finding } from './report/document.ts';
import type { Measurement, MeasurementContext } from './measurements/measurement.ts';

/** Runs measurements one after the other; one that fails does not keep the others from running, an abort does. */
export async function runAll(
  measurements: readonly Measurement[],
  context: MeasurementContext,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const measurement of measurements) {
    if (context.signal.aborted) break;
    const { name } = measurement;
    const start = performance.now();
    const progress = (message: string) => context.progress(`${name}: ${message}`);
    const outcome = await attempt(measurement, { ...context, progress });
    if (outcome.kind === 'failed') progress(outcome.reason);
    findings.push({ name, durationMs: performance.now() - start, outcome });
  }
  return findings;
}

async function attempt(measurement: Measurement, context: MeasurementContext): Promise<Finding['outcome']> {
  try {
    return { kind: 'measured', ...(await measurement.run(context)) };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

/** The message of an error and of its causes. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause === undefined ? message : `${message} (${reasonOf(cause)})`;
}
