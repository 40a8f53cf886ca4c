import type {
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
} from '@virtkit/core-types';
import { isSidecar } from './container-plan.ts';
import type { RecordedExit } from './pod-record.ts';

/** What is observed of one container, as far as the Pod's status tells it. */
export interface ContainerObservation {
  readonly state:
    | { readonly type: 'waiting'; readonly reason: string; readonly message?: string }
    | { readonly type: 'running'; readonly startedAt: Date; readonly ready: boolean }
    | { readonly type: 'terminated'; readonly exit: RecordedExit };
  readonly previous?: RecordedExit | undefined;
  readonly restarts: number;
  /** `<runtime>://<id>`; absent before the first start. */
  readonly containerID?: string | undefined;
  readonly image: string;
  readonly imageID: string;
}

/** What is observed of a Pod. */
export interface PodObservation {
  readonly startTime: string;
  readonly hostAddress: string;
  readonly addresses: readonly string[];
  readonly containers: ReadonlyMap<string, ContainerObservation>;
  readonly initialized: boolean;
  readonly outcome?: 'Succeeded' | 'Failed' | undefined;
  /** Set when the Pod as a whole was refused or ended, for example `UnsupportedFeature`. */
  readonly reason?: { readonly reason: string; readonly message: string } | undefined;
}

/** Conditions whose author is the kubelet; readiness gates and PodScheduled belong to others. */
const ownConditions = ['PodReadyToStartContainers', 'Initialized', 'ContainersReady', 'Ready'] as const;

/** The status that an observation amounts to. Times of conditions that did not change are kept. Pure. */
export function podStatus(pod: Pod, observed: PodObservation, now: Date): PodStatus {
  const phase = podPhase(pod, observed);
  const statuses = (containers: readonly Container[]) =>
    containers.map((one) => containerStatus(one, observed));
  const initContainers = pod.spec.initContainers ?? [];
  return {
    phase,
    startTime: observed.startTime,
    hostIP: observed.hostAddress,
    hostIPs: [{ ip: observed.hostAddress }],
    qosClass: pod.status?.qosClass ?? qosClass(pod),
    ...(observed.addresses[0] === undefined
      ? {}
      : { podIP: observed.addresses[0], podIPs: observed.addresses.map((ip) => ({ ip })) }),
    ...(observed.reason ?? {}),
    conditions: conditions(pod, observed, phase, now),
    containerStatuses: statuses(pod.spec.containers),
    ...(initContainers.length === 0 ? {} : { initContainerStatuses: statuses(initContainers) }),
  };
}

function podPhase(
  pod: Pod,
  { outcome, initialized, containers }: PodObservation,
): NonNullable<PodStatus['phase']> {
  if (outcome !== undefined) return outcome;
  const started = pod.spec.containers.some(({ name }) => {
    const one = containers.get(name);
    return one !== undefined && (one.state.type !== 'waiting' || one.restarts > 0);
  });
  return initialized && started ? 'Running' : 'Pending';
}

function containerStatus(container: Container, { containers }: PodObservation): ContainerStatus {
  const seen = containers.get(container.name);
  if (seen === undefined)
    return {
      name: container.name,
      image: container.image ?? '',
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: 'PodInitializing' } },
    };
  return {
    name: container.name,
    image: seen.image,
    imageID: seen.imageID,
    ...(seen.containerID === undefined ? {} : { containerID: seen.containerID }),
    ready:
      seen.state.type === 'running'
        ? seen.state.ready
        : seen.state.type === 'terminated' && seen.state.exit.exitCode === 0,
    started: seen.state.type === 'running',
    restartCount: seen.restarts,
    state: containerState(seen),
    ...(seen.previous === undefined ? {} : { lastState: { terminated: seen.previous } }),
  };
}

function containerState({ state, containerID }: ContainerObservation): ContainerState {
  switch (state.type) {
    case 'waiting':
      return {
        waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) },
      };
    case 'running':
      return { running: { startedAt: timestamp(state.startedAt) } };
    case 'terminated':
      return { terminated: { ...state.exit, ...(containerID === undefined ? {} : { containerID }) } };
    default:
      return state satisfies never;
  }
}

function conditions(pod: Pod, observed: PodObservation, phase: string, now: Date): PodCondition[] {
  const ended = phase === 'Succeeded' || phase === 'Failed';
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar);
  const unready = [...sidecars, ...pod.spec.containers].filter(({ name }) => {
    const state = observed.containers.get(name)?.state;
    return state?.type !== 'running' || !state.ready;
  });
  const names = unready.map(({ name }) => name).join(' ');
  const containersReady: Verdict = ended
    ? { status: 'False', reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' }
    : unready.length > 0
      ? {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${names}]`,
        }
      : { status: 'True' };
  const verdicts: Record<(typeof ownConditions)[number], Verdict> = {
    PodReadyToStartContainers: { status: observed.addresses.length > 0 && !ended ? 'True' : 'False' },
    Initialized: observed.initialized
      ? { status: 'True' }
      : {
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: 'init containers have not completed',
        },
    ContainersReady: containersReady,
    Ready: containersReady.status === 'True' ? gatesVerdict(pod) : containersReady,
  };
  return ownConditions.map((type) => withTime(type, verdicts[type], pod, now));
}

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

/** Ready is more than its containers when the Pod names conditions that others set. */
function gatesVerdict(pod: Pod): Verdict {
  const open = (pod.spec.readinessGates ?? [])
    .map(({ conditionType }) => conditionType)
    .filter((type) => pod.status?.conditions?.find((one) => one.type === type)?.status !== 'True');
  if (open.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: `readiness gates that are not met: ${open.join(', ')}`,
  };
}

function withTime(type: string, verdict: Verdict, pod: Pod, now: Date): PodCondition {
  const before = pod.status?.conditions?.find((one) => one.type === type);
  return {
    type,
    ...verdict,
    lastTransitionTime:
      before?.status === verdict.status ? (before.lastTransitionTime ?? timestamp(now)) : timestamp(now),
  };
}

/** RFC 3339 in whole seconds, as the API writes times. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Kubernetes: Guaranteed when every container has equal, set limits and requests of CPU and memory. */
function qosClass(pod: Pod): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const compute = ['cpu', 'memory'] as const;
  const any = all.some(({ resources }) =>
    compute.some(
      (name) => resources?.requests?.[name] !== undefined || resources?.limits?.[name] !== undefined,
    ),
  );
  if (!any) return 'BestEffort';
  const guaranteed = all.every(({ resources }) =>
    compute.every((name) => {
      const limit = resources?.limits?.[name];
      return limit !== undefined && (resources?.requests?.[name] ?? limit) === limit;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** Whether two statuses say the same, so that nothing needs to be written. Looks only at what the kubelet writes. */
export function sameStatus(current: PodStatus | undefined, next: PodStatus): boolean {
  if (current === undefined) return false;
  const own = (status: PodStatus) => ({
    ...Object.fromEntries(Object.keys(next).map((key) => [key, status[key as keyof PodStatus]])),
    conditions: ownConditions.map((type) => {
      const one = status.conditions?.find((condition) => condition.type === type);
      return [one?.status, one?.reason, one?.message];
    }),
  });
  return stableText(own(current)) === stableText(own(next));
}

/** JSON with sorted keys, without absent values. */
function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
