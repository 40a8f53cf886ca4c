// What an instance should look like after a pass; only fields that virt-controller owns are touched.
import {
  annotations,
  finalizers,
  labels,
  type VirtualMachineInstance,
  type VirtualMachineInstanceStatus,
  type VirtualMachineInstanceStatus as Status,
} from '@virtkit/core-types';
import { isFinal, phaseOf } from '../instance-phase.ts';
import { formatTime } from '../runtime/clock.ts';
import { isDeleting } from '../runtime/finalizers.ts';
import { computeContainer, observedApiVersion } from '../launcher-keys.ts';
import { projectConditions, type SyncProblem } from './project-conditions.ts';
import type { InstanceObservation } from './observation.ts';
import { projectVolumes } from './volume-status.ts';
import { isPodDown, isPodReady, launcherEndedAt } from './pod-state.ts';

/**
 * Milliseconds after which a launcher's end counts although virt-handler has said nothing: of a guest that ran it knows how it
 * ended, and may be away; of one that never ran there is little to know.
 */
const launcherEndGraceMs = { Running: 60_000, Scheduled: 5_000 } as const;

/** The instance after a pass. `problem` is why the pass could not do what it wanted. */
export function projectInstance(
  observation: InstanceObservation,
  problem: SyncProblem | undefined,
): VirtualMachineInstance {
  const { instance } = observation;
  const phase = projectPhase(observation);
  const handedOver = phase === 'Scheduled' || phase === 'Running';
  const status: Status = {
    ...instance.status,
    phase,
    phaseTransitionTimestamps: transitions(observation, phase),
    ...activePods(observation),
    ...podFacts(observation, phase),
    ...volumeStatus(observation, handedOver),
    conditions: projectConditions(observation, phase, problem),
  };
  return {
    ...instance,
    metadata: {
      ...instance.metadata,
      labels: projectLabels(observation, status, handedOver),
      annotations: {
        [annotations.latestObservedApiVersion]: observedApiVersion,
        [annotations.storageObservedApiVersion]: observedApiVersion,
        ...instance.metadata.annotations,
      },
      finalizers: projectFinalizers(observation, phase),
    },
    status,
  };
}

/** KubeVirt lifecycle, transition table: the rows that virt-controller writes. Final phases stay. */
function projectPhase(observation: InstanceObservation): string {
  const { instance, pod } = observation;
  const phase = phaseOf(instance);
  if (isFinal(instance)) return phase;
  switch (phase) {
    case 'Pending':
      if (pod === undefined) return isDeleting(instance) ? 'Failed' : 'Pending';
      return phaseFromPod(observation);
    case 'Scheduling':
      return phaseFromPod(observation);
    case 'Scheduled':
    case 'Running':
      return pod === undefined || isLauncherLongGone(observation) ? 'Failed' : phase;
    default:
      return phase;
  }
}

function phaseFromPod({ instance, pod }: InstanceObservation): string {
  if (pod === undefined || isPodDown(pod)) return 'Failed';
  return isPodReady(pod) && !isDeleting(instance) ? 'Scheduled' : 'Scheduling';
}

/** Normally virt-handler tells how a guest ended; if it does not, an ended launcher is enough after a while. */
function isLauncherLongGone(observation: InstanceObservation): boolean {
  return launcherEndLeftMs(observation) === 0;
}

/** Milliseconds until an ended launcher is enough; undefined while the launcher runs, before virt-handler has it, or when all is over. */
export function launcherEndLeftMs({ instance, pod, now }: InstanceObservation): number | undefined {
  const phase = phaseOf(instance);
  if (phase !== 'Scheduled' && phase !== 'Running') return undefined;
  const endedAt = pod === undefined ? undefined : launcherEndedAt(pod);
  return endedAt === undefined ? undefined : Math.max(0, endedAt + launcherEndGraceMs[phase] - now);
}

/** One entry per phase, at its first time. A phase that was too short for a write of its own gets its entry late. */
function transitions(
  { instance, pod, now }: InstanceObservation,
  phase: string,
): VirtualMachineInstanceStatus['phaseTransitionTimestamps'] {
  const before = instance.status?.phaseTransitionTimestamps ?? [];
  const known = new Set(before.map((entry) => entry.phase));
  const added = [];
  if (phase === 'Scheduled' && pod !== undefined && !known.has('Scheduling')) {
    const created = pod.metadata.creationTimestamp ?? formatTime(now);
    added.push({ phase: 'Scheduling', phaseTransitionTimestamp: created });
  }
  if (phase !== phaseOf(instance) && !known.has(phase)) {
    added.push({ phase, phaseTransitionTimestamp: formatTime(now) });
  }
  return added.length === 0 ? instance.status?.phaseTransitionTimestamps : [...before, ...added];
}

function activePods({ instance, pods }: InstanceObservation): Pick<Status, 'activePods'> {
  if (pods.length === 0 && instance.status?.activePods === undefined) return {};
  const active = pods
    .filter((pod) => pod.spec.nodeName !== undefined)
    .map((pod) => [pod.metadata.uid ?? '', pod.spec.nodeName ?? ''] as const);
  return { activePods: Object.fromEntries(active) };
}

/** What is taken from the pod: when it is handed over, and the image while it runs. */
function podFacts(
  { instance, pod, pods, vsockAddress }: InstanceObservation,
  phase: string,
): Partial<Status> {
  if (pod === undefined) {
    return isFinal(instance) && pods.length === 0 ? { launcherContainerImageVersion: undefined } : {};
  }
  const overhead = pod.metadata.annotations?.[annotations.memoryOverheadBytes];
  const image = pod.spec.containers.find(({ name }) => name === computeContainer)?.image;
  const always: Partial<Status> = {
    launcherContainerImageVersion: image,
    ...(overhead === undefined
      ? {}
      : {
          memory: {
            ...instance.status?.memory,
            memoryOverhead: instance.status?.memory?.memoryOverhead ?? overhead,
          },
        }),
  };
  if (phase !== 'Scheduled' || phaseOf(instance) === 'Scheduled') return always;
  return {
    ...always,
    nodeName: pod.spec.nodeName,
    qosClass: pod.status?.qosClass ?? instance.status?.qosClass,
    ...(pod.metadata.annotations?.[annotations.migrationTransportUnix] === 'true'
      ? { migrationTransport: 'Unix' }
      : {}),
    interfaces: instance.status?.interfaces ?? podInterface(instance),
    ...(vsockAddress === undefined ? {} : { VSOCKCID: vsockAddress }),
  };
}

/** The interface on the pod network comes first, because the `IP` column shows the first. */
function podInterface({ spec }: VirtualMachineInstance): Status['interfaces'] {
  const network = (spec.networks ?? []).find(({ pod }) => pod !== undefined);
  return network === undefined ? undefined : [{ name: network.name, podInterfaceName: 'eth0' }];
}

function volumeStatus(observation: InstanceObservation, handedOver: boolean): Pick<Status, 'volumeStatus'> {
  const entries = projectVolumes(observation, handedOver);
  return entries === undefined ? {} : { volumeStatus: entries };
}

function projectLabels(
  { instance, launcherImage }: InstanceObservation,
  status: Status,
  handedOver: boolean,
): Record<string, string> | undefined {
  if (!handedOver) return instance.metadata.labels;
  const { [labels.outdatedLauncherImage]: _outdated, ...rest } = instance.metadata.labels ?? {};
  const image = status.launcherContainerImageVersion;
  return {
    ...rest,
    ...(status.nodeName === undefined ? {} : { [labels.nodeName]: status.nodeName }),
    ...(image !== undefined && image !== launcherImage ? { [labels.outdatedLauncherImage]: '' } : {}),
  };
}

/** The last thing: without pods, and with a final phase, nothing holds the instance back but its owner. */
function projectFinalizers(
  { instance, pods, ownerGone }: InstanceObservation,
  phase: string,
): string[] | undefined {
  const current = instance.metadata.finalizers;
  const removed: string[] = [];
  const final = phase === 'Succeeded' || phase === 'Failed';
  if (final && pods.length === 0) removed.push(finalizers.instance, finalizers.instanceLegacy);
  if (ownerGone) removed.push(finalizers.machine);
  const kept = (current ?? []).filter((finalizer) => !removed.includes(finalizer));
  return current === undefined || kept.length === current.length ? current : kept;
}
