import type { Pod, VolumeStatus } from '@virtkit/core-types';
import { isFinal } from '../../instance-phase.ts';
import { isDeleting } from '../../runtime/finalizers.ts';
import type { InstanceObservation } from '../observation.ts';
import { isPodDown, isPodReady } from '../pod-state.ts';
import { heldVolumes } from './attachment-pod.ts';
import { isBound, isInUse, pluggedVolumes, type PluggedVolume } from './plugged-volumes.ts';

/** What is to be done about the Pods that hold plugged volumes. */
export type AttachmentEffect =
  | { readonly kind: 'create-attachment'; readonly launcher: Pod; readonly volumes: readonly PluggedVolume[] }
  | { readonly kind: 'delete-attachments'; readonly pods: readonly Pod[] };

/**
 * KubeVirt storage, hot-plug volumes: one Pod holds all volumes that are wanted and ready. Another set means another Pod; the one
 * before goes when the new one runs and nothing that only it holds is in use.
 */
export function planAttachment(observation: InstanceObservation): AttachmentEffect | undefined {
  const { instance, pod: launcher, attachments = [] } = observation;
  const left = attachments.filter((pod) => !isDeleting(pod));
  if (isFinal(instance) || isDeleting(instance) || launcher === undefined || isPodDown(launcher))
    return left.length === 0 ? undefined : { kind: 'delete-attachments', pods: left };
  if (!isPodReady(launcher)) return undefined;
  const ready = pluggedVolumes(instance, observation.claims ?? []).filter((volume) =>
    isAttachable(volume, observation),
  );
  const current = left.find((pod) => holdsExactly(pod, ready));
  const old = left.filter((pod) => pod !== current);
  if (current === undefined && ready.length > 0 && !old.some(isPending))
    return { kind: 'create-attachment', launcher, volumes: ready };
  const pods = old.filter((pod) => mayGo(pod, { observation, current, ready }));
  return pods.length === 0 ? undefined : { kind: 'delete-attachments', pods };
}

/** Bound, or waiting for the first Pod that wants it, which is the attachment Pod. */
function isAttachable(volume: PluggedVolume, { waitingClasses }: InstanceObservation): boolean {
  const { claim } = volume;
  if (claim === undefined || isDeleting(claim)) return false;
  if (isBound(volume)) return true;
  return claim.status?.phase !== 'Lost' && waitingClasses?.has(claim.spec?.storageClassName ?? '') === true;
}

function holdsExactly(pod: Pod, volumes: readonly PluggedVolume[]): boolean {
  const held = new Set(heldVolumes(pod));
  return held.size === volumes.length && volumes.every(({ name }) => held.has(name));
}

const isPending = ({ status }: Pod): boolean => status?.phase === undefined || status.phase === 'Pending';

function mayGo(
  pod: Pod,
  {
    observation: { instance },
    current,
    ready,
  }: { observation: InstanceObservation; current: Pod | undefined; ready: readonly PluggedVolume[] },
): boolean {
  const wanted = new Set((instance.spec.volumes ?? []).map(({ name }) => name));
  const entries = new Map<string, VolumeStatus>(
    (instance.status?.volumeStatus ?? []).map((entry) => [entry.name, entry]),
  );
  const held = heldVolumes(pod);
  const stillUsed = held.some((name) => {
    const entry = entries.get(name);
    return !wanted.has(name) && entry !== undefined && isInUse(entry);
  });
  if (stillUsed) return false;
  const takenOver = ready.length === 0 || current?.status?.phase === 'Running';
  return takenOver || !held.some((name) => wanted.has(name));
}
