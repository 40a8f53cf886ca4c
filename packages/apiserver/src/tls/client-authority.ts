import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiServerError } from '../errors.ts';
import { issueCertificate, POINT_BYTES, type Issued } from './issue.ts';
import { writeKeptFile } from './kept-file.ts';

/** Whom a client certificate is for. */
export interface CertificateIdentity {
  /** User name: the common name. */
  name: string;
  /** Groups besides `system:authenticated`: the organizations. */
  groups?: readonly string[];
  uid?: string;
  /** Default: one year. */
  expirationSeconds?: number;
}

/** A client certificate with its key, both PEM. */
export interface ClientCertificate {
  cert: string;
  key: string;
}

/** Attribute of a certificate's subject that carries the uid of a user. */
export const UID_ATTRIBUTE = '1.3.6.1.4.1.57683.2';

const YEAR_SECONDS = 365 * 24 * 3600;
/** Start of validity lies in the past, for servers whose clock is behind. */
const BACKDATE_MS = 5 * 60_000;
const DAY_MS = 24 * 3600 * 1000;
const AUTHORITY_DAYS = 3650;
/** A kept authority is replaced when it has less than this left. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** An authority whose certificates say who a client is. */
export class ClientAuthority {
  readonly #authority: Issued;

  private constructor(authority: Issued) {
    this.#authority = authority;
  }

  /** PEM. */
  get certificate(): string {
    return this.#authority.certificate;
  }

  /**
   * The authority that is kept in a data directory, made when absent; a new one without a data directory.
   * @throws ApiServerError `DataDirectoryUnusable`
   */
  static open(dataDir: string | undefined, name: string, now: Date): ClientAuthority {
    const commonName = `virtkit-${name}`;
    const make = (): Issued =>
      issueCertificate({
        name: commonName,
        notBefore: new Date(now.getTime() - BACKDATE_MS),
        notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
      });
    if (dataDir === undefined) return new ClientAuthority(make());
    const directory = join(dataDir, 'pki');
    const file = join(directory, `${name}.pem`);
    try {
      const kept = existsSync(file) ? parse(commonName, readFileSync(file, 'utf8')) : undefined;
      if (kept !== undefined && kept.notAfter.getTime() - now.getTime() > RENEW_BEFORE_MS)
        return new ClientAuthority(kept.issued);
      const made = make();
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      // Certificate and key in one file: there is never one without the other.
      writeKeptFile(file, `${made.certificate}${keyText(made)}`, 0o600);
      return new ClientAuthority(made);
    } catch (error) {
      throw new ApiServerError('DataDirectoryUnusable', `cannot keep an authority in ${file}`, {
        cause: error,
      });
    }
  }

  /** Issues a client certificate. @throws ApiServerError `InvalidConfiguration` */
  issue(identity: CertificateIdentity, now: Date): ClientCertificate {
    const { name, groups = [], uid, expirationSeconds = YEAR_SECONDS } = identity;
    if (name === '')
      throw new ApiServerError('InvalidConfiguration', 'a client certificate needs a user name');
    if (!(expirationSeconds > 0))
      throw new ApiServerError('InvalidConfiguration', 'expirationSeconds of a certificate must be positive');
    const issued = issueCertificate({
      name,
      organizations: groups,
      ...(uid !== undefined && { attributes: { [UID_ATTRIBUTE]: uid } }),
      notBefore: new Date(now.getTime() - BACKDATE_MS),
      notAfter: new Date(now.getTime() + expirationSeconds * 1000),
      issuer: this.#authority,
    });
    return { cert: issued.certificate, key: keyText(issued) };
  }
}

function keyText({ key }: Issued): string {
  return key.export({ type: 'pkcs8', format: 'pem' });
}

function parse(name: string, pem: string): { issued: Issued; notAfter: Date } {
  const certificate = new X509Certificate(pem);
  const key = createPrivateKey(pem.slice(pem.indexOf('-----BEGIN PRIVATE KEY')));
  const encodedKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(encodedKey.subarray(-POINT_BYTES)).digest();
  return {
    issued: { name, key, keyId, certificate: certificate.toString() },
    notAfter: certificate.validToDate,
  };
}
