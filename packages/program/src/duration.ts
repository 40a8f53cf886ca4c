import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const part = /(\d{1,15}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h)/y;

/** Milliseconds of a duration as Kubernetes' programs take them: `15s`, `1m30s`, `0.5h`, `0`. */
export const DurationSchema = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: 'custom', message: `must be a duration such as 15s or 1m30s, not "${text}"` });
  return z.NEVER;
});

/** @returns undefined for what is no duration */
function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  let total = 0;
  part.lastIndex = 0;
  for (let at = 0; at < text.length || text === ''; at = part.lastIndex) {
    const match = part.exec(text);
    if (match === null) return undefined;
    total += Number(match[1]) * (unitMs[match[2]!] ?? 0);
  }
  return total;
}
