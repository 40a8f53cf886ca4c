import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { ApiServerError } from '../errors.ts';
import { issueCertificate } from './issue.ts';
import { writeKeptFile } from './kept-file.ts';

/** What an HTTPS server needs, all PEM. */
export interface Certificates {
  /** Certificate of the authority that clients trust. */
  ca: string;
  cert: string;
  key: string;
}

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

/** A new authority and a server certificate (ECDSA P-256) for names and addresses. */
export async function generateCertificates(
  names: readonly string[] = DEFAULT_SERVER_NAMES,
  now = new Date(),
): Promise<Certificates> {
  const notBefore = new Date(now.getTime() - BACKDATE_MS);
  const until = (days: number): Date => new Date(now.getTime() + days * DAY_MS);
  const authority = issueCertificate({ name: 'virtkit-ca', notBefore, notAfter: until(CA_DAYS) });
  const server = issueCertificate({
    name: 'virtkit-apiserver',
    notBefore,
    notAfter: until(SERVER_DAYS),
    issuer: authority,
    names,
  });
  return {
    ca: authority.certificate,
    cert: server.certificate,
    key: server.key.export({ type: 'pkcs8', format: 'pem' }),
  };
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
  const certificate = new X509Certificate(pem);
  return (
    certificate.validToDate.getTime() - Date.now() > RENEW_BEFORE_MS &&
    names.every((name) =>
      isIP(name) === 0
        ? certificate.checkHost(name, { wildcards: false }) !== undefined
        : certificate.checkIP(name) !== undefined,
    )
  );
}
