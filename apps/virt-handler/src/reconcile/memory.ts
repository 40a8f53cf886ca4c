import type { ObjectKey } from '@virtkit/controllers/runtime';
import type { Machine } from '@virtkit/hal';
import type { LauncherClient } from '@virtkit/launcher-api';

/** What is remembered of one instance between two passes. Losing it, by a restart, costs no correctness. */
export interface InstanceMemory {
  readonly uid: string;
  /** When its guest was first asked to shut down, in milliseconds since the epoch. */
  stopRequestedAt?: number;
  /** Addresses of the Pod by interface. */
  podAddresses?: Record<string, string[]>;
  /** Its machine as last seen, which holds for the client through which it was. */
  seen?: { client: LauncherClient; machine: Machine } | undefined;
  /** When a process behind an interface last failed, by interface; what was told of it. */
  interfaceFailures?: Record<string, string>;
  /** Why the machine was ended although it was wanted. */
  endedBecause?: string;
}

/** Memory of the instances of this node. A new instance of the same name remembers nothing of the old one. */
export class InstanceMemories {
  readonly #byKey = new Map<ObjectKey, InstanceMemory>();

  /** Whether there is memory of another instance of this name. */
  isStale(key: ObjectKey, uid: string): boolean {
    const known = this.#byKey.get(key);
    return known !== undefined && known.uid !== uid;
  }

  of(key: ObjectKey, uid: string): InstanceMemory {
    const known = this.#byKey.get(key);
    if (known?.uid === uid) return known;
    const fresh: InstanceMemory = { uid };
    this.#byKey.set(key, fresh);
    return fresh;
  }

  forget(key: ObjectKey): void {
    this.#byKey.delete(key);
  }
}
