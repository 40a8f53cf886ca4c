import type { Volume, VolumeStatus } from '@virtkit/core-types';
import { projectMemoryDump, type MemoryDumpSight } from './memory-dump.ts';

/** What was seen of the volumes that are plugged into a running machine. */
export interface PluggedVolumes {
  /** Volumes whose files are in the launcher's Pod; of memory dumps, those whose claim can be written to. */
  mounted: ReadonlySet<string>;
  /** Dumps by volume. */
  dumps: ReadonlyMap<string, MemoryDumpSight>;
}

/** No volume was seen. */
export const noPluggedVolumes: PluggedVolumes = { mounted: new Set(), dumps: new Map() };

/** What was seen of one of them. */
export interface PluggedSight extends PluggedVolumes {
  /** Undefined once the instance no longer has it. */
  volume: Volume | undefined;
  /** Name of its disk in the guest; undefined while the guest has none. */
  target: string | undefined;
  instanceName: string;
  /** RFC 3339. */
  now: string;
}

/**
 * How far a plugged volume is, as far as the node knows. KubeVirt: the controller takes it to `AttachedToNode` and, when it is to
 * go, from `UnMountedFromPod` on.
 *
 * ```
 *   AttachedToNode --> MountedToPod --> Ready ----> UnMountedFromPod
 *                          |   a memory dump: MemoryDumpInProgress --> Completed | Failed
 * ```
 */
export function projectPlugged(before: VolumeStatus, sight: PluggedSight): VolumeStatus {
  const { name } = before;
  const { volume, target, mounted } = sight;
  if (volume?.memoryDump !== undefined)
    return projectMemoryDump(before, {
      ...sight,
      source: volume.memoryDump,
      mounted: mounted.has(name),
      dump: sight.dumps.get(name),
    });
  if (volume !== undefined && target !== undefined)
    return at(before, 'Ready', target, 'VolumeReady', `Volume ${name} is plugged into the machine`);
  if (volume !== undefined && mounted.has(name))
    return at(before, 'MountedToPod', '', 'VolumeMountedToPod', `Volume ${name} is in the launcher's Pod`);
  const gone = volume === undefined && target === undefined && !mounted.has(name);
  if (gone && phasesInPod.has(before.phase))
    return at(
      before,
      'UnMountedFromPod',
      '',
      'VolumeUnMountedFromPod',
      `Volume ${name} is no longer in the launcher's Pod`,
    );
  return before;
}

/** Phases of a volume whose files may be in the launcher's Pod. */
const phasesInPod: ReadonlySet<VolumeStatus['phase']> = new Set([
  'AttachedToNode',
  'MountedToPod',
  'Ready',
  'MemoryDumpInProgress',
  'MemoryDumpCompleted',
  'MemoryDumpFailed',
]);

/** The entry in a phase; one that is in it already keeps its words. */
function at(
  before: VolumeStatus,
  phase: VolumeStatus['phase'],
  target: string,
  reason: string,
  message: string,
): VolumeStatus {
  return before.phase === phase ? { ...before, target } : { ...before, phase, target, reason, message };
}
