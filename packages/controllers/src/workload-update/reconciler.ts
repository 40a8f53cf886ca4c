import { resources, type KubeVirt, type Pod, type VirtualMachineInstance } from '@virtkit/core-types';
import { instanceType } from '../kinds.ts';
import type { Clock } from '../runtime/clock.ts';
import { done, requeue, type Action, type ReconcileContext } from '../runtime/controller.ts';
import { errorCode, errorMessage } from '../runtime/errors.ts';
import type { EventRecorder } from '../runtime/event-recorder.ts';
import type { Informer } from '../runtime/informer.ts';
import type { ClientSet } from '../runtime/object-client.ts';
import { isControlledBy, type ObjectKey } from '../runtime/object-key.ts';
import { patchIfChanged } from '../runtime/patch-if-changed.ts';
import { planWorkloadUpdate } from './plan.ts';

/** KubeVirt lifecycle, workload-update limiter: every change of an instance is a reason for a pass, so they wait for company. */
const betweenPassesMs = 5_000;

export interface WorkloadUpdateReconcilerOptions {
  readonly client: ClientSet;
  readonly kubeVirts: Informer<KubeVirt>;
  readonly instances: Informer<VirtualMachineInstance>;
  /** Launchers; must have the index `ownerUid`. */
  readonly pods: Informer<Pod>;
  readonly recorder: EventRecorder;
  readonly launcherImage: string;
  readonly clock: Clock;
}

/** observe (stores only) -> plan (pure) -> tell how many are outdated -> evict a batch of them. */
export class WorkloadUpdateReconciler {
  readonly #options: WorkloadUpdateReconcilerOptions;
  #lastPassAt = -Infinity;
  /** As in KubeVirt, another controller that takes over begins with a batch of its own. */
  #lastBatchAt: number | undefined;

  constructor(options: WorkloadUpdateReconcilerOptions) {
    this.#options = options;
  }

  /** One pass over the installation of this key. @throws the client's error when the status or an eviction failed */
  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Action> {
    const { kubeVirts, instances, launcherImage, clock } = this.#options;
    const kubeVirt = kubeVirts.store.get(key);
    if (kubeVirt === undefined) {
      context.expectations.forget(key);
      return done;
    }
    const now = clock.now();
    const tooEarlyMs = this.#lastPassAt + betweenPassesMs - now;
    if (tooEarlyMs > 0) return requeue(tooEarlyMs);
    this.#lastPassAt = now;
    const plan = planWorkloadUpdate({
      kubeVirt,
      instances: instances.store.list(),
      launcherImage,
      lastBatchAt: this.#lastBatchAt,
      now,
    });
    if (plan.kind === 'wait') return done;
    await this.#tell(kubeVirt, plan.outdated, key, context);
    if (plan.evict.length > 0) this.#lastBatchAt = now;
    await this.#evictAll(plan.evict, context);
    return plan.nextBatchAt === undefined ? done : requeue(Math.max(betweenPassesMs, plan.nextBatchAt - now));
  }

  async #tell(
    kubeVirt: KubeVirt,
    outdated: number,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const status = { ...kubeVirt.status, outdatedVirtualMachineInstanceWorkloads: outdated };
    const written = await patchIfChanged(
      this.#options.client.resource(resources.kubeVirts),
      kubeVirt,
      { ...kubeVirt, status },
      { subresource: 'status', signal },
    );
    if (written !== undefined) expectations.expectVersion(key, written);
  }

  /** One that cannot be evicted now does not keep the others. */
  async #evictAll(instances: readonly VirtualMachineInstance[], context: ReconcileContext): Promise<void> {
    const failures: unknown[] = [];
    for (const instance of instances)
      try {
        await this.#evict(instance, context);
      } catch (error) {
        context.signal.throwIfAborted();
        this.#options.recorder.record(instance, instanceType, {
          type: 'Warning',
          reason: 'FailedEvict',
          message: `It could not be evicted to run on the new launcher: ${errorMessage(error)}`,
        });
        // Refused by a budget or by the instance's own strategy: it is asked again with the next batch.
        if (errorCode(error) !== 'too-many-requests') failures.push(error);
      }
    if (failures.length > 0) throw new AggregateError(failures, 'instances could not be evicted');
  }

  async #evict(instance: VirtualMachineInstance, { signal }: ReconcileContext): Promise<void> {
    const { client, pods, recorder } = this.#options;
    const pod = pods.store
      .byIndex('ownerUid', instance.metadata.uid ?? '')
      .find((one) => isControlledBy(one, instance) && one.spec.nodeName === instance.status?.nodeName);
    // It ends by itself.
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const { name = '', namespace, uid } = pod.metadata;
    const body = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid } },
    };
    try {
      const request = { method: 'POST', body, namespace, signal } as const;
      await client.resource(resources.pods).subresource(name, 'eviction', request);
    } catch (error) {
      // Gone meanwhile, or another one under its name: that is all that was wanted.
      if (errorCode(error) !== 'not-found' && errorCode(error) !== 'conflict') throw error;
      return;
    }
    recorder.record(instance, instanceType, {
      type: 'Normal',
      reason: 'SuccessfulEvict',
      message: 'It is evicted to run on the new launcher.',
    });
  }
}
