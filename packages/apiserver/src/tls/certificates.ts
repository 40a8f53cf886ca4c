import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { ApiServerError } from '../errors.ts';
import { writeKeptFile } from './kept-file.ts';

/** What an HTTPS server needs, all PEM. */
export interface Certificates {
  /** Certificate of the authority that clients trust. */
  ca: string;
  cert: string;
  key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 3600 * 1000;
const CA_DAYS = 3650;
const SERVER_DAYS = 825;
/** A kept certificate is replaced when it has less than this left. */
const RENEW_BEFORE_MS = 30 * DAY_MS;
/** Start of validity lies in the past, for clients whose clock is behind. */
const BACKDATE_MS = DAY_MS;

/** The names under which a server on this machine is reached. */
export const DEFAULT_SERVER_NAMES: readonly string[] = [
  'localhost',
  '127.0.0.1',
  '::1',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
];

interface Authority {
  certificate: x509.X509Certificate;
  keys: webcrypto.CryptoKeyPair;
}

function serialNumber(): string {
  // RFC 5280: positive and at most 20 octets; the leading 01 makes it positive.
  return `01${Buffer.from(crypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function createAuthority(now: Date): Promise<Authority> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: 'CN=virtkit-ca',
      notBefore: new Date(now.getTime() - BACKDATE_MS),
      notAfter: new Date(now.getTime() + CA_DAYS * DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  return { certificate, keys };
}

async function issueServer(authority: Authority, names: readonly string[], now: Date): Promise<Certificates> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: 'CN=virtkit-apiserver',
      issuer: authority.certificate.subject,
      notBefore: new Date(now.getTime() - BACKDATE_MS),
      notAfter: new Date(now.getTime() + SERVER_DAYS * DAY_MS),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: authority.keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    ca: authority.certificate.toString('pem'),
    cert: certificate.toString('pem'),
    key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
  };
}

/** A new authority and a server certificate (ECDSA P-256) for names and addresses. */
export async function generateCertificates(
  names: readonly string[] = DEFAULT_SERVER_NAMES,
  now = new Date(),
): Promise<Certificates> {
  return issueServer(await createAuthority(now), names, now);
}

const cached = new Map<string, Promise<Certificates>>();

/** Certificates for servers in memory: made once per process and set of names, so that further servers start at once. */
export function processCertificates(names: readonly string[]): Promise<Certificates> {
  const id = names.join(',');
  let made = cached.get(id);
  if (made === undefined) {
    made = generateCertificates(names);
    cached.set(id, made);
  }
  return made;
}

/**
 * The certificates kept in a data directory, made when absent, about to expire or made for other names. The file with the
 * private key is readable by its owner only.
 * @throws ApiServerError `DataDirectoryUnusable`
 */
export async function storedCertificates(dataDir: string, names: readonly string[]): Promise<Certificates> {
  const directory = join(dataDir, 'pki');
  const files = {
    ca: join(directory, 'ca.crt'),
    cert: join(directory, 'server.crt'),
    key: join(directory, 'server.key'),
  };
  try {
    if (Object.values(files).every((file) => existsSync(file))) {
      const kept = {
        ca: readFileSync(files.ca, 'utf8'),
        cert: readFileSync(files.cert, 'utf8'),
        key: readFileSync(files.key, 'utf8'),
      };
      // A process that was killed between the files left some that do not belong together.
      if (belongTogether(kept) && isUsable(kept.cert, names)) return kept;
    }
    const made = await generateCertificates(names);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeKeptFile(files.key, made.key, 0o600);
    writeKeptFile(files.cert, made.cert, 0o644);
    writeKeptFile(files.ca, made.ca, 0o644);
    return made;
  } catch (error) {
    if (error instanceof ApiServerError) throw error;
    throw new ApiServerError('DataDirectoryUnusable', `cannot keep certificates in ${directory}`, {
      cause: error,
    });
  }
}

function belongTogether({ ca, cert, key }: Certificates): boolean {
  const certificate = new X509Certificate(cert);
  return (
    certificate.checkPrivateKey(createPrivateKey(key)) &&
    certificate.verify(new X509Certificate(ca).publicKey)
  );
}

function isUsable(pem: string, names: readonly string[]): boolean {
  const certificate = new x509.X509Certificate(pem);
  const alternative = certificate.getExtension(x509.SubjectAlternativeNameExtension);
  const covered = new Set(alternative?.names.items.map((name) => name.value.toLowerCase()));
  return (
    certificate.notAfter.getTime() - Date.now() > RENEW_BEFORE_MS &&
    names.every((name) => covered.has(name.toLowerCase()))
  );
}
