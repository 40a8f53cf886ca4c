import { patchIfChanged } from '@virtkit/controllers/runtime';
import type { KubeVirt, KubeVirtStatus } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';

/** Writes the status of one KubeVirt object during one pass, of which nobody else is the author. */
export class StatusTeller {
  readonly #client: Client;
  readonly #onWrite: (stored: KubeVirt) => void;
  #current: KubeVirt;

  /** @param onWrite hears of each version that was written */
  constructor(client: Client, kubeVirt: KubeVirt, onWrite: (stored: KubeVirt) => void) {
    this.#client = client;
    this.#onWrite = onWrite;
    this.#current = kubeVirt;
  }

  /**
   * Writes what differs. `project` is given the object as it was told last in this pass, so that nothing said before is taken back.
   * @throws ApiError `conflict` when somebody changed the object meanwhile: the next pass sees it
   */
  async tell(project: (told: KubeVirt) => KubeVirtStatus, signal: AbortSignal): Promise<void> {
    const desired = { ...this.#current, status: project(this.#current) };
    const stored = await patchIfChanged(this.#client.kubeVirts, this.#current, desired, {
      subresource: 'status',
      signal,
    });
    if (stored === undefined) return;
    this.#current = stored;
    this.#onWrite(stored);
  }
}
