import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { DurationSchema, PortSchema, TextSchema, wholeNumber } from '../src/index.ts';

/** What is said of a value; undefined when it is taken. */
const complaints = (schema: z.ZodType, value: unknown): string[] | undefined =>
  schema.safeParse(value).error?.issues.map(({ message }) => message);

describe('durations', () => {
  it.each([
    ['15s', 15_000],
    ['1m30s', 90_000],
    ['0.5h', 1_800_000],
    ['250ms', 250],
    ['0', 0],
  ])('%s', (text, expected) => expect(DurationSchema.parse(text)).toBe(expected));

  it.each(['', '15', 's', '1d', '-1s', '1s ', '1s1'])('refuses "%s"', (text) =>
    expect(complaints(DurationSchema, text)).toEqual([
      `must be a duration such as 15s or 1m30s, not "${text}"`,
    ]),
  );
});

describe('whole numbers', () => {
  it.each([
    ['1', 1],
    ['1000', 1000],
    ['007', 7],
  ])('%s', (text, expected) => expect(wholeNumber(1, 1000).parse(text)).toBe(expected));

  it.each(['0', '1001', '', ' 1', '1.5', '1e2', '-1', '0x10', 'many', '9'.repeat(16)])(
    'refuses "%s"',
    (text) =>
      expect(complaints(wholeNumber(1, 1000), text)).toEqual(['must be a whole number from 1 to 1000']),
  );

  it.each(['65536', 'http', '-1'])('are ports only up to 65535: "%s"', (text) =>
    expect(complaints(PortSchema, text)).toEqual(['must be a whole number from 0 to 65535']),
  );

  it('may be needed', () => expect(complaints(PortSchema, undefined)).toEqual(['is missing']));
});

describe('text', () => {
  it.each([
    ['web', undefined],
    ['', ['must not be empty']],
    [undefined, ['is missing']],
  ])('%j', (value, expected) => expect(complaints(TextSchema, value)).toEqual(expected));
});
