import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDirectory, openPlainFolder, plainName, within } from '../../src/pods/plain-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plain-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const way = ['a', 'b', 'c'];
const path = (count: number): string => join(root, ...way.slice(0, count));

describe('a folder below a trusted one', () => {
  beforeEach(() => {
    mkdirSync(path(3), { recursive: true });
    writeFileSync(join(path(3), 'file'), 'the right one');
  });

  it('is the one that was opened, also after its path leads elsewhere', async () => {
    await using folder = await openPlainFolder(root, way);
    renameSync(path(1), join(root, 'moved'));
    mkdirSync(path(3), { recursive: true });
    writeFileSync(join(path(3), 'file'), 'another one');
    expect(readFileSync(within(folder!, 'file'), 'utf8')).toBe('the right one');
  });

  it.each([1, 2, 3])('is refused when part %i of the way is a link', async (count) => {
    renameSync(path(count), join(root, 'moved'));
    symlinkSync(join(root, 'moved'), path(count));
    await expect(openPlainFolder(root, way)).rejects.toMatchObject({ code: 'unsafe-path' });
  });

  it.each([1, 2, 3])(
    'is refused when part %i of the way is a file, and missing when it is',
    async (count) => {
      rmSync(path(count), { recursive: true });
      expect(await openPlainFolder(root, way)).toBeUndefined();
      writeFileSync(path(count), '');
      await expect(openPlainFolder(root, way)).rejects.toMatchObject({ code: 'unsafe-path' });
    },
  );

  it('has files by their names only', async () => {
    await using folder = await openPlainFolder(root, way);
    for (const name of ['..', '../b', 'x/y', '/etc/passwd'])
      expect(() => within(folder!, name), name).toThrow(expect.objectContaining({ code: 'unsafe-path' }));
  });
});

it('knows where the kubelet keeps a volume', () => {
  expect(emptyDirectory('0f1e-2d', 'sockets')).toEqual([
    'pods',
    '0f1e-2d',
    'volumes',
    'kubernetes.io~empty-dir',
    'sockets',
  ]);
});

it.each(['', '.', '..', '../x', 'a/b', '.hidden', 'a\0b', '-'])('takes no %j for a name', (name) => {
  expect(() => plainName(name)).toThrow(expect.objectContaining({ code: 'unsafe-path' }));
});
