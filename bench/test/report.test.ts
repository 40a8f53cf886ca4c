import { describe, expect, it } from 'vitest';
import { documentOf } from '../src/report/document.ts';
import { reportText } from '../src/report/report-text.ts';
import { valueText, verdict, type Row } from '../src/report/row.ts';
import { columns, reportTable } from '../src/report/table.ts';

const row = (value: number, goal?: Row['goal']): Row => ({
  what: 'something',
  value,
  unit: 'count',
  ...(goal === undefined ? {} : { goal }),
});

describe('verdicts', () => {
  it.each([
    [row(10, { kind: 'at-most', value: 10 }), 'met'],
    [row(10.1, { kind: 'at-most', value: 10 }), 'MISSED'],
    [row(0.8, { kind: 'at-least', value: 0.8 }), 'met'],
    [row(0.79, { kind: 'at-least', value: 0.8 }), 'MISSED'],
    [row(Number.NaN, { kind: 'at-most', value: 1 }), 'MISSED'],
    [row(7), 'none'],
  ])('of %j: %s', (given, expected) => expect(verdict(given)).toBe(expected));
});

describe('values', () => {
  it.each([
    [1234.4, 'ms', '1234 ms'],
    [14_400, 'ms', '14.4 s'],
    [46.23, 'MiB', '46.2 MiB'],
    [9, 'count', '9'],
    [9.333, 'count', '9.3'],
    [0.826, 'ratio', '0.83'],
    [12_345.6, 'per second', '12,346/s'],
    [43.6, 'percent', '44 %'],
  ] as const)('%f %s reads %s', (value, unit, expected) => expect(valueText(value, unit)).toBe(expected));
});

describe('tables', () => {
  it('align columns and leave no blanks at the end', () => {
    expect(
      columns([
        ['a', 'bbb', ''],
        ['cccc', 'd', 'e'],
      ]),
    ).toBe('a     bbb\ncccc  d    e');
    expect(columns([])).toBe('');
  });

  it('say what was missed and why', () => {
    const missed: Row = { ...row(11, { kind: 'at-most', value: 10 }), reason: 'two patches too many' };
    expect(reportTable([missed, row(3)]).split('\n')).toEqual([
      'WHAT       VALUE  GOAL           NOTE',
      'something  11     <= 10  MISSED  two patches too many',
      'something  3',
    ]);
  });
});

describe('the report', () => {
  const document = documentOf(
    {
      date: '2026-11-21T03:00:00.000Z',
      quick: true,
      programs: 'built',
      machine: {
        processor: 'A processor',
        cores: 2,
        memoryMiB: 24_000,
        architecture: 'x64',
        kernel: '6.1',
        distribution: 'Debian 12',
        node: 'v26.0.0',
        loadBefore: 0.25,
      },
    },
    [
      {
        name: 'one',
        durationMs: 5,
        outcome: { kind: 'measured', rows: [row(1, { kind: 'at-most', value: 2 })], details: { a: 1 } },
      },
      { name: 'two', durationMs: 6, outcome: { kind: 'failed', reason: 'no libvirt' } },
    ],
  );

  it('keeps rows with their verdicts and failures apart', () => {
    expect(document.measurements).toEqual([
      { name: 'one', durationMs: 5, rows: [expect.objectContaining({ verdict: 'met' })], details: { a: 1 } },
      { name: 'two', durationMs: 6, failure: 'no libvirt', rows: [], details: {} },
    ]);
  });

  it('tells where and when, and what could not be measured', () => {
    const text = reportText(document);
    expect(text).toContain('2026-11-21T03:00:00.000Z; A processor, 2 cores, 23 GiB; Debian 12');
    expect(text).toContain('programs: built; quick');
    expect(text).toContain('NOT MEASURED  two: no libvirt');
  });
});
