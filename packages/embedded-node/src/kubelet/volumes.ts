import { randomUUID } from 'node:crypto';
import type {
  ClaimVolumeSource,
  Container,
  KeyToPath,
  Pod,
  PodVolume,
  VolumeMount,
} from '@virtkit/core-types';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  realpath,
  rename,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import type { ImageStore } from '../images/image-store.ts';
import type { SandboxMount } from '../sandbox/specification.ts';
import type { PodLayout, VolumePlugin } from '../state/layout.ts';
import type { ClaimVolumes } from './claim-volumes.ts';
import { podField, resourceField, type PodPlacement } from './object-fields.ts';
import type { ReferencedObjects } from './references.ts';

/** A volume as it can be mounted. */
interface ReadyVolume {
  readonly path: string;
  /** Whether the volume itself forbids writing, whatever its mounts say. */
  readonly readOnly: boolean;
  /** This kubelet wrote its files, from objects of the API. */
  readonly fromApi?: true;
}

export interface VolumeSources {
  readonly layout: PodLayout;
  readonly images: ImageStore;
  readonly references: ReferencedObjects;
  readonly claims: ClaimVolumes;
  readonly placement: PodPlacement;
  /** Whether files may be given to the Pod's `fsGroup`. */
  readonly root: boolean;
}

const defaultMode = 0o644;

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
  const folder = (plugin: VolumePlugin) => sources.layout.volume(plugin, volume.name);
  if (volume.hostPath !== undefined) return hostPath(volume.hostPath);
  if (volume.persistentVolumeClaim !== undefined) return claimed(pod, volume.persistentVolumeClaim, sources);
  if (volume.image !== undefined) {
    const { path } = await sources.images.unpack(volume.image.reference ?? '');
    return { path, readOnly: true };
  }
  if (volume.configMap !== undefined || volume.secret !== undefined) {
    const { secret } = volume;
    const path = folder(secret !== undefined ? 'kubernetes.io~secret' : 'kubernetes.io~configmap');
    const name = secret !== undefined ? secret.secretName : volume.configMap?.name;
    const source = { ...(volume.secret ?? volume.configMap), name };
    const files = await keyedFiles(secret !== undefined ? 'Secret' : 'ConfigMap', source, sources.references);
    await writeFiles(path, files, (volume.secret ?? volume.configMap)?.defaultMode, pod, sources);
    return { path, readOnly: true, fromApi: true };
  }
  if (volume.downwardAPI !== undefined) {
    const path = folder('kubernetes.io~downward-api');
    const files = downwardFiles(pod, volume.downwardAPI.items ?? [], sources.placement);
    await writeFiles(path, files, volume.downwardAPI.defaultMode, pod, sources);
    return { path, readOnly: true, fromApi: true };
  }
  if (volume.projected !== undefined) {
    const path = folder('kubernetes.io~projected');
    const files: VolumeFile[] = [];
    for (const { configMap, secret, downwardAPI } of volume.projected.sources ?? []) {
      if (configMap !== undefined)
        files.push(...(await keyedFiles('ConfigMap', configMap, sources.references)));
      if (secret !== undefined) files.push(...(await keyedFiles('Secret', secret, sources.references)));
      files.push(...downwardFiles(pod, downwardAPI?.items ?? [], sources.placement));
    }
    await writeFiles(path, files, volume.projected.defaultMode, pod, sources);
    return { path, readOnly: true, fromApi: true };
  }
  const path = folder('kubernetes.io~empty-dir');
  await mkdir(path, { recursive: true });
  await shareWithGroup(path, 0o777, pod, sources);
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
  if (found.grouped && !readOnly) await shareWithGroup(path, (await lstat(path)).mode & 0o777, pod, sources);
  await mkdir(dirname(link), { recursive: true, mode: 0o755 });
  await rm(link, { force: true });
  await symlink(path, link);
  return { path, readOnly };
}

interface VolumeFile {
  readonly path: string;
  readonly content: Buffer | string;
  readonly mode?: number | undefined;
}

async function keyedFiles(
  kind: 'ConfigMap' | 'Secret',
  source: { name?: string | undefined; items?: KeyToPath[] | undefined; optional?: boolean | undefined },
  references: ReferencedObjects,
): Promise<VolumeFile[]> {
  const { name = '', items, optional = false } = source;
  const content = await references.content(kind, name, optional);
  if (content === undefined) return [];
  if (items === undefined) return [...content].map(([key, value]) => ({ path: key, content: value }));
  return items.flatMap(({ key, path, mode }) => {
    const value = content.get(key);
    if (value !== undefined) return [{ path, content: value, mode }];
    if (optional) return [];
    throw new EmbeddedNodeError('ConfigMissing', `${kind} ${name} has no key ${key}`);
  });
}

type DownwardItem = NonNullable<NonNullable<PodVolume['downwardAPI']>['items']>[number];

function downwardFiles(pod: Pod, items: readonly DownwardItem[], placement: PodPlacement): VolumeFile[] {
  return items.map(({ path, mode, fieldRef, resourceFieldRef }) => {
    if (fieldRef !== undefined) return { path, mode, content: podField(pod, fieldRef.fieldPath, placement) };
    const container = containersOf(pod).find(({ name }) => name === resourceFieldRef?.containerName);
    if (container === undefined || resourceFieldRef === undefined)
      throw new EmbeddedNodeError('ConfigMissing', `downwardAPI file ${path} names no container of the Pod`);
    return {
      path,
      mode,
      content: resourceField(container, resourceFieldRef.resource, resourceFieldRef.divisor?.toString()),
    };
  });
}

function containersOf(pod: Pod): readonly Container[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
}

async function writeFiles(
  folder: string,
  files: readonly VolumeFile[],
  mode: number | undefined,
  pod: Pod,
  sources: VolumeSources,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const file of files) {
    const path = insideOf(folder, file.path);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    // Containers that start at the same time each see to the volumes, and one that runs sees whole files only.
    const fresh = join(folder, `..${randomUUID()}`);
    await writeFile(fresh, file.content, { flag: 'wx', mode: 0o600 });
    await shareWithGroup(fresh, file.mode ?? mode ?? defaultMode, pod, sources);
    await removeFolder(path);
    await rename(fresh, path);
  }
}

/** The empty folder that stood where a key was to be mounted before there was one. */
async function removeFolder(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
}

/** Gives a file or folder its mode, and to the Pod's fsGroup the rights of its owner. */
async function shareWithGroup(path: string, mode: number, pod: Pod, { root }: VolumeSources): Promise<void> {
  const group = pod.spec.securityContext?.fsGroup;
  if (group === undefined || !root) return chmod(path, mode);
  await chown(path, -1, group);
  await chmod(path, mode | ((mode & 0o700) >> 3) | ((await lstat(path)).isDirectory() ? 0o2000 : 0));
}

/** @throws EmbeddedNodeError `ConfigMissing` for a path that leaves the folder */
function insideOf(folder: string, path: string): string {
  const full = posix.join(folder, path);
  if (path.startsWith('/') || relative(folder, full).startsWith('..'))
    throw new EmbeddedNodeError(
      'ConfigMissing',
      `${JSON.stringify(path)} is not a path inside of its volume`,
    );
  return full;
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
  if ((!volume.readOnly || volume.fromApi === true) && !(await exists(full)))
    await mkdir(full, { recursive: true, mode: 0o755 });
  const [real, base] = [await realpath(full), await realpath(volume.path)];
  if (real !== base && !real.startsWith(join(base, '/')))
    throw new EmbeddedNodeError('ConfigMissing', `subPath ${path} leads out of its volume`);
  return real;
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
