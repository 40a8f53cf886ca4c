import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { refusals, uncarried } from '../src/index.ts';
import { instance } from './instances.ts';

const page = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8');

/** Rows of the table below a heading, as field and reason. */
function rowsBelow(heading: string): [field: string, reason: string][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const rows = section.split('\n## ')[0]!.matchAll(/^\| `spec\.([^`]+)` +\| (.+?) +\|$/gm);
  return Array.from(rows, ([, field = '', reason = '']) => [field, reason.replaceAll('`', '')]);
}

describe('the page on compatibility', () => {
  it('names every field of an instance that admission refuses, with the reason that admission gives', () => {
    expect(rowsBelow('Fields that are refused')).toEqual(
      refusals().map(({ path, reason }) => [path, reason]),
    );
  });
});

describe('refusals', () => {
  it('are what admission refuses, and stand for all that is below them', () => {
    const paths = refusals().map(({ path }) => path);
    expect(paths).toContain('domain.cpu.realtime');
    expect(paths.filter((path) => path.startsWith('domain.cpu.realtime.'))).toEqual([]);
    expect(paths).not.toContain('domain.cpu.cores');
    const spec = instance((changed) => (changed.domain.cpu!.realtime = { mask: '0' })).spec;
    const [field] = uncarried(spec, '');
    expect(field?.reason).toBe(refusals().find(({ path }) => path === 'domain.cpu.realtime')?.reason);
  });
});
