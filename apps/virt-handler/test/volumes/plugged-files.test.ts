import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PluggedFiles } from '../../src/volumes/plugged-files.ts';

const podUid = 'pod-1';
let root: string;
let folder: string;
let claim: string;
let files: PluggedFiles;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plugged-'));
  folder = join(root, 'pods', podUid, 'volumes', 'kubernetes.io~empty-dir', 'hotplug-disks');
  claim = join(root, 'claim');
  mkdirSync(folder, { recursive: true });
  mkdirSync(claim);
  writeFileSync(join(claim, 'disk.img'), 'content');
  files = new PluggedFiles(root, podUid, undefined);
});
afterEach(() => rmSync(root, { recursive: true }));

const refused = { name: 'HandlerError', code: 'volume-unavailable' };
const unsafe = { name: 'HandlerError', code: 'unsafe-path' };

describe('disks', () => {
  it('are the very files of their claims, and are taken away without them', async () => {
    await files.plug('data', claim);
    await files.plug('data', claim);
    expect([...(await files.disks())]).toEqual(['data']);
    expect(statSync(join(folder, 'data.img')).ino).toBe(statSync(join(claim, 'disk.img')).ino);
    await files.unplug('data');
    await files.unplug('data');
    expect((await files.disks()).size).toBe(0);
    expect(readFileSync(join(claim, 'disk.img'), 'utf8')).toBe('content');
  });

  it('replace what the launcher put in their place, and follow no link of it', async () => {
    const victim = join(root, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, join(folder, 'data.img'));
    await files.plug('data', claim);
    expect(lstatSync(join(folder, 'data.img')).isSymbolicLink()).toBe(false);
    expect(readFileSync(join(folder, 'data.img'), 'utf8')).toBe('content');
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
  });

  it('are no links, folders or nothing', async () => {
    const others = ['link', 'folder', 'nothing'].map((name) => join(root, name));
    for (const other of others) mkdirSync(other);
    symlinkSync(join(claim, 'disk.img'), join(root, 'link', 'disk.img'));
    mkdirSync(join(root, 'folder', 'disk.img'));
    for (const other of others) await expect(files.plug('data', other)).rejects.toMatchObject(refused);
    expect((await files.disks()).size).toBe(0);
  });

  it.each(['../escape', 'a/b', '..', '', '.hidden'])('are not named %j', async (name) => {
    await expect(files.plug(name, claim)).rejects.toMatchObject(unsafe);
    await expect(files.unplug(name)).rejects.toMatchObject(unsafe);
    await expect(files.deliver(name, claim)).rejects.toMatchObject(unsafe);
    await expect(files.discard(name)).rejects.toMatchObject(unsafe);
  });

  it('have a folder that is none', async () => {
    rmSync(folder, { recursive: true });
    symlinkSync(claim, folder);
    await expect(files.disks()).rejects.toMatchObject(refused);
    await expect(files.plug('data', claim)).rejects.toMatchObject(refused);
    expect(() => new PluggedFiles(root, '../pod', undefined)).toThrow(expect.objectContaining(unsafe));
  });
});

describe('files of the launcher', () => {
  it('are moved into their claim, once', async () => {
    writeFileSync(join(folder, 'a.memory.dump'), 'memory');
    await files.deliver('a.memory.dump', claim);
    await files.deliver('a.memory.dump', claim);
    expect(readFileSync(join(claim, 'a.memory.dump'), 'utf8')).toBe('memory');
    expect(existsSync(join(folder, 'a.memory.dump'))).toBe(false);
  });

  it('are plain files, or stay out of the claim', async () => {
    const victim = join(root, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, join(folder, 'link.memory.dump'));
    mkdirSync(join(folder, 'folder.memory.dump'));
    for (const name of ['link.memory.dump', 'folder.memory.dump', 'absent.memory.dump']) {
      await expect(files.deliver(name, claim)).rejects.toMatchObject(refused);
      expect(existsSync(join(claim, name))).toBe(false);
    }
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
  });

  it('are thrown away when they are of no use', async () => {
    writeFileSync(join(folder, 'half.memory.dump'), '');
    await files.discard('half.memory.dump');
    await files.discard('half.memory.dump');
    expect(existsSync(join(folder, 'half.memory.dump'))).toBe(false);
  });
});
