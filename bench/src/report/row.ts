import { match } from 'ts-pattern';

/** What a value should be. */
interface Goal {
  kind: 'at-most' | 'at-least';
  value: number;
}

/** Units of values: `ms` are milliseconds, `MiB` 2^20 bytes, `ratio` and `count` are plain numbers. */
export type Unit = 'ms' | 'MiB' | 'count' | 'ratio' | 'per second' | 'percent';

/** One line of the report. */
export interface Row {
  what: string;
  value: number;
  unit: Unit;
  goal?: Goal;
  /** Where the value comes from, or why it misses its goal. */
  reason?: string;
}

/** `none` where there is no goal. */
export type Verdict = 'met' | 'MISSED' | 'none';

export function verdict({ value, goal }: Row): Verdict {
  if (goal === undefined) return 'none';
  const holds = match(goal.kind)
    .with('at-most', () => value <= goal.value)
    .with('at-least', () => value >= goal.value)
    .exhaustive();
  return holds ? 'met' : 'MISSED';
}

/** A value with its unit, in as many digits as tell something. */
export function valueText(value: number, unit: Unit): string {
  return match(unit)
    .with('ms', () =>
      value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`,
    )
    .with('MiB', () => `${value.toFixed(1)} MiB`)
    .with('count', () => (Number.isInteger(value) ? String(value) : value.toFixed(1)))
    .with('ratio', () => value.toFixed(2))
    .with('per second', () => `${Math.round(value).toLocaleString('en-US')}/s`)
    .with('percent', () => `${value.toFixed(0)} %`)
    .exhaustive();
}

export function goalText({ goal, unit }: Row): string {
  if (goal === undefined) return '';
  return `${goal.kind === 'at-most' ? '<=' : '>='} ${valueText(goal.value, unit)}`;
}
