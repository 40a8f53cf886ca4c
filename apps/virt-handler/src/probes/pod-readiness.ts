import {
  getCondition,
  labels,
  podConditions,
  resources,
  type Pod,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { timestamp, type Clock } from '@virtkit/controllers/runtime';
import { isApiError, type Client } from '@virtkit/sdk';
import type { GuestHealth } from './guest-probes.ts';

interface KnownPod {
  name: string;
  /** Status and reason of the condition as they were last read or written. */
  status: string | undefined;
  reason: string | undefined;
}

/**
 * Tells a launcher Pod whether its guest passes the readiness probe: a readiness gate of the Pod, so that Services and the
 * instance's `Ready` follow. Written when it changes, hence never for instances without such a probe.
 */
export class PodReadiness {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #known = new Map<string, KnownPod>();

  constructor(options: { client: Client; clock: Clock }) {
    this.#client = options.client;
    this.#clock = options.clock;
  }

  /** Brings the Pod's condition up to date; without a verdict it stays as it is. @throws ApiError */
  async report(
    instance: VirtualMachineInstance,
    podUid: string,
    { readiness, readinessFailure }: GuestHealth,
    signal: AbortSignal,
  ): Promise<void> {
    if (readiness === 'unknown') return;
    const pod = this.#known.get(podUid) ?? (await this.#find(instance, podUid, signal));
    if (pod === undefined) return;
    const status = readiness === 'healthy' ? 'True' : 'False';
    const said =
      readiness === 'healthy'
        ? { reason: 'ProbeSucceeded', message: '' }
        : (readinessFailure ?? { reason: 'ProbeFailed', message: '' });
    if (pod.status === status && pod.reason === said.reason) return;
    const condition = {
      type: podConditions.guestReady,
      status,
      lastTransitionTime: timestamp(this.#clock),
      ...said,
    };
    try {
      // Strategic merge adds to the conditions by type, so those of others are not overwritten.
      await this.#client
        .resource<Pod>(resources.pods)
        .patch(
          pod.name,
          { type: 'strategic', body: { metadata: { uid: podUid }, status: { conditions: [condition] } } },
          { namespace: instance.metadata.namespace, subresource: 'status', signal },
        );
    } catch (error) {
      // A Pod that is gone has no readiness.
      if (isApiError(error, 'not-found')) return;
      throw error;
    }
    pod.status = status;
    pod.reason = said.reason;
  }

  /** Forgets a Pod that is gone. */
  forget(podUid: string): void {
    this.#known.delete(podUid);
  }

  async #find(
    { metadata }: VirtualMachineInstance,
    podUid: string,
    signal: AbortSignal,
  ): Promise<KnownPod | undefined> {
    const { items } = await this.#client.resource<Pod>(resources.pods).list({
      namespace: metadata.namespace,
      labelSelector: `${labels.createdBy}=${metadata.uid}`,
      signal,
    });
    const pod = items.find((item) => item.metadata.uid === podUid);
    if (pod?.metadata.name === undefined) return undefined;
    const condition = getCondition(pod.status?.conditions, podConditions.guestReady);
    const found: KnownPod = {
      name: pod.metadata.name,
      status: condition?.status,
      reason: condition?.reason,
    };
    this.#known.set(podUid, found);
    return found;
  }
}
