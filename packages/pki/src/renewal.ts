// When certificates are made anew. An authority is renewed a while before it ends; from then on both are in the bundle. What
// the old one signed is signed again when half of that while is over, so that everybody has read the new bundle by then. What
// is due before waits for the same reason, for half of the time that it has left, and so does what is to live differently.
import { isSignedBy, keyMatches, readCertificate, type KeyPair } from './certificate.ts';
import { PkiError } from './errors.ts';

/** How long something lives, and how long before its end it is renewed; milliseconds. */
export interface RenewalPolicy {
  readonly durationMs: number;
  readonly renewBeforeMs: number;
}

/** Why something is made anew. */
export type RenewalReason =
  /** There is none yet. */
  | 'missing'
  /** It cannot be read, or its key is another's. */
  | 'unreadable'
  /** Its last part has begun, or it has ended. */
  | 'due'
  /** It was made for another duration than is asked for now. */
  | 'duration-changed'
  /** Its name, or a name it is called by, is another now. */
  | 'name-changed'
  /** Its authority is not the present one. */
  | 'authority-changed';

/** Whether something is to be made anew, and if not, when to look again (milliseconds since 1970). */
export type RenewalDecision =
  | { readonly kind: 'keep'; readonly until: number }
  | { readonly kind: 'renew'; readonly reason: RenewalReason };

/** What there is: a pair, and the duration that it was made for where that is known. */
export interface Present {
  readonly pair: KeyPair | undefined;
  readonly madeForMs?: number | undefined;
}

const renew = (reason: RenewalReason): RenewalDecision => ({ kind: 'renew', reason });

/** Decides about an authority. */
export function authorityRenewal(
  present: Present & { readonly commonName: string },
  policy: RenewalPolicy,
  now: number,
): RenewalDecision {
  return decide(present, policy, now, ({ commonName, isAuthority }) =>
    commonName === present.commonName && isAuthority ? undefined : 'name-changed',
  );
}

/** Decides about a certificate that `authority` is to have signed: the present one, with how it is renewed itself. */
export function certificateRenewal(
  present: Present & { readonly commonName: string; readonly names?: readonly string[] },
  policy: RenewalPolicy,
  authority: { readonly certificate: string; readonly policy: RenewalPolicy },
  now: number,
): RenewalDecision {
  const decision = decide(present, policy, now, ({ commonName, names }) =>
    commonName === present.commonName && sameNames(names, present.names ?? []) ? undefined : 'name-changed',
  );
  if (present.pair === undefined || (decision.kind === 'renew' && !canWait(decision.reason))) return decision;
  const { notAfter } = readCertificate(present.pair.certificate);
  const signer = readCertificate(authority.certificate);
  if (isSignedBy(present.pair.certificate, authority.certificate)) {
    const isDue = decision.kind === 'renew' && decision.reason === 'due';
    // It ends with its authority: another one would end then, too, so what helps is another authority.
    if (isDue && notAfter >= signer.notAfter && now < notAfter) return { kind: 'keep', until: notAfter };
    return decision;
  }
  const bornAt = signer.notAfter - authority.policy.durationMs;
  const dueAt = notAfter - policy.renewBeforeMs;
  const knownAt = bornAt + authority.policy.renewBeforeMs / 2;
  const urgentAt = (Math.max(bornAt, dueAt) + notAfter) / 2;
  if (knownAt <= now) return decision.kind === 'renew' ? decision : renew('authority-changed');
  if (urgentAt <= now) return decision;
  return { kind: 'keep', until: Math.min(knownAt, urgentAt) };
}

/** Whether the present certificate serves until its authority's successor is known to everybody. */
function canWait(reason: RenewalReason): boolean {
  return reason === 'due' || reason === 'duration-changed';
}

function decide(
  { pair, madeForMs }: Present,
  policy: RenewalPolicy,
  now: number,
  change: (facts: ReturnType<typeof readCertificate>) => RenewalReason | undefined,
): RenewalDecision {
  if (pair === undefined) return renew('missing');
  const facts = readablePair(pair);
  if (facts === undefined) return renew('unreadable');
  const dueAt = facts.notAfter - policy.renewBeforeMs;
  if (dueAt <= now) return renew('due');
  if (madeForMs !== undefined && madeForMs !== policy.durationMs) return renew('duration-changed');
  const reason = change(facts);
  return reason === undefined ? { kind: 'keep', until: dueAt } : renew(reason);
}

function readablePair(pair: KeyPair): ReturnType<typeof readCertificate> | undefined {
  try {
    const facts = readCertificate(pair.certificate);
    return keyMatches(pair) ? facts : undefined;
  } catch (error) {
    if (error instanceof PkiError && error.code === 'unreadable') return undefined;
    throw error;
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  const wanted = new Set(b);
  return a.length === wanted.size && a.every((name) => wanted.has(name));
}
