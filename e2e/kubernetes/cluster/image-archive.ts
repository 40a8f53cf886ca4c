import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../support/command.ts';

const mediaType = (name: string): string => `application/vnd.oci.image.${name}.v1`;
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/**
 * Writes an image of one small layer as an archive that containerd imports (OCI image layout 1.0).
 * @param archive the file to write; a folder `<archive>.work` is left for the caller to remove
 * @param image.reference in full, with a tag
 * @param image.root folder with the files of the image
 */
export async function writeImageArchive(
  archive: string,
  image: { reference: string; root: string; entrypoint: readonly string[] },
): Promise<void> {
  const layout = `${archive}.work`;
  const blobs = join(layout, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const put = async (type: string, content: Buffer): Promise<Descriptor> => {
    const hex = createHash('sha256').update(content).digest('hex');
    await writeFile(join(blobs, hex), content);
    return { mediaType: type, digest: `sha256:${hex}`, size: content.byteLength };
  };
  const putJson = (type: string, value: unknown): Promise<Descriptor> =>
    put(type, Buffer.from(JSON.stringify(value)));

  const layerFile = join(layout, 'layer.tar');
  await tar(layerFile, image.root, '.');
  const layer = await put(`${mediaType('layer')}.tar`, await readFile(layerFile));
  const config = await putJson(`${mediaType('config')}+json`, {
    architecture,
    os: 'linux',
    config: { Entrypoint: image.entrypoint, Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifestType = `${mediaType('manifest')}+json`;
  const manifest = await putJson(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config,
    layers: [layer],
  });
  const annotations = { 'io.containerd.image.name': image.reference };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await tar(archive, layout, 'blobs', 'index.json', 'oci-layout');
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Packs with the same order, owner and time for all, so that equal content gives an equal digest. */
const tar = (file: string, folder: string, ...names: string[]): Promise<unknown> =>
  run([
    'tar',
    ...['--create', '--file', file, '--directory', folder],
    ...['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'],
    ...names,
  ]);
