import type { VirtualMachineInstance, VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** Parts of a template whose changes KubeVirt carries to an instance that runs. */
export type LiveTopic = 'volumes' | 'networks' | 'cpu' | 'memory' | 'placement';

/** All of them. */
export const liveTopics: ReadonlySet<LiveTopic> = new Set([
  'volumes',
  'networks',
  'cpu',
  'memory',
  'placement',
]);

/** A running instance, what it was started from, and what its machine's template says now. */
export interface LiveUpdateFacts {
  readonly instance: VirtualMachineInstance;
  /** The template that the instance was started from, with instance type and preference of that time. */
  readonly started: VirtualMachineInstanceSpec;
  /** The template as it is now, with instance type and preference. */
  readonly wanted: VirtualMachineInstanceSpec;
  /** `spec.updateVolumesStrategy` of the machine. */
  readonly updateVolumesStrategy: string | undefined;
  /** Whether CPU, memory and placement follow at all: the cluster's `vmRolloutStrategy` is LiveUpdate. */
  readonly rollsOutLive: boolean;
  /** What is carried to instances here; a change of anything else waits for a restart. */
  readonly carried: ReadonlySet<LiveTopic>;
  /** The instance is on its way to another node. */
  readonly migrating: boolean;
}

/** Why a change cannot be carried over now, as the machine's condition `Failure` says it. */
export interface LiveUpdateFailure {
  readonly reason:
    | 'HotPlugCPUError'
    | 'HotPlugMemoryError'
    | 'AffinityChangeError'
    | 'TolerationsChangeError'
    | 'VolumesUpdateError';
  readonly message: string;
}

/** What one part of the template comes to. */
export type TopicVerdict =
  /** Nothing changed, or the change is carried over. */
  | { readonly kind: 'live' }
  /** Only a restart carries the change over. */
  | { readonly kind: 'restart' }
  /** The change can be carried over, but not now. */
  | { readonly kind: 'failure'; readonly failure: LiveUpdateFailure };

export const live: TopicVerdict = { kind: 'live' };
export const restart: TopicVerdict = { kind: 'restart' };

/** A change that has to wait. */
export function failed(reason: LiveUpdateFailure['reason'], message: string): TopicVerdict {
  return { kind: 'failure', failure: { reason, message } };
}
