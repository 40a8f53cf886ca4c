import type { Volume, VolumeStatus } from '@virtkit/core-types';
import type { MemoryDumpState } from '@virtkit/hal';

/** A dump of the guest's memory onto a volume, as far as the node knows; completed once its file is on the volume. */
export interface MemoryDumpSight {
  /** RFC 3339. */
  startedAt: string;
  state: MemoryDumpState;
}

export interface MemoryDumpInput {
  source: NonNullable<Volume['memoryDump']>;
  /** Whether the volume's claim can be written to. */
  mounted: boolean;
  /** Undefined while none has begun. */
  dump: MemoryDumpSight | undefined;
  instanceName: string;
  /** RFC 3339. */
  now: string;
}

/**
 * How far the dump on a volume is. The name of its file is decided here, and written down, before the dump begins; so a node agent
 * that is started again goes on with the same file.
 */
export function projectMemoryDump(before: VolumeStatus, input: MemoryDumpInput): VolumeStatus {
  const { name } = before;
  const { source, mounted, dump } = input;
  const info = before.memoryDumpVolume;
  switch (before.phase) {
    case 'AttachedToNode':
    case 'MountedToPod':
      if (!mounted) return before;
      return {
        ...before,
        phase: 'MemoryDumpInProgress',
        reason: 'VolumeMountedToPod',
        message: `Guest memory is dumped to volume ${name}`,
        memoryDumpVolume: { claimName: source.claimName, targetFileName: fileName(name, input) },
      };
    case 'MemoryDumpInProgress':
      if (dump === undefined) return before;
      if (dump.state.kind === 'running')
        return { ...before, memoryDumpVolume: { ...info, startTimestamp: seconds(dump.startedAt) } };
      return {
        ...before,
        ...outcome(name, dump.state),
        memoryDumpVolume: {
          ...info,
          startTimestamp: seconds(dump.startedAt),
          endTimestamp: seconds(dump.state.endedAt),
        },
      };
    default:
      return before;
  }
}

function outcome(
  volume: string,
  state: Exclude<MemoryDumpState, { kind: 'running' }>,
): Pick<VolumeStatus, 'phase' | 'reason' | 'message'> {
  switch (state.kind) {
    case 'completed':
      return {
        phase: 'MemoryDumpCompleted',
        reason: 'VolumeReady',
        message: `Guest memory was dumped to volume ${volume}`,
      };
    case 'failed':
      return {
        phase: 'MemoryDumpFailed',
        reason: 'VolumeReady',
        message: `Guest memory could not be dumped to volume ${volume}: ${state.message}`,
      };
  }
}

/** KubeVirt: `<instance>-<volume>-<YYYYMMDD-HHMMSS>.memory.dump`, in UTC. */
function fileName(volume: string, { instanceName, now }: MemoryDumpInput): string {
  const time = now.replace(/\.\d+/, '').replaceAll(/[-:Z]/g, '').replace('T', '-');
  return `${instanceName}-${volume}-${time}.memory.dump`;
}

/** Kubernetes times have whole seconds. */
const seconds = (time: string): string => time.replace(/\.\d+/, '');
