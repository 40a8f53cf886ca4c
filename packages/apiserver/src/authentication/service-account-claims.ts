import type { JsonObject } from '../object/json.ts';

/** An object that a token speaks of. */
export interface ClaimedObject extends JsonObject {
  readonly name: string;
  readonly uid?: string;
}

/** What a token says about its account and what it is bound to; the member `kubernetes.io` of the token. */
export interface ServiceAccountClaims extends JsonObject {
  readonly namespace: string;
  readonly serviceaccount: ClaimedObject;
  readonly pod?: ClaimedObject;
  readonly secret?: ClaimedObject;
  readonly node?: ClaimedObject;
  /** Seconds since the epoch after which the holder ought to have a newer one. */
  readonly warnafter?: number;
}

/** The user name of a service account. */
export function accountName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The groups of every service account of a namespace. */
export function accountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}
