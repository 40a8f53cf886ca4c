import type { Pod, VirtualMachineInstance, VolumeStatus } from '@virtkit/core-types';
import { isDeleting } from '../../runtime/finalizers.ts';
import { currentPod } from '../pod-state.ts';
import type { InstanceObservation } from '../observation.ts';
import { heldVolumes } from './attachment-pod.ts';
import { isBound, isInUse, pluggedVolumes, type PluggedVolume } from './plugged-volumes.ts';

/**
 * The entries of `status.volumeStatus` for volumes that are plugged in, as far as virt-controller is their author (KubeVirt storage,
 * hot-plug volumes): from the claim to `AttachedToNode`, and from `UnMountedFromPod` until the entry goes. What lies between is the
 * node agent's.
 */
export function projectPluggedVolumes({
  instance,
  claims = [],
  attachments = [],
}: InstanceObservation): VolumeStatus[] {
  const wanted = pluggedVolumes(instance, claims);
  const names = new Set(wanted.map(({ name }) => name));
  return [
    ...wanted.map((volume) => projectWanted(entryOf(instance, volume.name), volume, attachments)),
    ...(instance.status?.volumeStatus ?? [])
      .filter(({ name, hotplugVolume }) => hotplugVolume !== undefined && !names.has(name))
      .flatMap((entry) => projectUnwanted(entry, attachments)),
  ];
}

function entryOf({ status }: VirtualMachineInstance, name: string): VolumeStatus {
  return status?.volumeStatus?.find((entry) => entry.name === name) ?? { name, target: '' };
}

function projectWanted(
  before: VolumeStatus,
  volume: PluggedVolume,
  attachments: readonly Pod[],
): VolumeStatus {
  const holders = attachments.filter((pod) => !isDeleting(pod) && heldVolumes(pod).includes(volume.name));
  const pod = currentPod(holders.filter(isHolding), undefined) ?? currentPod(holders, undefined);
  const entry = { ...before, hotplugVolume: holderOf(pod) };
  if (isInUse(before))
    return { ...entry, hotplugVolume: pod === undefined ? before.hotplugVolume : holderOf(pod) };
  const { claim, claimName } = volume;
  if (claim === undefined)
    return said(entry, 'Pending', 'FailedPvcNotFound', `There is no claim ${claimName}`);
  if (!isBound(volume))
    return said(entry, 'Pending', 'PVCNotReady', `Claim ${claimName} is ${claim.status?.phase ?? 'Pending'}`);
  if (pod === undefined) return said(entry, 'Bound', 'PVCNotReady', `Claim ${claimName} is Bound`);
  const { name = '' } = pod.metadata;
  return said(
    entry,
    'AttachedToNode',
    'SuccessfulCreate',
    `Created attachment Pod ${name} for volume ${volume.name}`,
  );
}

/** Taken out of the spec: the entry goes with the last Pod that holds the volume, but not before the node agent is done. */
function projectUnwanted(entry: VolumeStatus, attachments: readonly Pod[]): VolumeStatus[] {
  if (isInUse(entry)) return [entry];
  const holders = attachments.filter((pod) => heldVolumes(pod).includes(entry.name));
  const going = holders.find(isDeleting);
  if (holders.length === 0) return [];
  if (going === undefined) return [{ ...entry, phase: 'Detaching' }];
  const message = `Deleted attachment Pod ${going.metadata.name ?? ''} for volume ${entry.name}`;
  return [said(entry, 'Detaching', 'SuccessfulDelete', message, entry.reason !== 'SuccessfulDelete')];
}

/** The Pod's single container is ready: what it holds is on the node. */
function isHolding({ status }: Pod): boolean {
  const [container] = status?.containerStatuses ?? [];
  return container?.ready === true;
}

function holderOf(pod: Pod | undefined): NonNullable<VolumeStatus['hotplugVolume']> {
  if (pod === undefined) return {};
  const { name = '', uid = '' } = pod.metadata;
  return { attachPodName: name, ...(isHolding(pod) && { attachPodUID: uid }) };
}

/** The entry in a phase; one that is in it keeps its words, unless they are news. */
function said(
  entry: VolumeStatus,
  phase: VolumeStatus['phase'],
  reason: string,
  message: string,
  news = entry.phase !== phase || entry.reason !== reason,
): VolumeStatus {
  return news ? { ...entry, phase, reason, message } : { ...entry, phase };
}
