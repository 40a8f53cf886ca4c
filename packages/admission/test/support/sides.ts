import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/validation/index.ts';

/** Letters of the facts' tables for the reasons of causes; `-` is a cause with a message only, a number an HTTP status. */
const reasons = {
  I: 'FieldValueInvalid',
  R: 'FieldValueRequired',
  N: 'FieldValueNotSupported',
  D: 'FieldValueDuplicate',
  NF: 'FieldValueNotFound',
  F: 'FieldValueForbidden',
  U: 'UnexpectedServerResponse',
  '-': undefined,
  400: undefined,
  429: undefined,
} as const;

/** One rule: what it refuses, at which fields and why, and the nearest that it accepts. */
export interface Sides<Change> {
  readonly id: string;
  readonly refuses: Change;
  readonly accepts: Change;
  readonly reason: keyof typeof reasons;
  /** The field of each of its causes, in order; `undefined` where KubeVirt names none. */
  readonly fields: readonly (string | undefined)[];
  /** Whether no other rule may answer beside this one. */
  readonly alone?: boolean;
}

/** Tests both sides of every rule. `judge` may be asynchronous. */
export function testSides<Change>(
  topic: string,
  rows: readonly Sides<Change>[],
  judge: (change: Change) => readonly Finding[] | Promise<readonly Finding[]>,
): void {
  describe(topic, () => {
    test.each(rows.map((row) => [row.id, row] as const))('%s refuses', async (id, row) => {
      const all = await judge(row.refuses);
      const own = all.filter(({ rule }) => rule === id);
      const code = row.reason === 400 || row.reason === 429 ? row.reason : undefined;
      expect(own.map(({ reason, field, code: status }) => ({ reason, field, status }))).toEqual(
        row.fields.map((field) => ({ reason: reasons[row.reason], field, status: code })),
      );
      if (row.alone === true) expect(all).toEqual(own);
    });
    test.each(rows.map((row) => [row.id, row] as const))('%s accepts', async (id, row) => {
      expect((await judge(row.accepts)).filter(({ rule }) => rule === id)).toEqual([]);
    });
  });
}
