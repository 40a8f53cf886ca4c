import { resources, type PersistentVolume, type PersistentVolumeClaim } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import { EmbeddedNodeError } from '../errors.ts';
import { belongsTo, isReachable } from '../storage/matching.ts';

/** The folder of this node behind a claim. */
export interface ClaimedFolder {
  /** Name of the PersistentVolume. */
  readonly volumeName: string;
  readonly path: string;
  /** Whether the Pod's `fsGroup` applies; it does not to paths of the host that others use too. */
  readonly grouped: boolean;
}

/** Claims of one namespace, as volumes of Pods of one node. */
export class ClaimVolumes {
  readonly #client: Client;
  readonly #namespace: string;
  readonly #nodeName: string;
  readonly #signal: AbortSignal;

  constructor(client: Client, namespace: string, nodeName: string, signal: AbortSignal) {
    this.#client = client;
    this.#namespace = namespace;
    this.#nodeName = nodeName;
    this.#signal = signal;
  }

  /**
   * The folder of a claim.
   *
   * @param isMounted tells of a volume whether this Pod has it already; then its claim may be going
   * @throws EmbeddedNodeError `ConfigMissing` while the claim cannot be used, `Unsupported` when its volume is no folder
   */
  async folder(
    claimName: string,
    isMounted: (volumeName: string) => Promise<boolean>,
  ): Promise<ClaimedFolder> {
    const claim = await this.#claim(claimName);
    const volume = await this.#volume(claim, claimName);
    const volumeName = volume.metadata.name!;
    if (claim.metadata.deletionTimestamp !== undefined && !(await isMounted(volumeName)))
      throw unusable(claimName, 'is being deleted');
    if (volume.spec?.volumeMode === 'Block')
      throw new EmbeddedNodeError(
        'Unsupported',
        `claim ${claimName} is a block device, which is not carried`,
      );
    if (!isReachable(volume, await this.#client.nodes.get(this.#nodeName, { signal: this.#signal })))
      throw unusable(claimName, 'has its volume on another node');
    const path = volume.spec?.local?.path ?? volume.spec?.hostPath?.path;
    if (path === undefined)
      throw new EmbeddedNodeError(
        'Unsupported',
        `volume ${volumeName} of claim ${claimName} is neither local nor a hostPath`,
      );
    return { volumeName, path, grouped: volume.spec?.local !== undefined };
  }

  async #claim(name: string): Promise<PersistentVolumeClaim> {
    const claims = this.#client.resource(resources.persistentVolumeClaims);
    const scope = { namespace: this.#namespace, signal: this.#signal };
    const claim = await unlessGone(claims.get(name, scope));
    if (claim === undefined) throw unusable(name, `does not exist in namespace ${this.#namespace}`);
    if (claim.status?.phase !== 'Bound') throw unusable(name, 'is not bound to a volume');
    return claim;
  }

  async #volume(claim: PersistentVolumeClaim, claimName: string): Promise<PersistentVolume> {
    const volumes = this.#client.resource(resources.persistentVolumes);
    const volume = await unlessGone(volumes.get(claim.spec?.volumeName ?? '', { signal: this.#signal }));
    if (volume === undefined || !belongsTo(volume, claim))
      throw unusable(claimName, 'has no volume of its own');
    return volume;
  }
}

function unusable(claim: string, why: string): EmbeddedNodeError {
  return new EmbeddedNodeError('ConfigMissing', `claim ${claim} ${why}`);
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    throw error;
  }
}
