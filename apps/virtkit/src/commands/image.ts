import { copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ImageStore } from '@virtkit/embedded-node';
import { VirtkitError } from '../errors.ts';
import { layoutOf } from '../platform/layout.ts';

/** User that launchers, and so QEMU, run as: it must be able to read a disk image. */
const launcherUser = { uid: 107, gid: 107 };

/** A stored image as `virtkit image list` shows it. */
export interface ImageRow {
  reference: string;
  digest: string;
}

const storeOf = (root: string): ImageStore => new ImageStore(join(layoutOf(root).kubelet, 'images'));

/** Imports an OCI archive. @returns what was imported. */
export async function loadImage(root: string, file: string, reference?: string): Promise<ImageRow[]> {
  await mustBeFile(file);
  const images = await storeOf(root).load(file, reference === undefined ? {} : { reference });
  return images.map(({ reference: name, digest }) => ({ reference: name, digest }));
}

/**
 * Makes an image for `containerDisk` volumes out of a disk file (qcow2 or raw): the file alone, in `/disk`.
 * Making it again from the same file changes nothing.
 */
export async function makeDiskImage(root: string, file: string, reference: string): Promise<ImageRow> {
  await mustBeFile(file);
  const images = join(layoutOf(root).kubelet, 'images');
  await mkdir(images, { recursive: true });
  const staging = await mkdtemp(join(images, '.disk-'));
  try {
    await mkdir(join(staging, 'disk'));
    await copyFile(file, join(staging, 'disk', basename(file)));
    const image = await storeOf(root).write({ reference, files: staging, owner: launcherUser });
    return { reference: image.reference, digest: image.digest };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

export async function listImages(root: string): Promise<ImageRow[]> {
  const images = await storeOf(root).list();
  return images.map(({ reference, digest }) => ({ reference, digest }));
}

async function mustBeFile(file: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
  } catch (cause) {
    throw new VirtkitError('usage', `${file} cannot be read`, { cause, nextStep: 'give the path of a file' });
  }
  throw new VirtkitError('usage', `${file} is not a file`, { nextStep: 'give the path of a file' });
}
