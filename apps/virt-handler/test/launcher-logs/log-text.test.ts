import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOf, plainText } from '../../src/launcher-logs/log-text.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vh-text-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function end(bytes: number): Promise<string> {
  await using file = await open(join(folder, 'log'));
  return (await endOf(file, bytes)).toString('utf8');
}

describe('the end of a log', () => {
  it.each([
    ['is all of a short one', 'one\ntwo\n', 100, 'one\ntwo\n'],
    ['begins with a whole line', 'one\ntwo\nthree\n', 9, 'three\n'],
    ['may lack an end of line', 'one\ntwo', 5, 'two'],
    ['is a part of a line that is longer than the bound', 'abcdef', 3, 'def'],
    ['of nothing is nothing', '', 10, ''],
  ])('%s', async (_title, text, bytes, expected) => {
    await writeFile(join(folder, 'log'), text);
    expect(await end(bytes)).toBe(expected);
  });

  it('skips the hole that is left of old lines', async () => {
    const path = join(folder, 'log');
    await writeFile(path, '');
    await truncate(path, 8192);
    await writeFile(path, 'cut line\nwhole line\n', { flag: 'a' });
    expect(await end(10_000)).toBe('whole line\n');
    await writeFile(path, '');
    await truncate(path, 4096);
    expect(await end(10_000)).toBe('');
  });
});

describe('what a container wrote', () => {
  const at = '2026-11-21T18:00:00.123456789Z';

  it('is without the words of the container runtime', () => {
    const log = `${at} stderr F {"level":"info"}\n${at} stdout P one \n${at} stdout F line\n${at} stderr F \n`;
    expect(plainText(log)).toBe('{"level":"info"}\none line\n\n');
  });

  it('stays as it is where there is no container runtime', () => {
    for (const log of ['', 'plain', 'plain\n', '{"time":"2026"}\n\nmore\n']) expect(plainText(log)).toBe(log);
  });
});
