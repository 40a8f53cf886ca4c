import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDisks } from '../../src/images/disk-files.ts';
import { machineSpec } from '../machine-spec.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtkit-disks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const info = (path: string): { format: string; 'virtual-size': number; 'backing-filename'?: string } =>
  JSON.parse(execFileSync('qemu-img', ['info', '--output=json', path], { encoding: 'utf8' })) as never;

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
