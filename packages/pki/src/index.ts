/** Certificates of a platform's own programs: issuing, bundles of authorities, and when to renew. */
export { authorityBundle, certificatesOf } from './bundle.ts';
export {
  isSignedBy,
  keyMatches,
  readCertificate,
  type CertificateFacts,
  type KeyPair,
} from './certificate.ts';
export { PkiError, type PkiErrorCode } from './errors.ts';
export { createAuthority, issueCertificate, type CertificateRequest, type Lifetime } from './issue.ts';
export {
  authorityRenewal,
  certificateRenewal,
  type Present,
  type RenewalDecision,
  type RenewalPolicy,
  type RenewalReason,
} from './renewal.ts';
