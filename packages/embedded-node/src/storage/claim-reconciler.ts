import {
  addFinalizerPatch,
  done,
  patchIfChanged,
  removeFinalizersPatch,
  requeue,
  type Action,
  type ClientSet,
  type EventRecorder,
  type ObjectKey,
  type ReconcileContext,
  type Store,
} from '@virtkit/controllers/runtime';
import {
  Quantity,
  resources,
  type JsonPatch,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type StorageClass,
} from '@virtkit/core-types';
import { isApiError } from '@virtkit/sdk';
import { isEmbeddedNodeError } from '../errors.ts';
import { planClaim, type ClaimNotice, type ClaimStep } from './claim-plan.ts';
import { userOfClaim } from './claim-use.ts';
import { belongsTo, requestedBytes } from './matching.ts';
import { claimFinalizer, localProvisioner, storageAnnotations, volumeFinalizer } from './names.ts';
import type { VolumeFolders } from './volume-folders.ts';

export interface ClaimReconcilerOptions {
  readonly client: ClientSet;
  readonly claims: Store<PersistentVolumeClaim>;
  readonly volumes: Store<PersistentVolume>;
  readonly classes: Store<StorageClass>;
  readonly nodes: Store<Node>;
  readonly pods: Store<Pod>;
  readonly nodeName: string;
  readonly folders: VolumeFolders;
  readonly recorder: EventRecorder;
}

/** Milliseconds after which a volume that could not be made is tried again: room may have been freed. */
const provisioningRetry = 15_000;

const claimType = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

/** Binds claims: observe (stores), plan (pure), one write. The only author of claims' status and of `claimRef`. */
export class ClaimReconciler {
  readonly #options: ClaimReconcilerOptions;
  readonly #claims;
  readonly #volumes;
  /** The last notice of each claim, so that a state that lasts is told once. */
  readonly #told = new Map<ObjectKey, string>();

  constructor(options: ClaimReconcilerOptions) {
    this.#options = options;
    this.#claims = options.client.resource(resources.persistentVolumeClaims);
    this.#volumes = options.client.resource(resources.persistentVolumes);
  }

  /** One pass over the claim of this key. @throws ApiError when a write failed */
  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Action> {
    const claim = this.#options.claims.get(key);
    if (claim === undefined) {
      this.#told.delete(key);
      context.expectations.forget(key);
      return done;
    }
    const step = this.#plan(claim);
    if (step.kind !== 'wait') context.logger.debug('claim step', { claim: key, step: step.kind });
    return this.#apply(step, claim, key, context);
  }

  #plan(claim: PersistentVolumeClaim): ClaimStep {
    const { volumes, classes, nodes, nodeName, pods } = this.#options;
    return planClaim({
      claim,
      volumes: volumes.list(),
      classes: classes.list(),
      nodes: nodes.list(),
      nodeName,
      used: userOfClaim(nameOf(claim), pods.list()) !== undefined,
    });
  }

  #apply(
    step: ClaimStep,
    claim: PersistentVolumeClaim,
    key: ObjectKey,
    context: ReconcileContext,
  ): Promise<Action> {
    const { signal, expectations } = context;
    /** The pass that follows sees what was written: it comes with the change. */
    const written = async (write: Promise<PersistentVolumeClaim | undefined>): Promise<Action> => {
      const result = await write;
      if (result !== undefined) expectations.expectVersion(key, result);
      return done;
    };
    const changed = (desired: PersistentVolumeClaim, subresource?: 'status') =>
      written(patchIfChanged(this.#claims, claim, desired, { signal, ...(subresource && { subresource }) }));
    switch (step.kind) {
      case 'wait':
        this.#tell(claim, key, step.notice);
        return Promise.resolve(done);
      case 'protect':
        return written(this.#patch(claim, addFinalizerPatch(claim, claimFinalizer), signal));
      case 'release':
        return this.#release(claim, signal);
      case 'choose-class':
        return changed({ ...claim, spec: { ...claim.spec, storageClassName: step.name } });
      case 'reserve':
        return this.#reserve(claim, step.volume, step.chosen, signal);
      case 'name-volume':
        return this.#isOurs(step.volume, claim, signal).then((ours) =>
          ours ? changed(named(claim, step.volume)) : requeue(1_000),
        );
      case 'provision':
        return this.#provision(claim, step.storageClass, key, signal);
      case 'delegate':
        return changed(annotated(claim, { [storageAnnotations.storageProvisioner]: step.provisioner }));
      case 'report-bound':
        return changed(reportedBound(claim, step.volume), 'status');
      case 'report-lost':
        this.#tell(claim, key, step.notice);
        return changed({ ...claim, status: { phase: 'Lost' } }, 'status');
      default:
        return step satisfies never;
    }
  }

  #patch(
    { metadata }: PersistentVolumeClaim,
    operations: JsonPatch | undefined,
    signal: AbortSignal,
  ): Promise<PersistentVolumeClaim | undefined> {
    if (operations === undefined) return Promise.resolve(undefined);
    const patch = this.#claims.patch(
      metadata.name!,
      { type: 'json', operations },
      { namespace: metadata.namespace, signal },
    );
    return unlessGone(patch);
  }

  /** Lets the claim go, after a look at the Pods of the server: a cache may not have the newest yet. */
  async #release(claim: PersistentVolumeClaim, signal: AbortSignal): Promise<Action> {
    const { namespace } = nameOf(claim);
    const { items } = await this.#options.client.resource(resources.pods).list({ namespace, signal });
    if (userOfClaim(nameOf(claim), items) !== undefined) return requeue(1_000);
    await this.#patch(claim, removeFinalizersPatch(claim, [claimFinalizer]), signal);
    return done;
  }

  async #reserve(
    claim: PersistentVolumeClaim,
    volume: PersistentVolume,
    chosen: boolean,
    signal: AbortSignal,
  ): Promise<Action> {
    const desired: PersistentVolume = {
      ...(chosen ? annotated(volume, { [storageAnnotations.boundByController]: 'yes' }) : volume),
      spec: { ...volume.spec, claimRef: referenceTo(claim) },
    };
    // From the same moment on it is not deleted under the claim.
    desired.metadata = { ...desired.metadata, finalizers: withFinalizer(volume) };
    // The version that was looked at is part of the patch: two claims cannot get the same volume.
    await patchIfChanged(this.#volumes, volume, desired, { signal });
    return done;
  }

  /** Whether the volume is still there, as the server has it: somebody may have deleted it since it was set aside. */
  async #isOurs(
    { metadata }: PersistentVolume,
    claim: PersistentVolumeClaim,
    signal: AbortSignal,
  ): Promise<boolean> {
    const volume = await unlessGone(this.#volumes.get(metadata.name!, { signal }));
    return (
      volume !== undefined && volume.metadata.deletionTimestamp === undefined && belongsTo(volume, claim)
    );
  }

  async #provision(
    claim: PersistentVolumeClaim,
    storageClass: StorageClass,
    key: ObjectKey,
    signal: AbortSignal,
  ): Promise<Action> {
    const { folders, volumes, recorder, nodeName } = this.#options;
    const name = `pvc-${claim.metadata.uid!}`;
    try {
      const path = await folders.make(name, requestedBytes(claim), volumes.list());
      await this.#volumes.create(localVolume(claim, storageClass, { name, path, nodeName }), { signal });
      const message = `made volume ${name}`;
      recorder.record(claim, claimType, { type: 'Normal', reason: 'ProvisioningSucceeded', message });
      return done;
    } catch (error) {
      if (isApiError(error, 'already-exists')) return done;
      if (!isEmbeddedNodeError(error, 'StorageFull')) throw error;
      this.#tell(claim, key, { type: 'Warning', reason: 'ProvisioningFailed', message: error.message });
      return requeue(provisioningRetry);
    }
  }

  #tell(claim: PersistentVolumeClaim, key: ObjectKey, notice: ClaimNotice | undefined): void {
    const said = notice === undefined ? undefined : `${notice.reason} ${notice.message}`;
    if (said === this.#told.get(key)) return;
    if (said === undefined) this.#told.delete(key);
    else this.#told.set(key, said);
    if (notice !== undefined) this.#options.recorder.record(claim, claimType, notice);
  }
}

function withFinalizer({ metadata: { finalizers = [] } }: PersistentVolume): string[] {
  return finalizers.includes(volumeFinalizer) ? finalizers : [...finalizers, volumeFinalizer];
}

function nameOf({ metadata }: PersistentVolumeClaim): { namespace: string; name: string } {
  return { namespace: metadata.namespace!, name: metadata.name! };
}

function referenceTo({ metadata }: PersistentVolumeClaim): NonNullable<PersistentVolume['spec']>['claimRef'] {
  const { name, namespace, uid } = metadata;
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid };
}

/** The claim with its volume's name; who chose the volume decides what the annotations say. */
function named(claim: PersistentVolumeClaim, { metadata }: PersistentVolume): PersistentVolumeClaim {
  const chosen = claim.spec?.volumeName === undefined || claim.spec.volumeName === '';
  return annotated(
    { ...claim, spec: { ...claim.spec, volumeName: metadata.name! } },
    {
      [storageAnnotations.bindCompleted]: 'yes',
      ...(chosen && { [storageAnnotations.boundByController]: 'yes' }),
    },
  );
}

function reportedBound(claim: PersistentVolumeClaim, { spec }: PersistentVolume): PersistentVolumeClaim {
  const { capacity, accessModes } = spec ?? {};
  return {
    ...claim,
    status: { ...claim.status, phase: 'Bound', accessModes, capacity: amounts(capacity) },
  };
}

function annotated<T extends PersistentVolumeClaim | PersistentVolume>(
  object: T,
  annotations: Readonly<Record<string, string>>,
): T {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } };
}

/** The volume of a claim: a folder of this node. */
function localVolume(
  claim: PersistentVolumeClaim,
  { metadata, reclaimPolicy = 'Delete' }: StorageClass,
  { name, path, nodeName }: { name: string; path: string; nodeName: string },
): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      annotations: { [storageAnnotations.provisionedBy]: localProvisioner },
      finalizers: [volumeFinalizer],
    },
    spec: {
      capacity: { storage: Quantity.fromBytes(requestedBytes(claim)).toString() },
      accessModes: claim.spec?.accessModes,
      claimRef: referenceTo(claim),
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: metadata.name!,
      volumeMode: 'Filesystem',
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
          ],
        },
      },
    },
  };
}

/** Amounts as strings, the form in which claims hold them. */
function amounts(given: Readonly<Record<string, string | number>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, amount]) => [name, String(amount)]));
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    throw error;
  }
}
