import type { PersistentVolumeClaim, Pod, VirtualMachineInstance } from '@virtkit/core-types';
import { isControlledBy } from '../runtime/object-key.ts';
import { currentPod } from './pod-state.ts';

/** Everything that a pass over an instance knows; read from stores only. */
export interface InstanceObservation {
  readonly instance: VirtualMachineInstance;
  /** All pods that the instance manages. */
  readonly pods: readonly Pod[];
  /** The launcher pod: the newest, on the instance's node once it has one. */
  readonly pod: Pod | undefined;
  /** Claims of the instance's volumes, as far as they exist. */
  readonly claims?: readonly PersistentVolumeClaim[];
  /** The claim with what outlives the instance beside its disks. */
  readonly stateClaim?: PersistentVolumeClaim | undefined;
  /** Pods that hold claims for plugged volumes on behalf of the launcher pod, or of one before it. */
  readonly attachments?: readonly Pod[];
  /** Names of storage classes whose volumes are made for the first pod that wants them. */
  readonly waitingClasses?: ReadonlySet<string>;
  /** The VirtualMachine that manages the instance no longer exists. */
  readonly ownerGone: boolean;
  readonly launcherImage: string;
  /** Address of the guest's VSOCK device, when it has one. */
  readonly vsockAddress?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Picks the launcher pod among the candidates. */
export function observeInstance(
  facts: Omit<InstanceObservation, 'pod' | 'pods'> & { readonly candidates: readonly Pod[] },
): InstanceObservation {
  const { candidates, ...rest } = facts;
  const pods = candidates.filter((pod) => isControlledBy(pod, facts.instance));
  return { ...rest, pods, pod: currentPod(pods, facts.instance.status?.nodeName) };
}
