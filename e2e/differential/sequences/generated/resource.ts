import type fc from 'fast-check';
import type { RequestStep } from '../../sequence.ts';
import type { applyType } from '../apply/requests.ts';
import type { patch } from '../requests.ts';

/** A kind whose objects generated sequences are about, and what is drawn for it. */
export interface DrawnKind {
  /** Stands in the names of its sequences. */
  readonly kind: string;
  readonly apiVersion: string;
  /** Path of its collection, in the namespace of the sequence if it has one. */
  readonly path: string;
  /** False for a kind of the whole cluster: its objects are called after the namespace, and nobody asks for all of them. */
  readonly namespaced?: boolean;
  /** Members beside the metadata of an object that is always taken. */
  readonly good: Record<string, unknown>;
  /** Members beside the metadata: good ones, and some that are refused. */
  readonly content: fc.Arbitrary<Record<string, unknown>>;
  /** Patches beside those that every kind takes. */
  readonly changes: fc.Arbitrary<Change>;
  /** What is sent to its status; absent if it has none. */
  readonly status?: fc.Arbitrary<Record<string, unknown>>;
  /** Whether the server assigns addresses or ports; whether a dry run takes some is chance, so there are none. */
  readonly assigns?: boolean;
  /** Whether it has a scale. */
  readonly scale?: boolean;
  /** Field selectors of its own, percent-encoded. */
  readonly selectors?: readonly string[];
  /** Requests that only this kind knows. */
  readonly more?: fc.Arbitrary<RequestStep>;
  /** Whether its sequences need what Pods need. */
  readonly pods?: boolean;
  /** False where the server does not know how lists are merged. */
  readonly strategic?: boolean;
}

type PatchKind = Parameters<typeof patch>[0];

/** A patch: its type and body. */
export type Change = readonly [PatchKind | typeof applyType, unknown];

/** An object of a kind. */
export function objectOf(kind: DrawnKind, metadata: object, content: object): object {
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata, ...content };
}
