import { createPrivateKey, X509Certificate } from 'node:crypto';
import { PkiError } from './errors.ts';

/** A certificate and its private key, both PEM; the key is PKCS #8. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate says, as far as decisions need it. Times are milliseconds since 1970. */
export interface CertificateFacts {
  readonly commonName: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Hexadecimal, upper case. */
  readonly serialNumber: string;
  readonly isAuthority: boolean;
  /** DNS names and addresses that it is for, in its own order. */
  readonly names: readonly string[];
}

/**
 * Reads the first certificate of a PEM text.
 * @throws PkiError `unreadable`
 */
export function readCertificate(pem: string): CertificateFacts {
  const certificate = parse(pem);
  return {
    commonName: commonNameOf(certificate.subject),
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
    serialNumber: certificate.serialNumber,
    isAuthority: certificate.ca,
    names: namesOf(certificate.subjectAltName),
  };
}

/** Whether the key is that of the certificate; false also when the key cannot be read. */
export function keyMatches({ certificate, key }: KeyPair): boolean {
  const read = parse(certificate);
  try {
    return read.checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    // OpenSSL's errors have a code each; what they have in common is that the text is no key.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/** Whether the authority signed the certificate; says nothing of times. */
export function isSignedBy(certificate: string, authority: string): boolean {
  return parse(certificate).verify(parse(authority).publicKey);
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new PkiError('unreadable', 'the text is no certificate in PEM', { cause });
  }
}

/** One attribute per line. */
function commonNameOf(subject: string): string {
  const line = subject.split('\n').find((attribute) => attribute.startsWith('CN='));
  return line === undefined ? '' : line.slice('CN='.length);
}

function namesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(', ')
    .map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1])
    .filter((name) => name !== undefined);
}
