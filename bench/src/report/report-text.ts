import type { BenchDocument } from './document.ts';
import { machineText } from './machine.ts';
import { reportTable } from './table.ts';

/** The report for people: where and when, the table, and what could not be measured. */
export function reportText({ date, machine, programs, quick, measurements }: BenchDocument): string {
  const failures = measurements.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [`NOT MEASURED  ${name}: ${failure}`],
  );
  return [
    `${date}; ${machineText(machine)}; programs: ${programs}${quick ? '; quick' : ''}`,
    '',
    reportTable(measurements.flatMap(({ rows }) => rows)),
    ...failures,
  ].join('\n');
}
