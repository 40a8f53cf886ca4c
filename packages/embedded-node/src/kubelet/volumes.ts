import type { ClaimVolumeSource, Container, Pod, PodVolume, VolumeMount } from '@virtkit/core-types';
import { chmod, lstat, mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import type { ImageStore } from '../images/image-store.ts';
import type { SandboxMount } from '../sandbox/specification.ts';
import type { ClaimVolumes } from './claim-volumes.ts';
import { makeObjectVolume, type ObjectVolumeSources } from './object-volumes.ts';
import { insideOf, shareWithGroup } from './volume-folder.ts';

/** A volume as it can be mounted. */
interface ReadyVolume {
  readonly path: string;
  /** Whether the volume itself forbids writing, whatever its mounts say. */
  readonly readOnly: boolean;
  /** This kubelet wrote its files, from objects of the API. */
  readonly fromApi?: true;
}

export interface VolumeSources extends ObjectVolumeSources {
  readonly images: ImageStore;
  readonly claims: ClaimVolumes;
}

/**
 * Makes the volumes of a Pod. Repeatable: an emptyDir keeps its content, files from the API are written anew.
 *
 * @throws EmbeddedNodeError `ConfigMissing`, `ImageNotFound`, `ImageInvalid`, `Unsupported`
 */
export async function makeVolumes(
  pod: Pod,
  sources: VolumeSources,
): Promise<ReadonlyMap<string, ReadyVolume>> {
  const made = new Map<string, ReadyVolume>();
  for (const volume of pod.spec.volumes ?? []) made.set(volume.name, await makeVolume(pod, volume, sources));
  return made;
}

async function makeVolume(pod: Pod, volume: PodVolume, sources: VolumeSources): Promise<ReadyVolume> {
  if (volume.hostPath !== undefined) return hostPath(volume.hostPath);
  if (volume.persistentVolumeClaim !== undefined) return claimed(pod, volume.persistentVolumeClaim, sources);
  if (volume.image !== undefined) {
    const { path } = await sources.images.unpack(volume.image.reference ?? '');
    return { path, readOnly: true };
  }
  const files = await makeObjectVolume(pod, volume, sources);
  if (files !== undefined) return { path: files, readOnly: true, fromApi: true };
  const path = sources.layout.volume('kubernetes.io~empty-dir', volume.name);
  await mkdir(path, { recursive: true });
  await shareWithGroup(path, 0o777, pod, sources.root);
  return { path, readOnly: false };
}

async function hostPath({
  path,
  type = '',
}: {
  path: string;
  type?: string | undefined;
}): Promise<ReadyVolume> {
  if (type === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 });
  if (type === 'FileOrCreate') await writeFile(path, '', { flag: 'a', mode: 0o644 });
  try {
    await lstat(path);
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT'))
      throw new EmbeddedNodeError('ConfigMissing', `hostPath ${path} does not exist on this node`, { cause });
    throw cause;
  }
  return { path, readOnly: false };
}

/**
 * A claim: the folder of its volume. A link to it stands where a kubelet of a cluster mounts local volumes, below the Pod's
 * folder and under the volume's name, so that node agents find what a Pod has.
 */
async function claimed(
  pod: Pod,
  { claimName, readOnly = false }: ClaimVolumeSource,
  sources: VolumeSources,
): Promise<ReadyVolume> {
  const linkOf = (volumeName: string) => sources.layout.volume('kubernetes.io~local-volume', volumeName);
  const found = await sources.claims.folder(claimName, async (name) => exists(linkOf(name)));
  const link = linkOf(found.volumeName);
  const { path } = await hostPath({ path: found.path });
  if (!(await lstat(path)).isDirectory())
    throw new EmbeddedNodeError(
      'ConfigMissing',
      `${path}, the volume of claim ${claimName}, is not a folder`,
    );
  if (found.grouped && !readOnly)
    await shareWithGroup(path, (await lstat(path)).mode & 0o777, pod, sources.root);
  await mkdir(dirname(link), { recursive: true, mode: 0o755 });
  await rm(link, { force: true });
  await symlink(path, link);
  return { path, readOnly };
}

/**
 * The mounts of one container.
 *
 * @throws EmbeddedNodeError `ConfigMissing` for a volume that the Pod does not have or a sub-path that leads out of it
 */
export async function containerMounts(
  container: Container,
  volumes: ReadonlyMap<string, ReadyVolume>,
): Promise<SandboxMount[]> {
  return Promise.all((container.volumeMounts ?? []).map((mount) => containerMount(mount, volumes)));
}

async function containerMount(
  mount: VolumeMount,
  volumes: ReadonlyMap<string, ReadyVolume>,
): Promise<SandboxMount> {
  const volume = volumes.get(mount.name);
  if (volume === undefined)
    throw new EmbeddedNodeError('ConfigMissing', `volumeMounts: the Pod has no volume ${mount.name}`);
  return {
    source: mount.subPath === undefined ? volume.path : await subPath(volume, mount.subPath),
    destination: posix.normalize(posix.join('/', mount.mountPath)).replace(/(.)\/$/, '$1'),
    readOnly: volume.readOnly || mount.readOnly === true,
  };
}

async function subPath(volume: ReadyVolume, path: string): Promise<string> {
  const full = insideOf(volume.path, path);
  // As on any kubelet: what is not there, a key that a Secret lacks for example, is an empty folder where it is mounted.
  if (!volume.readOnly || volume.fromApi === true) await makeInside(volume.path, path);
  const [real, base] = [await realpath(full), await realpath(volume.path)];
  if (real !== base && !real.startsWith(join(base, '/')))
    throw new EmbeddedNodeError('ConfigMissing', `subPath ${path} leads out of its volume`);
  return real;
}

/**
 * Makes the folders of a path in a volume, with the rights of the volume itself, so that who may write to one may to the
 * other. Nothing is made behind a link: what is in a volume may be a Pod's, and lead anywhere.
 */
async function makeInside(volume: string, path: string): Promise<void> {
  const mode = (await lstat(volume)).mode & 0o7777;
  let folder = volume;
  for (const name of posix.normalize(path).split('/')) {
    folder = join(folder, name);
    if (await exists(folder)) {
      if ((await lstat(folder)).isDirectory()) continue;
      return;
    }
    await mkdir(folder, { recursive: true });
    await chmod(folder, mode);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}
