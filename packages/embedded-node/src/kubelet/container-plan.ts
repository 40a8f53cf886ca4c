// What to do next with the containers of a Pod. Pure.
//
//   waiting --start--> running --end--> ended --(restart policy, back-off)--> waiting
import type { Container, Pod } from '@virtkit/core-types';

/** What is known of one container. */
export type ContainerView =
  | { readonly state: 'waiting' }
  | { readonly state: 'running'; readonly startedAt: Date }
  | {
      readonly state: 'ended';
      readonly exitCode: number;
      readonly startedAt: Date;
      readonly finishedAt: Date;
      readonly restarts: number;
    };

export interface ContainerPlan {
  /** Names of the containers to start now. */
  readonly start: readonly string[];
  /** Milliseconds after which to plan again although nothing changed; a back-off ends then. */
  readonly againAfter?: number;
  /** Set when the Pod is at its end; sidecars that still run are to be ended. */
  readonly outcome?: 'Succeeded' | 'Failed';
  /** Whether all init containers are done. */
  readonly initialized: boolean;
  /** Containers that wait for the end of their back-off. */
  readonly backingOff: readonly string[];
}

const firstBackoff = 10_000;
const longestBackoff = 300_000;
/** A container that ran this long is started again without back-off. */
const backoffForgotten = 600_000;

/** Milliseconds between the end of a container and its next start. */
function restartDelay(ended: { restarts: number; startedAt: Date; finishedAt: Date }): number {
  if (ended.finishedAt.getTime() - ended.startedAt.getTime() >= backoffForgotten) return 0;
  // The first restart is immediate, as on any kubelet.
  return ended.restarts === 0 ? 0 : Math.min(firstBackoff * 2 ** (ended.restarts - 1), longestBackoff);
}

/** Whether an init container keeps running beside the others. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** Plans the containers of a Pod that is not being deleted. */
export function planContainers(
  pod: Pod,
  views: ReadonlyMap<string, ContainerView>,
  now: Date,
): ContainerPlan {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const start: string[] = [];
  const backingOff: string[] = [];
  const delays: number[] = [];
  const view = (container: Container): ContainerView => views.get(container.name) ?? { state: 'waiting' };
  const startAgain = (container: Container, ended: Extract<ContainerView, { state: 'ended' }>) => {
    const left = ended.finishedAt.getTime() + restartDelay(ended) - now.getTime();
    if (left <= 0) return void start.push(container.name);
    delays.push(left);
    backingOff.push(container.name);
  };
  const result = (initialized: boolean, outcome?: 'Succeeded' | 'Failed'): ContainerPlan => ({
    start,
    initialized,
    backingOff,
    ...(outcome === undefined ? {} : { outcome }),
    ...(delays.length === 0 ? {} : { againAfter: Math.min(...delays) }),
  });

  const mainStarted = pod.spec.containers.some((container) => view(container).state !== 'waiting');
  for (const container of pod.spec.initContainers ?? []) {
    const seen = view(container);
    if (isSidecar(container)) {
      if (seen.state === 'waiting') start.push(container.name);
      else if (seen.state === 'ended') startAgain(container, seen);
      if (seen.state !== 'running' && !mainStarted) return result(false);
      continue;
    }
    // Once the main containers were started, init containers are history.
    if (mainStarted) continue;
    if (seen.state === 'waiting') start.push(container.name);
    else if (seen.state === 'ended') {
      if (seen.exitCode === 0) continue;
      if (policy === 'Never') return result(false, 'Failed');
      startAgain(container, seen);
    }
    return result(false);
  }

  let live = false;
  let failed = false;
  for (const container of pod.spec.containers) {
    const seen = view(container);
    if (seen.state !== 'ended') {
      live = true;
      if (seen.state === 'waiting') start.push(container.name);
    } else if (policy === 'Always' || (policy === 'OnFailure' && seen.exitCode !== 0)) {
      live = true;
      startAgain(container, seen);
    } else if (seen.exitCode !== 0) failed = true;
  }
  if (live) return result(true);
  start.length = 0;
  return result(true, failed ? 'Failed' : 'Succeeded');
}
