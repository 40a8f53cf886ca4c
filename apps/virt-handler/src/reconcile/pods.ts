import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { ObjectKey } from '@virtkit/controllers/runtime';

/** Which Pod belongs to which instance on this node, in both directions. */
export class Pods {
  readonly #byKey = new Map<ObjectKey, string>();
  readonly #byPod = new Map<string, ObjectKey>();

  /** The UID of the instance's Pod on this node, from `status.activePods`; undefined while it has none here. */
  of(key: ObjectKey, { status }: VirtualMachineInstance, nodeName: string): string | undefined {
    const uids = Object.entries(status?.activePods ?? {})
      .filter(([, node]) => node === nodeName)
      .map(([uid]) => uid);
    const uid = uids.at(-1) ?? this.#byKey.get(key);
    if (uid !== undefined) {
      this.#byKey.set(key, uid);
      this.#byPod.set(uid, key);
    }
    return uid;
  }

  /** The instance of a Pod. */
  keyOf(podUid: string): ObjectKey | undefined {
    return this.#byPod.get(podUid);
  }

  /** Forgets an instance that is gone. @returns the UID of its Pod, if it had one. */
  forget(key: ObjectKey): string | undefined {
    const uid = this.#byKey.get(key);
    this.#byKey.delete(key);
    if (uid !== undefined) this.#byPod.delete(uid);
    return uid;
  }
}
