import { describe, expect, it } from 'vitest';
import { make, type Made } from './row.ts';
import { defineAll, schemaObjections } from './libvirt.ts';
import { misspelt, notDefined, notInSchema, unexplained } from './exceptions.ts';
import { rows } from './rows/index.ts';
import { parseDomain, select } from './select.ts';

const made: Made[] = rows.flatMap((row) =>
  row.cases.flatMap(({ refused }, index) => (refused === undefined ? [make(row, index)] : [])),
);

describe('what an instance asks for reaches the domain', () => {
  it.each(rows)('$id: $what', (row) => {
    for (const [index, { domain, spec, refused }] of row.cases.entries()) {
      if (refused !== undefined) {
        expect(() => make(row, index)).toThrow(expect.objectContaining(refused));
        continue;
      }
      const one = make(row, index);
      const parsed = parseDomain(one.xml);
      const actual = Object.fromEntries(
        Object.keys(domain ?? {}).map((path) => [path, select(parsed, path)]),
      );
      const expected = Object.fromEntries(
        Object.entries(domain ?? {}).map(([path, value]) => [
          path,
          path.endsWith('#count') || value === undefined ? value : String(value),
        ]),
      );
      expect(actual, `${one.name}\n${one.xml}`).toEqual(expected);
      spec?.(one.spec);
    }
  });
});

describe('libvirt', () => {
  it('finds every domain in its schema, but for what is younger than the oldest one', async () => {
    expect(unexplained(await schemaObjections(made), made, notInSchema)).toEqual([]);
    expect(misspelt(made, notInSchema)).toEqual([]);
  });

  it('defines every domain, but for what this host does not have', async () => {
    expect(unexplained(await defineAll(made), made, notDefined)).toEqual([]);
    expect(misspelt(made, notDefined)).toEqual([]);
  });
});
