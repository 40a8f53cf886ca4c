import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { readCertificate, type KeyPair } from './certificate.ts';
import { PkiError } from './errors.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** From when to when something is valid. */
export interface Lifetime {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds from now on. */
  readonly durationMs: number;
  /** Milliseconds before now from which on it is valid already, for machines whose clocks are late; default 5 minutes. */
  readonly backdatedMs?: number;
}

/** A certificate to be issued. */
export interface CertificateRequest extends Lifetime {
  readonly commonName: string;
  /** Of a client: Kubernetes takes them as the user's groups. */
  readonly organizations?: readonly string[];
  readonly usages: readonly ('server' | 'client')[];
  /** DNS names and IP addresses that a server is called by. */
  readonly names?: readonly string[];
}

const defaultBackdatedMs = 5 * 60 * 1000;

/** A new self-signed authority (ECDSA P-256) that signs end certificates only. */
export async function createAuthority(request: { readonly commonName: string } & Lifetime): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ CN: [request.commonName] }],
      ...validity(request),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return pairOf(certificate, keys);
}

/**
 * A certificate (ECDSA P-256) signed by the authority. It ends with the authority at the latest, as nobody would trust it
 * longer.
 * @throws PkiError `unreadable` for an authority that is none in PEM, `invalid-request` for one that has expired
 */
export async function issueCertificate(authority: KeyPair, request: CertificateRequest): Promise<KeyPair> {
  const signer = readCertificate(authority.certificate);
  if (signer.notAfter <= request.now)
    throw new PkiError('invalid-request', `the authority ${signer.commonName} has expired`);
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await generateKeys();
  const { notBefore, notAfter } = validity(request);
  const organizations = (request.organizations ?? []).map((name) => ({ O: [name] }));
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [...organizations, { CN: [request.commonName] }],
      issuer: issuer.subject,
      notBefore,
      notAfter: new Date(Math.min(notAfter.getTime(), signer.notAfter)),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: await importKey(authority.key),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(request.usages.map((usage) => usageOf[usage])),
        // Tells clients which authority of a bundle it is: while authorities rotate, two have the same name.
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
        ...alternativeNames(request.names ?? []),
      ],
    },
    webcrypto,
  );
  return pairOf(certificate, keys);
}

const usageOf = {
  server: x509.ExtendedKeyUsage.serverAuth,
  client: x509.ExtendedKeyUsage.clientAuth,
} as const;

function alternativeNames(names: readonly string[]): x509.Extension[] {
  if (names.length === 0) return [];
  const values = names.map((value) => ({
    type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
    value,
  }));
  return [new x509.SubjectAlternativeNameExtension(values)];
}

/** Positive, and of 16 bytes: the first is small. */
function serialNumber(): string {
  return `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new PkiError('unreadable', 'the authority has no key in PEM');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

function validity({ now, durationMs, backdatedMs = defaultBackdatedMs }: Lifetime): {
  notBefore: Date;
  notAfter: Date;
} {
  return { notBefore: new Date(now - backdatedMs), notAfter: new Date(now + durationMs) };
}

async function pairOf(certificate: x509.X509Certificate, keys: webcrypto.CryptoKeyPair): Promise<KeyPair> {
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}
