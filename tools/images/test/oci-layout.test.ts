import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ImageStore } from '@virtkit/embedded-node';
import { fileLayer } from '../file-layer.ts';
import type { Layer } from '../layer.ts';
import { LayerCache } from '../layer-cache.ts';
import { readLayout, writeArchive, writeLayout, type ImageContent } from '../oci-layout.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtkit-layout-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const epoch = 1_767_225_600;

async function layerOf(path: string, content: string): Promise<Layer> {
  return fileLayer({ files: [{ path, content }], epoch }, new LayerCache(join(folder, 'cache')));
}

async function twoImages(): Promise<[ImageContent, ImageContent]> {
  const shared = { layer: await layerOf('etc/shared', 'shared'), comment: 'what both have' };
  const own = { layer: await layerOf('usr/bin/tool', '#!/bin/sh\n'), comment: 'the tool' };
  return [
    { reference: 'registry.example/a/first:1', layers: [shared], config: { User: '107:107' } },
    {
      reference: 'registry.example/a/second:1',
      layers: [shared, own],
      config: { Entrypoint: ['/usr/bin/tool'], Env: ['PATH=/usr/bin'] },
    },
  ];
}

it('an archive of a layout is taken by the embedded node, with names, digests, files and settings', async () => {
  const images = await twoImages();
  const written = await writeLayout(join(folder, 'oci'), images, { epoch });
  await writeArchive(join(folder, 'oci'), join(folder, 'images.tar'), { epoch });

  const store = new ImageStore(join(folder, 'store'));
  const loaded = await store.load(join(folder, 'images.tar'));

  expect(loaded).toEqual(written.map(({ reference, digest, size }) => ({ reference, digest, size })));
  const { path, configuration } = await store.unpack('registry.example/a/second:1');
  expect(await readFile(join(path, 'etc/shared'), 'utf8')).toBe('shared');
  expect(await readFile(join(path, 'usr/bin/tool'), 'utf8')).toBe('#!/bin/sh\n');
  expect(configuration.config).toEqual(images[1].config);
});

it('is the same when it is written again, and has a shared layer once', async () => {
  const images = await twoImages();
  const digests = [];
  for (const name of ['one', 'other']) {
    await writeLayout(join(folder, name), images, { epoch });
    await writeArchive(join(folder, name), join(folder, `${name}.tar`), { epoch });
    digests.push(
      createHash('sha256')
        .update(await readFile(join(folder, `${name}.tar`)))
        .digest('hex'),
    );
  }
  expect(digests[1]).toBe(digests[0]);
  // Two layers, and a configuration and a manifest for each image.
  expect(await readdir(join(folder, 'one/blobs/sha256'))).toHaveLength(2 + 2 * 2);
});

it('every blob is what its name says', async () => {
  await writeLayout(join(folder, 'oci'), await twoImages(), { epoch });
  const blobs = join(folder, 'oci/blobs/sha256');
  for (const name of await readdir(blobs))
    expect(
      createHash('sha256')
        .update(await readFile(join(blobs, name)))
        .digest('hex'),
    ).toBe(name);
});

it('what no image needs any more is gone after the next writing', async () => {
  const [first, second] = await twoImages();
  await writeLayout(join(folder, 'oci'), [first, second], { epoch });
  await writeLayout(join(folder, 'oci'), [first], { epoch });
  expect(await readdir(join(folder, 'oci/blobs/sha256'))).toHaveLength(1 + 2);
  expect(await readLayout(join(folder, 'oci'))).toMatchObject([{ reference: first.reference }]);
});
