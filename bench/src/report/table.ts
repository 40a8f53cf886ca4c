import { goalText, valueText, verdict, type Row } from './row.ts';

/** Rows as aligned columns, two spaces apart; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The report's table: what, value, goal, verdict and reason of each row. */
export function reportTable(rows: readonly Row[]): string {
  return columns([
    ['WHAT', 'VALUE', 'GOAL', '', 'NOTE'],
    ...rows.map((row) => {
      const outcome = verdict(row);
      return [
        row.what,
        valueText(row.value, row.unit),
        goalText(row),
        outcome === 'none' ? '' : outcome,
        row.reason ?? '',
      ];
    }),
  ]);
}
