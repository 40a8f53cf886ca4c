import {
  authorityBundle,
  authorityRenewal,
  certificatesOf,
  createAuthority,
  issueCertificate,
  type KeyPair,
} from '@virtkit/pki';

const day = 24 * 3600 * 1000;
const policy = { durationMs: 7 * day, renewBeforeMs: 1.4 * day };

/** The authority to sign with now, and the bundle by which everybody checks: both authorities while they change. */
export async function presentAuthority(stored: KeyPair | undefined, bundle: string, now: number) {
  const decision = authorityRenewal({ pair: stored, commonName: 'ca.example' }, policy, now);
  const pair =
    stored !== undefined && decision.kind === 'keep'
      ? stored
      : await createAuthority({ commonName: 'ca.example', now, durationMs: policy.durationMs });
  return { pair, bundle: authorityBundle([pair.certificate, ...certificatesOf(bundle)], { now }) };
}

/** A server's certificate. */
export function serverCertificate(authority: KeyPair, name: string, now: number) {
  return issueCertificate(authority, {
    commonName: name,
    usages: ['server'],
    names: [name],
    now,
    durationMs: day,
  });
}
