// The schedules of CronJobs: five fields as in crontab(5), or one of the words for common ones.

interface FieldRule {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  /** Names that stand for numbers from `from` on. */
  readonly names?: readonly string[];
}

const FIELDS: readonly FieldRule[] = [
  { what: 'minute', from: 0, to: 59 },
  { what: 'hour', from: 0, to: 23 },
  { what: 'day of the month', from: 1, to: 31 },
  {
    what: 'month',
    from: 1,
    to: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  {
    what: 'day of the week',
    from: 0,
    to: 6,
    names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  },
];
const WORDS = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);
const DURATION = /^([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/;

/** Why a schedule cannot be understood, or `undefined` when it can. */
export function scheduleProblem(schedule: string): string | undefined {
  const text = schedule.replace(/^(CRON_)?TZ=\S+\s+/, '');
  if (text.startsWith('@')) {
    const every = /^@every (.*)$/.exec(text)?.[1];
    if (every !== undefined)
      return DURATION.test(every) ? undefined : `"${every}" is not a duration such as 1h30m`;
    return WORDS.has(text)
      ? undefined
      : `"${text}" is none of ${[...WORDS].join(', ')} and "@every <duration>"`;
  }
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length)
    return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [index, rule] of FIELDS.entries()) {
    const problem = fieldProblem(fields[index] ?? '', rule);
    if (problem !== undefined) return `${rule.what}: ${problem}`;
  }
  return undefined;
}

function fieldProblem(field: string, rule: FieldRule): string | undefined {
  for (const term of field.split(',')) {
    const [range = '', step, ...more] = term.split('/');
    if (more.length > 0) return `"${term}" has more than one step`;
    if (step !== undefined && !/^[1-9]\d*$/.test(step))
      return `the step of "${term}" is not a positive number`;
    const [first = '', last, ...others] = range.split('-');
    if (others.length > 0) return `"${term}" has more than one hyphen`;
    if (first === '*' || first === '?') {
      if (last !== undefined) return `"${term}" is a range of everything`;
      continue;
    }
    const from = numberOf(first, rule);
    const to = last === undefined ? from : numberOf(last, rule);
    if (from === undefined || to === undefined) return `"${term}" is not a number`;
    if (from < rule.from || to > rule.to) return `"${term}" is not between ${rule.from} and ${rule.to}`;
    if (from > to) return `"${term}" begins after its end`;
  }
  return undefined;
}

function numberOf(text: string, { from, names = [] }: FieldRule): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + from;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
