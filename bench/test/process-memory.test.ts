import { describe, expect, it } from 'vitest';
import { memoryOf, parseSmapsRollup, parseStat, withDescendants } from '../src/platform/process-memory.ts';

describe('memory of processes', () => {
  it('reads resident and proportional memory in MiB', () => {
    const text =
      '5580-7ffd ---p 00000000 00:00 0 [rollup]\nRss:   2048 kB\nPss:   1024 kB\nPss_Dirty:  3 kB\n';
    expect(parseSmapsRollup(text)).toEqual({ rss: 2, pss: 1 });
    expect(() => parseSmapsRollup('')).toThrow(RangeError);
  });

  it('reads names with blanks and parentheses', () => {
    expect(parseStat('42 (a) S (b) S 7 42 0')).toEqual({ pid: 42, name: 'a) S (b', parent: 7 });
    expect(() => parseStat('nothing')).toThrow(RangeError);
  });

  it('finds all descendants and nobody else', () => {
    const table = [
      { pid: 5, parent: 3, name: 'grandchild' },
      { pid: 1, parent: 0, name: 'other' },
      { pid: 2, parent: 1, name: 'root' },
      { pid: 3, parent: 2, name: 'child' },
      { pid: 4, parent: 1, name: 'sibling' },
    ];
    expect(withDescendants(table, 2).map(({ pid }) => pid)).toEqual([2, 3, 5]);
    expect(withDescendants(table, 9)).toEqual([]);
  });

  it('knows this process and no process that ended', async () => {
    const own = await memoryOf(process.pid);
    expect(own!.pss).toBeGreaterThan(1);
    expect(own!.rss).toBeGreaterThanOrEqual(own!.pss);
    // Larger than any process id that Linux gives.
    expect(await memoryOf(2 ** 22 + 1)).toBeUndefined();
  });
});
