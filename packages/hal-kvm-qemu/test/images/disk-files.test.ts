import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFiles, prepareDisks } from '../../src/images/disk-files.ts';
import { machineSpec } from '../machine-spec.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtkit-disks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const info = (path: string): { format: string; 'virtual-size': number; 'backing-filename'?: string } =>
  JSON.parse(execFileSync('qemu-img', ['info', '--output=json', path], { encoding: 'utf8' })) as never;

/** A spec with one disk made of a folder. */
const onFolder = (path: string, requiresOneOf?: string[]) =>
  machineSpec({
    disks: [
      {
        id: 'files',
        device: 'disk',
        bus: 'virtio',
        source: { kind: 'folder', path, volumeLabel: 'cfgdata', ...(requiresOneOf && { requiresOneOf }) },
      },
    ],
  });

/** Paths of the files on a volume, as xorriso quotes them. */
const listing = (iso: string): string[] =>
  execFileSync('xorriso', ['-indev', iso, '-find', '/', '-type', 'f'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .split('\n')
    .filter(Boolean)
    .sort();

describe('files of disks', () => {
  it('puts an overlay over a read-only image and keeps it when asked again', async () => {
    const image = join(folder, 'image.raw');
    writeFileSync(image, Buffer.alloc(1024 * 1024));
    const spec = machineSpec({
      disks: [
        {
          id: 'root',
          device: 'disk',
          bus: 'virtio',
          source: { kind: 'ephemeral', path: image, format: 'raw' },
        },
      ],
    });
    const files = await prepareDisks(spec, folder);
    const overlay = join(folder, 'disk-0.qcow2');
    expect(files.get('root')).toEqual({ path: overlay, format: 'qcow2' });
    expect(info(overlay)).toMatchObject({
      format: 'qcow2',
      'virtual-size': 1024 * 1024,
      'backing-filename': image,
    });
    const before = statSync(overlay).ino;
    await prepareDisks(spec, folder);
    expect(statSync(overlay).ino).toBe(before);
  });

  it('makes an empty disk of the wanted size and a seed that carries its files', async () => {
    const spec = machineSpec({
      disks: [
        {
          id: 'empty',
          device: 'disk',
          bus: 'virtio',
          source: { kind: 'scratch', sizeBytes: 5 * 1024 * 1024 },
        },
        {
          id: 'seed',
          device: 'disk',
          bus: 'virtio',
          source: {
            kind: 'seed',
            volumeLabel: 'cidata',
            files: [
              { name: 'meta-data', content: 'instance-id: i\n' },
              { name: 'user-data', content: '#!/bin/sh\necho Grüße\n' },
            ],
          },
        },
      ],
    });
    const files = await prepareDisks(spec, folder);
    expect(info(join(folder, 'disk-0.qcow2'))['virtual-size']).toBe(5 * 1024 * 1024);
    const seed = files.get('seed') as { path: string };
    const read = (name: string): string => {
      const copy = join(folder, 'copy');
      execFileSync('xorriso', ['-osirrox', 'on', '-indev', seed.path, '-extract', `/${name}`, copy], {
        stdio: 'ignore',
      });
      const text = readFileSync(copy, 'utf8');
      rmSync(copy, { force: true });
      return text;
    };
    expect(read('user-data')).toContain('echo Grüße');
    expect(readdirSync(folder).sort()).toEqual(['disk-0.qcow2', 'disk-1.iso']);
  });

  it('makes a volume of a folder as Kubernetes mounts one: links are followed, hidden folders left out', async () => {
    const mounted = join(folder, 'config');
    mkdirSync(join(mounted, '..data'), { recursive: true });
    writeFileSync(join(mounted, '..data', 'a=b.txt'), 'one');
    writeFileSync(join(mounted, '..data', 'Unattend.xml'), '<xml/>');
    for (const name of ['a=b.txt', 'Unattend.xml']) symlinkSync(join('..data', name), join(mounted, name));
    const files = await prepareDisks(onFolder(mounted, ['autounattend.xml', 'unattend.xml']), folder);
    const { path } = files.get('files') as { path: string };
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(listing(path)).toEqual(["'/Unattend.xml'", "'/a=b.txt'"]);
  });

  it('names the field of a folder that is not there or lacks a file', async () => {
    const missing = { code: 'source-unavailable', field: '/disks/0' };
    await expect(prepareDisks(onFolder(join(folder, 'nowhere')), folder)).rejects.toMatchObject(missing);
    mkdirSync(join(folder, 'config'));
    await expect(
      prepareDisks(onFolder(join(folder, 'config'), ['unattend.xml']), folder),
    ).rejects.toMatchObject(missing);
  });

  it('makes a volume of a folder without files', async () => {
    mkdirSync(join(folder, 'config'));
    const files = await prepareDisks(onFolder(join(folder, 'config')), folder);
    expect(listing((files.get('files') as { path: string }).path)).toEqual([]);
  });

  it('makes nothing for a drive without a medium, and refuses to track changed blocks', async () => {
    const empty = { kind: 'empty' } as const;
    const drive = machineSpec({ disks: [{ id: 'cd', device: 'cdrom', bus: 'sata', source: empty }] });
    expect(await prepareDisks(drive, folder)).toEqual(new Map());
    const tracked = { kind: 'tracked', path: '/o', data: { path: '/d', block: false } } as const;
    const spec = machineSpec({ disks: [{ id: 'a', device: 'disk', bus: 'virtio', source: tracked }] });
    await expect(prepareDisks(spec, folder)).rejects.toMatchObject({
      code: 'unsupported',
      field: '/disks/0/source',
    });
  });

  it('says beforehand what it will make', async () => {
    const spec = machineSpec({
      disks: [
        { id: 'a', device: 'disk', bus: 'virtio', source: { kind: 'scratch', sizeBytes: 4096 } },
        { id: 'b', device: 'cdrom', bus: 'sata', source: { kind: 'empty' } },
      ],
    });
    expect(diskFiles(spec, folder)).toEqual(await prepareDisks(spec, folder));
  });

  it.each([
    ['ephemeral', { kind: 'ephemeral', path: '/nowhere/image', format: 'qcow2' }],
    ['file', { kind: 'file', path: '/nowhere/image', format: 'raw' }],
    ['block', { kind: 'block', path: '/dev/nowhere' }],
  ] as const)('names the field of a source that is not there: %s', async (_name, source) => {
    const spec = machineSpec({ disks: [{ id: 'root', device: 'disk', bus: 'virtio', source }] });
    await expect(prepareDisks(spec, folder)).rejects.toMatchObject({
      code: 'source-unavailable',
      field: '/disks/0/source/path',
    });
  });

  it('says which disk an image spoils that is no image', async () => {
    const image = join(folder, 'text');
    writeFileSync(image, 'not an image');
    const spec = machineSpec({
      disks: [
        {
          id: 'root',
          device: 'disk',
          bus: 'virtio',
          source: { kind: 'ephemeral', path: image, format: 'qcow2' },
        },
      ],
    });
    await expect(prepareDisks(spec, folder)).rejects.toMatchObject({
      field: '/disks/0',
      message: expect.stringContaining('root'),
    });
  });
});
