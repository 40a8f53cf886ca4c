import { annotations, getCondition, type ContainerStatus, type Pod } from '@virtkit/core-types';
import { isDeleting } from '../runtime/finalizers.ts';
import { computeContainer } from '../launcher-keys.ts';

// Containers that only have to run; all others must be ready.
const merelyRunning = [computeContainer, 'istio-proxy'];

function statuses(pod: Pod): readonly ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

/** A pod made only to make its volumes bind; not a launcher. */
function isProvisioningPod(pod: Pod): boolean {
  return pod.metadata.annotations?.[annotations.ephemeralProvisioning] !== undefined;
}

/** Whether the pod has ended: nothing in it will run again. */
function isPodEnded(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

/** KubeVirt lifecycle: down or going down, that is, ended, its launcher ended, or being deleted. */
export function isPodDown(pod: Pod): boolean {
  const compute = pod.status?.containerStatuses?.find(({ name }) => name === computeContainer);
  return isPodEnded(pod) || compute?.state?.terminated !== undefined || isDeleting(pod);
}

/** KubeVirt lifecycle: the launcher runs and every other container is ready. */
export function isPodReady(pod: Pod): boolean {
  if (isPodDown(pod) || pod.status?.phase !== 'Running') return false;
  const containers = pod.status.containerStatuses ?? [];
  return (
    containers.some(({ name }) => name === computeContainer) &&
    containers.every(({ name, ready, state }) =>
      merelyRunning.includes(name) ? state?.running !== undefined : ready,
    )
  );
}

/** The newest of the pods, on this node if one is given. */
export function currentPod(pods: readonly Pod[], nodeName: string | undefined): Pod | undefined {
  const created = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp ?? '') || 0;
  return pods
    .filter((pod) => !isProvisioningPod(pod) && (nodeName === undefined || pod.spec.nodeName === nodeName))
    .reduce<Pod | undefined>(
      (newest, pod) => (newest === undefined || created(pod) > created(newest) ? pod : newest),
      undefined,
    );
}

/** The container that waits for an image that cannot be pulled, and why. */
export function imagePullProblem(pod: Pod): { reason: string; message: string } | undefined {
  for (const { state } of statuses(pod)) {
    const { reason, message = '' } = state?.waiting ?? {};
    if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff') return { reason, message };
  }
  return undefined;
}

/** The pod's own account of why it has no node; undefined when it has one or has not been looked at. */
export function schedulingProblem(
  pod: Pod,
): { reason: string | undefined; message: string | undefined } | undefined {
  const condition = getCondition(pod.status?.conditions, 'PodScheduled');
  return condition?.status === 'False' ? { reason: condition.reason, message: condition.message } : undefined;
}

/** When the launcher ended, in milliseconds since the epoch; undefined when it runs or the kubelet does not tell. */
export function launcherEndedAt(pod: Pod): number | undefined {
  const compute = pod.status?.containerStatuses?.find(({ name }) => name === computeContainer);
  const finishedAt = Date.parse(compute?.state?.terminated?.finishedAt ?? '');
  return Number.isNaN(finishedAt) ? undefined : finishedAt;
}
