import type { Container, KeyToPath, Pod, PodVolume } from '@virtkit/core-types';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import type { PodLayout } from '../state/layout.ts';
import { podField, resourceField, type PodPlacement } from './object-fields.ts';
import type { ReferencedObjects } from './references.ts';
import { insideOf, shareWithGroup } from './volume-folder.ts';

/** What volumes made of objects of the API need. */
export interface ObjectVolumeSources {
  readonly layout: PodLayout;
  readonly references: ReferencedObjects;
  readonly placement: PodPlacement;
  /** Whether files may be given to the Pod's `fsGroup`. */
  readonly root: boolean;
}

const defaultMode = 0o644;

/**
 * Writes the files of a volume that is made of ConfigMaps, Secrets or fields of the Pod, as they are now. Repeatable: what is
 * the same is left alone, what is gone is removed, and what runs sees whole files only.
 * @returns The volume's folder; undefined for other volumes
 * @throws EmbeddedNodeError `ConfigMissing`
 */
export async function makeObjectVolume(
  pod: Pod,
  volume: PodVolume,
  sources: ObjectVolumeSources,
): Promise<string | undefined> {
  const content = await contentOf(pod, volume, sources);
  if (content === undefined) return undefined;
  const path = sources.layout.volume(content.plugin, volume.name);
  await writeFiles(path, content.files, content.mode, pod, sources.root);
  return path;
}

/** Whether the files of the Pod's volumes may change while it runs. */
export function hasObjectVolumes({ spec }: Pod): boolean {
  return (spec.volumes ?? []).some(
    ({ configMap, secret, projected }) => (configMap ?? secret ?? projected) !== undefined,
  );
}

interface Content {
  readonly plugin: Parameters<PodLayout['volume']>[0];
  readonly files: readonly VolumeFile[];
  readonly mode?: number | undefined;
}

async function contentOf(
  pod: Pod,
  { configMap, secret, downwardAPI, projected }: PodVolume,
  { references, placement }: ObjectVolumeSources,
): Promise<Content | undefined> {
  if (secret !== undefined)
    return {
      plugin: 'kubernetes.io~secret',
      files: await keyedFiles('Secret', { ...secret, name: secret.secretName }, references),
      mode: secret.defaultMode,
    };
  if (configMap !== undefined)
    return {
      plugin: 'kubernetes.io~configmap',
      files: await keyedFiles('ConfigMap', configMap, references),
      mode: configMap.defaultMode,
    };
  if (downwardAPI !== undefined)
    return {
      plugin: 'kubernetes.io~downward-api',
      files: downwardFiles(pod, downwardAPI.items ?? [], placement),
      mode: downwardAPI.defaultMode,
    };
  if (projected === undefined) return undefined;
  const files: VolumeFile[] = [];
  for (const source of projected.sources ?? []) {
    if (source.configMap !== undefined)
      files.push(...(await keyedFiles('ConfigMap', source.configMap, references)));
    if (source.secret !== undefined) files.push(...(await keyedFiles('Secret', source.secret, references)));
    files.push(...downwardFiles(pod, source.downwardAPI?.items ?? [], placement));
  }
  return { plugin: 'kubernetes.io~projected', files, mode: projected.defaultMode };
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
  root: boolean,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const file of files) {
    const path = insideOf(folder, file.path);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    if (await isSame(path, file.content)) continue;
    // Containers that start at the same time each see to the volumes.
    const fresh = join(folder, `..${randomUUID()}`);
    await writeFile(fresh, file.content, { flag: 'wx', mode: 0o600 });
    await shareWithGroup(fresh, file.mode ?? mode ?? defaultMode, pod, root);
    await removeFolder(path);
    await rename(fresh, path);
  }
  await removeOthers(folder, new Set(files.map(({ path }) => path.split('/')[0]!)));
}

async function isSame(path: string, content: Buffer | string): Promise<boolean> {
  try {
    return (await readFile(path)).equals(Buffer.from(content));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EISDIR')) return false;
    throw error;
  }
}

/** Keys that an object no longer has. Folders stay: a container may have one in place of a key that there never was. */
async function removeOthers(folder: string, kept: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isFile() && !kept.has(entry.name) && !entry.name.startsWith('..'))
      await rm(join(folder, entry.name), { force: true });
}

/** The empty folder that stood where a key was to be mounted before there was one. */
async function removeFolder(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
}
