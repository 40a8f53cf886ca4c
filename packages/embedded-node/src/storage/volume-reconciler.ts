import {
  addFinalizerPatch,
  done,
  patchIfChanged,
  removeFinalizersPatch,
  type Action,
  type ClientSet,
  type EventRecorder,
  type ObjectKey,
  type ReconcileContext,
  type Store,
} from '@virtkit/controllers/runtime';
import {
  resources,
  type JsonPatch,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@virtkit/core-types';
import { isApiError } from '@virtkit/sdk';
import { isEmbeddedNodeError } from '../errors.ts';
import { timestamp } from '../kubelet/pod-status.ts';
import { storageAnnotations, volumeFinalizer } from './names.ts';
import type { VolumeFolders } from './volume-folders.ts';
import { planVolume, type VolumePhase, type VolumeStep } from './volume-plan.ts';

export interface VolumeReconcilerOptions {
  readonly client: ClientSet;
  readonly claims: Store<PersistentVolumeClaim>;
  readonly volumes: Store<PersistentVolume>;
  readonly folders: VolumeFolders;
  readonly recorder: EventRecorder;
}

const volumeType = { apiVersion: 'v1', kind: 'PersistentVolume' };

/** Keeps the phases of volumes, frees and reclaims them. The only author of volumes' status. */
export class VolumeReconciler {
  readonly #options: VolumeReconcilerOptions;
  readonly #volumes;

  constructor(options: VolumeReconcilerOptions) {
    this.#options = options;
    this.#volumes = options.client.resource(resources.persistentVolumes);
  }

  /** One pass over the volume of this name. @throws ApiError when a write failed */
  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Action> {
    const volume = this.#options.volumes.get(key);
    if (volume === undefined) {
      context.expectations.forget(key);
      return done;
    }
    const reference = volume.spec?.claimRef;
    const claim =
      reference === undefined
        ? undefined
        : this.#options.claims.get(`${reference.namespace ?? ''}/${reference.name ?? ''}`);
    const step = planVolume({ volume, claim });
    if (step.kind !== 'wait') context.logger.debug('volume step', { volume: key, step: step.kind });
    const written = await this.#apply(step, volume, context.signal);
    if (written !== undefined) context.expectations.expectVersion(key, written);
    return done;
  }

  #apply(
    step: VolumeStep,
    volume: PersistentVolume,
    signal: AbortSignal,
  ): Promise<PersistentVolume | undefined> {
    switch (step.kind) {
      case 'wait':
        return Promise.resolve(undefined);
      case 'protect':
        return this.#patch(volume, addFinalizerPatch(volume, volumeFinalizer), signal);
      case 'report':
        return this.#report(volume, step.phase, step.message, signal);
      case 'unbind':
        return patchIfChanged(this.#volumes, volume, unbound(volume, step.keepName), { signal });
      case 'reclaim':
        return this.#reclaim(volume, signal);
      case 'release':
        return this.#release(volume, step.discard, signal);
      default:
        return step satisfies never;
    }
  }

  async #report(
    volume: PersistentVolume,
    phase: VolumePhase,
    message: string | undefined,
    signal: AbortSignal,
  ): Promise<PersistentVolume | undefined> {
    // What a cache does not have may be there all the same: only a look at the server may call a claim gone.
    if (phase === 'Released' && (await this.#hasClaim(volume, signal))) return undefined;
    const lastPhaseTransitionTime = timestamp(new Date());
    const status = { phase, message, lastPhaseTransitionTime };
    if (phase === 'Failed')
      this.#options.recorder.record(volume, volumeType, {
        type: 'Warning',
        reason: 'VolumeFailedDelete',
        message: message ?? '',
      });
    return patchIfChanged(this.#volumes, volume, { ...volume, status }, { subresource: 'status', signal });
  }

  async #reclaim(volume: PersistentVolume, signal: AbortSignal): Promise<PersistentVolume | undefined> {
    if (await this.#hasClaim(volume, signal)) return undefined;
    if (volume.status?.phase !== 'Released') return this.#report(volume, 'Released', undefined, signal);
    const failure = await this.#discard(volume);
    if (failure !== undefined) return this.#report(volume, 'Failed', failure, signal);
    await unlessGone(
      this.#volumes.delete(volume.metadata.name!, { signal, preconditions: { uid: volume.metadata.uid! } }),
    );
    return undefined;
  }

  async #release(
    volume: PersistentVolume,
    discard: boolean,
    signal: AbortSignal,
  ): Promise<PersistentVolume | undefined> {
    if ((await this.#claimOf(volume, signal))?.spec?.volumeName === volume.metadata.name) return undefined;
    const failure = discard ? await this.#discard(volume) : undefined;
    if (failure !== undefined) {
      if (volume.status?.phase === 'Failed' && volume.status.message === failure) return undefined;
      return this.#report(volume, 'Failed', failure, signal);
    }
    return this.#patch(volume, removeFinalizersPatch(volume, [volumeFinalizer]), signal);
  }

  /** Deletes the data; gives the reason when they are not where only our volumes are. */
  async #discard(volume: PersistentVolume): Promise<string | undefined> {
    try {
      await this.#options.folders.remove(volume);
      return undefined;
    } catch (error) {
      if (isEmbeddedNodeError(error, 'StateInvalid')) return error.message;
      throw error;
    }
  }

  /** Whether the server has the claim that the volume is bound to and that has not found another. */
  async #hasClaim(volume: PersistentVolume, signal: AbortSignal): Promise<boolean> {
    const claim = await this.#claimOf(volume, signal);
    const named = claim?.spec?.volumeName ?? '';
    return claim !== undefined && (named === '' || named === volume.metadata.name);
  }

  /** The claim that the volume is set aside for, as the server has it now. */
  async #claimOf(
    { spec }: PersistentVolume,
    signal: AbortSignal,
  ): Promise<PersistentVolumeClaim | undefined> {
    const { name = '', namespace, uid } = spec?.claimRef ?? {};
    if (uid === undefined || uid === '') return undefined;
    const claims = this.#options.client.resource(resources.persistentVolumeClaims);
    const claim = await unlessGone(
      claims.get(name, { ...(namespace === undefined ? {} : { namespace }), signal }),
    );
    return claim?.metadata.uid === uid ? claim : undefined;
  }

  #patch(
    { metadata }: PersistentVolume,
    operations: JsonPatch | undefined,
    signal: AbortSignal,
  ): Promise<PersistentVolume | undefined> {
    if (operations === undefined) return Promise.resolve(undefined);
    return unlessGone(this.#volumes.patch(metadata.name!, { type: 'json', operations }, { signal }));
  }
}

/** The volume without its claim; a user who set it aside for a claim by name still wants it so. */
function unbound(volume: PersistentVolume, keepName: boolean): PersistentVolume {
  const { claimRef, ...spec } = volume.spec ?? {};
  const { [storageAnnotations.boundByController]: _ours, ...annotations } = volume.metadata.annotations ?? {};
  const { uid: _uid, ...reference } = claimRef ?? {};
  return {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: keepName ? { ...spec, claimRef: reference } : spec,
  };
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    throw error;
  }
}
