import type { Row } from '../report/row.ts';

/** How a measurement is to be carried out. */
export interface MeasurementContext {
  /** Fewer repetitions: under two minutes in all instead of six. */
  quick: boolean;
  /** Which form of the platform's programs to run. */
  programs: 'built' | 'sources';
  /** Tells what is being done. */
  progress: (message: string) => void;
  /** Aborts when the user gives up; everything that was started ends then. */
  signal: AbortSignal;
}

/** One question that the bench answers. */
export interface Measurement {
  /** As given to `--only`. */
  name: string;
  /**
   * Cleans up all that it started, however it ends.
   * @throws BenchError and whatever the measured parts throw
   */
  run(context: MeasurementContext): Promise<{ rows: Row[]; details: Record<string, unknown> }>;
}
