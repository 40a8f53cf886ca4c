import type { JsonPatchOperation } from '@virtkit/core-types';
import type { NewVolume } from './check.ts';

/** Where an object keeps its volumes and disks, and what is there. */
export interface VolumeLists {
  readonly paths: { readonly volumes: string; readonly disks: string };
  readonly volumes: readonly { name: string }[] | undefined;
  readonly disks: readonly { name: string }[] | undefined;
  readonly resourceVersion: string | undefined;
}

/** Appends a volume with its disk. */
export function addPatch(lists: VolumeLists, { volume, disk }: NewVolume): JsonPatchOperation[] {
  const { paths, volumes, disks, resourceVersion } = lists;
  return listPatch(
    [
      { path: paths.volumes, before: volumes, after: [...(volumes ?? []), volume] },
      { path: paths.disks, before: disks, after: [...(disks ?? []), disk] },
    ],
    resourceVersion,
  );
}

/** Only what has the very name goes, although a source's name is accepted as well (as in KubeVirt). */
export function removePatch(lists: VolumeLists, name: string): JsonPatchOperation[] {
  const { paths, volumes, disks, resourceVersion } = lists;
  const without = (list: VolumeLists['volumes']) => (list ?? []).filter((one) => one.name !== name);
  return listPatch(
    [
      { path: paths.volumes, before: volumes, after: without(volumes) },
      { path: paths.disks, before: disks, after: without(disks) },
    ],
    resourceVersion,
  );
}

/** One list of a spec, and what it becomes. */
interface ListChange {
  readonly path: string;
  readonly before: readonly object[] | undefined;
  readonly after: readonly object[];
}

/**
 * A patch that applies only to what the change was made for. A list that is absent is tested by the version of its object.
 */
function listPatch(
  changes: readonly ListChange[],
  resourceVersion: string | undefined,
): JsonPatchOperation[] {
  const absent = changes.some(({ before }) => before === undefined);
  return [
    ...(absent ? [{ op: 'test' as const, path: '/metadata/resourceVersion', value: resourceVersion }] : []),
    ...changes.flatMap(({ path, before, after }): JsonPatchOperation[] =>
      before === undefined
        ? [{ op: 'add', path, value: after }]
        : [
            { op: 'test', path, value: before },
            { op: 'replace', path, value: after },
          ],
    ),
  ];
}
