import type { Volume } from '@virtkit/core-types';

/** Whether a volume is plugged into the running guest instead of being there from its start (KubeVirt: `hotpluggable`). */
export function isPluggable({ persistentVolumeClaim, dataVolume, memoryDump }: Volume): boolean {
  return (persistentVolumeClaim ?? dataVolume ?? memoryDump)?.hotpluggable === true;
}
