import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { resources, type VirtualMachineInstance, type VolumeStatus } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';
import { HandlerError } from '../errors.ts';
import { plainName, podFolder } from '../pods/plain-folder.ts';

/**
 * Finds the folders of claims that attachment Pods hold. The kubelet keeps a link to each below the Pod's folder, under the name of
 * the claim's volume; neither is in reach of a launcher.
 */
export class ClaimFolders {
  readonly #client: Client;
  readonly #kubeletRoot: string;
  /** Names of bound volumes by the claim's namespace and name; a claim keeps its volume as long as a Pod has it. */
  readonly #volumes = new Map<string, string>();

  constructor(options: { client: Client; kubeletRoot: string }) {
    this.#client = options.client;
    this.#kubeletRoot = options.kubeletRoot;
  }

  /**
   * The folder of a volume's claim on this node; undefined until its attachment Pod runs.
   * @throws HandlerError `volume-unavailable` when the Pod has no such folder, `unsafe-path` for what are no names
   */
  async find(
    { metadata: { namespace } }: VirtualMachineInstance,
    { hotplugVolume, persistentVolumeClaimInfo }: VolumeStatus,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const podUid = hotplugVolume?.attachPodUID ?? '';
    const claimName = persistentVolumeClaimInfo?.claimName ?? '';
    if (podUid === '' || claimName === '') return undefined;
    const volumeName = await this.#volumeOf(namespace, claimName, podUid, signal);
    const link = join(
      this.#kubeletRoot,
      ...podFolder(podUid),
      'volumes',
      'kubernetes.io~local-volume',
      plainName(volumeName),
    );
    try {
      return await readlink(link);
    } catch (cause) {
      // A folder is no link, and other kinds of volumes are in other places.
      const mounted = cause instanceof Error && 'code' in cause && cause.code === 'EINVAL';
      const why = mounted ? 'mounts claims into Pods' : 'has no local volume for it';
      throw new HandlerError(
        'volume-unavailable',
        `claim ${claimName} cannot be plugged into a running machine here: the kubelet ${why}`,
        { cause },
      );
    }
  }

  async #volumeOf(
    namespace: string | undefined,
    name: string,
    podUid: string,
    signal: AbortSignal,
  ): Promise<string> {
    const key = `${podUid}/${name}`;
    const known = this.#volumes.get(key);
    if (known !== undefined) return known;
    const claims = this.#client.resource(resources.persistentVolumeClaims);
    const { spec } = await claims.get(name, { namespace, signal });
    const volume = spec?.volumeName ?? '';
    if (volume === '') throw new HandlerError('volume-unavailable', `claim ${name} is not bound`);
    this.#volumes.set(key, volume);
    return volume;
  }

  /** Forgets what belongs to attachment Pods that are no longer named. */
  retain(podUids: ReadonlySet<string>): void {
    for (const key of this.#volumes.keys())
      if (!podUids.has(key.split('/', 1)[0] ?? '')) this.#volumes.delete(key);
  }
}
