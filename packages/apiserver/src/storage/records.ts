import type { KubeObject } from '../object/types.ts';

/** Where an object lives: storage resource (`pods`, `widgets.example.com`), namespace (or empty) and name. */
export interface ObjectKey {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** One stored object at its last revision. The object is shared by all readers and must not be changed. */
export interface StoredObject extends ObjectKey {
  readonly revision: number;
  readonly json: string;
  readonly object: KubeObject;
}

/** What happened to an object at a revision. */
export type StoreEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

function parse(json: string): KubeObject {
  // Every body in the store was serialised from a KubeObject by the store itself.
  return JSON.parse(json) as KubeObject;
}

/** One entry of the event log. Objects are parsed and wire encodings made at most once, whoever asks. */
export class StoreEvent implements ObjectKey {
  readonly revision: number;
  readonly type: StoreEventType;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** The object after the event; for `DELETED`, its last state with the revision of the deletion. */
  readonly json: string;
  /** The object before the event, absent for `ADDED`. */
  readonly previousJson: string | undefined;
  readonly #encodings = new Map<string, Buffer>();
  #object: KubeObject | undefined;
  #previous: KubeObject | undefined;

  constructor(
    key: ObjectKey,
    revision: number,
    type: StoreEventType,
    after: { json: string; object?: KubeObject },
    before?: { json: string; object?: KubeObject },
  ) {
    this.resource = key.resource;
    this.namespace = key.namespace;
    this.name = key.name;
    this.revision = revision;
    this.type = type;
    this.json = after.json;
    this.previousJson = before?.json;
    this.#object = after.object;
    this.#previous = before?.object;
  }

  get object(): KubeObject {
    this.#object ??= parse(this.json);
    return this.#object;
  }

  get previous(): KubeObject | undefined {
    if (this.previousJson === undefined) return undefined;
    this.#previous ??= parse(this.previousJson);
    return this.#previous;
  }

  /** Bytes for the wire, shared between all watchers that need the same `variant`. */
  encoded(variant: string, encode: () => Buffer): Buffer {
    let bytes = this.#encodings.get(variant);
    if (bytes === undefined) {
      bytes = encode();
      this.#encodings.set(variant, bytes);
    }
    return bytes;
  }
}

/** Builds the stored form of an object at a revision. */
export function storedObject(
  key: ObjectKey,
  revision: number,
  json: string,
  object?: KubeObject,
): StoredObject {
  return { ...plainKey(key), revision, json, object: object ?? parse(json) };
}

/** The key alone, without the other members of a record. */
export function plainKey({ resource, namespace, name }: ObjectKey): ObjectKey {
  return { resource, namespace, name };
}
