import type { KubernetesObject } from '@virtkit/core-types';
import { systemClock, type Clock } from './clock.ts';
import type { ObjectKey } from './object-key.ts';

type Awaited =
  | { readonly kind: 'presence' }
  | { readonly kind: 'deletion' }
  | { readonly kind: 'version'; readonly resourceVersion: string };

/**
 * Remembers what a controller wrote that its stores do not show yet. Until each created object and each patched
 * version has been seen and each deleted object is going, the owner is not reconciled again: on a stale store it would
 * create a second child, or write what is written already.
 */
export class Expectations {
  readonly #clock: Clock;
  readonly #expiryMs: number;
  // owner -> uid of the awaited object -> what is awaited
  readonly #open = new Map<ObjectKey, Map<string, { awaited: Awaited; expiresAt: number }>>();
  // owner in a pass -> what was seen since the pass began, by uid; an event can be faster than the answer to its write
  readonly #duringPass = new Map<ObjectKey, Map<string, KubernetesObject | 'gone'>>();

  /** @param options.expiryMs after which a missing sign no longer holds the owner back; default 5 minutes. */
  constructor(options: { clock?: Clock; expiryMs?: number } = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#expiryMs = options.expiryMs ?? 5 * 60_000;
  }

  /** A pass over the owner begins; what is seen from now on may be the result of its writes. */
  beginPass(owner: ObjectKey): void {
    this.#duringPass.set(owner, new Map());
  }

  /** The pass is over; what its writes still wait for is kept. */
  endPass(owner: ObjectKey): void {
    this.#duringPass.delete(owner);
  }

  /** `owner` waits until the store has this object, which was just created. */
  expectPresence(owner: ObjectKey, object: KubernetesObject): void {
    this.#expect(owner, object, { kind: 'presence' });
  }

  /** `owner` waits until this object carries a deletion timestamp or is gone. */
  expectDeletion(owner: ObjectKey, object: KubernetesObject): void {
    this.#expect(owner, object, { kind: 'deletion' });
  }

  /** `owner` waits until the store has this version of the object, which a write answered, or a later one. */
  expectVersion(owner: ObjectKey, object: KubernetesObject): void {
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined) this.#expect(owner, object, { kind: 'version', resourceVersion });
  }

  /** The store has this version of an object. */
  seen(owner: ObjectKey, object: KubernetesObject): void {
    const uid = object.metadata.uid;
    if (uid === undefined) return;
    this.#duringPass.get(owner)?.set(uid, object);
    const open = this.#open.get(owner)?.get(uid);
    if (open !== undefined && isMet(open.awaited, object)) this.#close(owner, uid);
  }

  /** The object is gone from the store, and so is whatever was awaited of it. */
  gone(owner: ObjectKey, object: KubernetesObject): void {
    const uid = object.metadata.uid;
    if (uid === undefined) return;
    this.#duringPass.get(owner)?.set(uid, 'gone');
    this.#close(owner, uid);
  }

  /** Whether nothing is awaited; what has waited too long is forgotten. */
  satisfied(owner: ObjectKey): boolean {
    return this.waitMs(owner) === undefined;
  }

  /** Milliseconds until the last open expectation of the owner expires; undefined when there is none. */
  waitMs(owner: ObjectKey): number | undefined {
    const open = this.#open.get(owner);
    if (open === undefined) return undefined;
    const now = this.#clock.now();
    let latest = now;
    for (const [uid, { expiresAt }] of open) {
      if (expiresAt <= now) open.delete(uid);
      else latest = Math.max(latest, expiresAt);
    }
    if (open.size > 0) return latest - now;
    this.#open.delete(owner);
    return undefined;
  }

  /** Forgets everything about an owner that no longer exists. */
  forget(owner: ObjectKey): void {
    this.#open.delete(owner);
  }

  #expect(owner: ObjectKey, object: KubernetesObject, awaited: Awaited): void {
    const uid = object.metadata.uid;
    if (uid === undefined) return;
    const seen = this.#duringPass.get(owner)?.get(uid);
    if (seen !== undefined && (seen === 'gone' || isMet(awaited, seen))) return;
    const open = this.#open.get(owner) ?? new Map<string, { awaited: Awaited; expiresAt: number }>();
    open.set(uid, { awaited, expiresAt: this.#clock.now() + this.#expiryMs });
    this.#open.set(owner, open);
  }

  #close(owner: ObjectKey, uid: string): void {
    const open = this.#open.get(owner);
    open?.delete(uid);
    if (open?.size === 0) this.#open.delete(owner);
  }
}

function isMet(awaited: Awaited, object: KubernetesObject): boolean {
  switch (awaited.kind) {
    case 'presence':
      return true;
    case 'deletion':
      return object.metadata.deletionTimestamp !== undefined;
    case 'version':
      return notOlder(object.metadata.resourceVersion, awaited.resourceVersion);
  }
}

const decimal = /^\d+$/;

/** Kubernetes lets clients compare resource versions of one kind as numbers; anything else can only be equal. */
function notOlder(seen: string | undefined, wanted: string): boolean {
  if (seen === undefined || !decimal.test(seen) || !decimal.test(wanted)) return seen === wanted;
  return BigInt(seen) >= BigInt(wanted);
}
