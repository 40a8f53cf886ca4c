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
    const { objections } = await defineAll(made);
    expect(unexplained(objections, made, notDefined)).toEqual([]);
    expect(misspelt(made, notDefined)).toEqual([]);
  });

  it.each([
    ['DOM-9.2-0', 'three for interfaces and two beside them', 8 - 3],
    ['DOM-9.2-1', 'eight for interfaces', 8],
    ['DOM-9.3-0', 'those that are missing to eight', 8 - 2],
    ['DOM-9.3-2', 'three at least', 3],
  ])('leaves the ports of %s free that were asked for: %s', async (name, _what, free) => {
    const { defined } = await defineAll(made.filter((one) => one.name === name));
    expect(freePorts(defined.get(name) ?? '')).toHaveLength(free);
  });
});

/** Numbers of the PCI ports that no device hangs from. */
function freePorts(xml: string): string[] {
  const ports = Array.from(
    xml.matchAll(/<controller type='pci' index='(\d+)' model='pcie-root-port'/g),
    ([, index = '']) => index,
  );
  const used = new Set(
    Array.from(xml.matchAll(/<address type='pci'[^>]* bus='0x([0-9a-f]+)'/g), ([, bus = '']) =>
      String(Number.parseInt(bus, 16)),
    ),
  );
  return ports.filter((index) => !used.has(index));
}
