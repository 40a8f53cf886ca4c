import { match } from 'ts-pattern';
import {
  finalizers,
  labels,
  resources,
  type KubernetesObject,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachinePool,
} from '@virtkit/core-types';
import type { ReconcileContext } from '../runtime/controller.ts';
import { errorCode, errorMessage } from '../runtime/errors.ts';
import type { ObjectEventFacts } from '../runtime/event-recorder.ts';
import { addFinalizerPatch, removeFinalizersPatch } from '../runtime/finalizers.ts';
import type { ClientSet, ObjectClient } from '../runtime/object-client.ts';
import type { ObjectKey } from '../runtime/object-key.ts';
import { patchIfChanged } from '../runtime/patch-if-changed.ts';
import type { PoolRevision } from './observation.ts';
import type { PoolStep } from './plan.ts';
import { preserveState } from './state-preservation.ts';

export interface PoolStepsOptions {
  readonly client: ClientSet;
  readonly record: (pool: VirtualMachinePool, event: ObjectEventFacts) => void;
  /** Hears of each instance that was told to go. */
  readonly onStopped: (instance: VirtualMachineInstance) => void;
}

/** Carries out the steps of a plan. Each of them is idempotent. */
export class PoolSteps {
  readonly #options: PoolStepsOptions;
  readonly #pools: ObjectClient<VirtualMachinePool>;
  readonly #machines: ObjectClient<VirtualMachine>;
  readonly #instances: ObjectClient<VirtualMachineInstance>;
  readonly #revisions: ObjectClient<KubernetesObject>;

  constructor(options: PoolStepsOptions) {
    const { client } = options;
    this.#options = options;
    this.#pools = client.resource(resources.virtualMachinePools);
    this.#machines = client.resource(resources.virtualMachines);
    this.#instances = client.resource(resources.virtualMachineInstances);
    this.#revisions = client.resource<KubernetesObject>(resources.controllerRevisions);
  }

  /** One step. @throws the client's error when a write fails */
  async apply(
    pool: VirtualMachinePool,
    step: PoolStep,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<void> {
    await match(step)
      .with({ kind: 'mark-pool' }, () => this.#mark(pool, key, context))
      .with({ kind: 'release-pool' }, () => release(this.#pools, pool, key, context))
      .with({ kind: 'dismiss' }, ({ machine }) => this.#dismiss(machine, key, context))
      .with({ kind: 'let-go' }, ({ machine, preserve }) => this.#letGo(machine, preserve, key, context))
      .with({ kind: 'store-revision' }, ({ revision }) => this.#store(revision, key, context))
      .with({ kind: 'create' }, ({ machine }) =>
        this.#told(pool, 'Create', `machine ${nameOf(machine)}`, () => this.#create(machine, key, context)),
      )
      .with({ kind: 'delete' }, ({ machine, preserve }) =>
        this.#told(pool, 'Delete', `machine ${nameOf(machine)}`, async () => {
          await this.#delete(machine, key, context);
          await this.#letGo(machine, preserve, key, context);
        }),
      )
      .with({ kind: 'recreate' }, ({ machine }) =>
        this.#told(pool, 'Delete', `machine ${nameOf(machine)}, to be made anew`, () =>
          this.#delete(machine, key, context, 'Foreground'),
        ),
      )
      .with({ kind: 'update' }, ({ machine, updated }) =>
        this.#told(pool, 'Update', `machine ${nameOf(machine)}`, () =>
          write(this.#machines, machine, updated, key, context),
        ),
      )
      .with({ kind: 'restart' }, ({ instance }) =>
        this.#told(pool, 'Delete', `instance ${nameOf(instance)}, to be started anew`, () =>
          this.#restart(instance, context),
        ),
      )
      .with({ kind: 'relabel' }, ({ instance, revision }) => this.#relabel(instance, revision, context))
      .with({ kind: 'prune' }, ({ revision }) => this.#prune(revision, key, context))
      .exhaustive();
  }

  /** Tells people how it went, as `SuccessfulCreate` and `FailedCreate`. */
  async #told(
    pool: VirtualMachinePool,
    verb: 'Create' | 'Delete' | 'Update',
    what: string,
    step: () => Promise<void>,
  ): Promise<void> {
    try {
      await step();
    } catch (error) {
      const message = `${verb} of ${what} failed: ${errorMessage(error)}`;
      // Somebody wrote first: the next pass sees what, and nobody needs to be told.
      if (errorCode(error) !== 'conflict')
        this.#options.record(pool, { type: 'Warning', reason: `Failed${verb}`, message });
      throw error;
    }
    this.#options.record(pool, {
      type: 'Normal',
      reason: `Successful${verb}`,
      message: `${verb} of ${what}`,
    });
  }

  async #mark(
    pool: VirtualMachinePool,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const operations = addFinalizerPatch(pool, finalizers.pool);
    if (operations === undefined) return;
    const { name = '', namespace } = pool.metadata;
    expectations.expectVersion(
      key,
      await this.#pools.patch(name, { type: 'json', operations }, { namespace, signal }),
    );
  }

  async #dismiss(machine: VirtualMachine, key: ObjectKey, context: ReconcileContext): Promise<void> {
    const kept = (machine.metadata.finalizers ?? []).filter((finalizer) => finalizer !== finalizers.pool);
    const metadata = { ...machine.metadata, ownerReferences: [], finalizers: kept };
    await write(this.#machines, machine, { ...machine, metadata }, key, context);
  }

  async #letGo(
    machine: VirtualMachine,
    preserve: boolean,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<void> {
    if (preserve) await preserveState(this.#options.client, machine, { signal: context.signal });
    await release(this.#machines, machine, key, context);
  }

  async #store(
    revision: PoolRevision,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const { namespace } = revision.metadata;
    // One of this name keeps the same generation of the pool.
    const created = await unless('already-exists', this.#revisions.create(revision, { namespace, signal }));
    if (created !== undefined) expectations.expectPresence(key, created);
  }

  async #create(
    machine: VirtualMachine,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const { namespace } = machine.metadata;
    expectations.expectPresence(key, await this.#machines.create(machine, { namespace, signal }));
  }

  async #delete(
    machine: VirtualMachine,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
    propagationPolicy?: 'Foreground',
  ): Promise<void> {
    const { name = '', namespace, uid } = machine.metadata;
    const options = {
      namespace,
      signal,
      preconditions: { uid },
      ...(propagationPolicy && { propagationPolicy }),
    };
    await unless('not-found', this.#machines.delete(name, options));
    expectations.expectDeletion(key, machine);
  }

  async #restart(instance: VirtualMachineInstance, { signal }: ReconcileContext): Promise<void> {
    const { name = '', namespace, uid } = instance.metadata;
    await unless('not-found', this.#instances.delete(name, { namespace, signal, preconditions: { uid } }));
    this.#options.onStopped(instance);
  }

  async #relabel(
    instance: VirtualMachineInstance,
    revision: string,
    { signal }: ReconcileContext,
  ): Promise<void> {
    const labelled = { ...instance.metadata.labels, [labels.poolRevision]: revision };
    const desired = { ...instance, metadata: { ...instance.metadata, labels: labelled } };
    await patchIfChanged(this.#instances, instance, desired, { signal });
  }

  async #prune(
    revision: PoolRevision,
    key: ObjectKey,
    { signal, expectations }: ReconcileContext,
  ): Promise<void> {
    const { name = '', namespace } = revision.metadata;
    await unless('not-found', this.#revisions.delete(name, { namespace, signal }));
    expectations.expectDeletion(key, revision);
  }
}

function nameOf({ metadata }: KubernetesObject): string {
  return metadata.name ?? '';
}

async function write<T extends KubernetesObject>(
  client: ObjectClient<T>,
  observed: T,
  desired: T,
  key: ObjectKey,
  { signal, expectations }: ReconcileContext,
): Promise<void> {
  const written = await patchIfChanged(client, observed, desired, { signal });
  if (written !== undefined) expectations.expectVersion(key, written);
}

/** Takes the pool's finalizer from an object. */
async function release<T extends KubernetesObject>(
  client: ObjectClient<T>,
  object: T,
  key: ObjectKey,
  { signal, expectations }: ReconcileContext,
): Promise<void> {
  const operations = removeFinalizersPatch(object, [finalizers.pool]);
  if (operations === undefined) return;
  const { name = '', namespace } = object.metadata;
  const written = await unless(
    'not-found',
    client.patch(name, { type: 'json', operations }, { namespace, signal }),
  );
  if (written !== undefined) expectations.expectVersion(key, written);
}

/** The result, or undefined when the call failed with this code because its work is done already. */
async function unless<T>(code: string, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (errorCode(error) === code) return undefined;
    throw error;
  }
}
