import { readFile, writeFile } from 'node:fs/promises';
import { createAuthority, issueCertificate, type KeyPair } from '@virtkit/pki';

export type { KeyPair } from '@virtkit/pki';

const day = 24 * 3600 * 1000;
const lifetime = () => ({ now: Date.now(), durationMs: 365 * day });

/** Whom a certificate is for: as a client user and groups, as a server names and addresses. */
export interface Subject {
  readonly name: string;
  /** Of a client: Kubernetes takes them from the organisations. */
  readonly groups?: readonly string[];
  /** Of a server: DNS names and IP addresses. */
  readonly names?: readonly string[];
}

/** A certificate authority of a test cluster. Everything is valid for a year. */
export class Authority {
  readonly #pair: KeyPair;

  private constructor(pair: KeyPair) {
    this.#pair = pair;
  }

  /** PEM. */
  get certificate(): string {
    return this.#pair.certificate;
  }

  /** Makes an authority and keeps it in two files. */
  static async create(name: string, files: { certificate: string; key: string }): Promise<Authority> {
    const pair = await createAuthority({ commonName: name, ...lifetime() });
    await writeFile(files.certificate, pair.certificate);
    await writeFile(files.key, pair.key, { mode: 0o600 });
    return new Authority(pair);
  }

  /** The authority that `create` kept. */
  static async load(files: { certificate: string; key: string }): Promise<Authority> {
    const [certificate, key] = await Promise.all([
      readFile(files.certificate, 'utf8'),
      readFile(files.key, 'utf8'),
    ]);
    return new Authority({ certificate, key });
  }

  /** Issues a certificate that serves as a client's and, with names, as a server's. */
  issue({ name, groups = [], names = [] }: Subject): Promise<KeyPair> {
    return issueCertificate(this.#pair, {
      ...lifetime(),
      commonName: name,
      organizations: groups,
      usages: names.length > 0 ? ['client', 'server'] : ['client'],
      names,
    });
  }
}
