import { getCiphers, type SecureVersion } from 'node:tls';
import type { TlsPolicy } from './tls-connections.ts';

/** `tlsConfiguration` of the KubeVirt object. */
export interface TlsConfiguration {
  readonly minTLSVersion?: string | undefined;
  /** IANA names of cipher suites. */
  readonly ciphers?: readonly string[] | undefined;
}

const versions: Readonly<Record<string, SecureVersion>> = {
  VersionTLS10: 'TLSv1',
  VersionTLS11: 'TLSv1.1',
  VersionTLS12: 'TLSv1.2',
  VersionTLS13: 'TLSv1.3',
};

/**
 * What servers of the platform are to accept, as the KubeVirt object says it: TLS 1.2 unless it names another version
 * (KubeVirt operator facts, `tlsConfiguration`). Suites of TLS 1.3 cannot be chosen. Those that this OpenSSL does not have are
 * left out; with none left, it chooses itself.
 */
export function tlsPolicyOf({ minTLSVersion = '', ciphers = [] }: TlsConfiguration = {}): TlsPolicy {
  const minVersion = versions[minTLSVersion] ?? 'TLSv1.2';
  const known = new Set(getCiphers());
  const chosen = ciphers
    .flatMap((name) => openSslName(name) ?? [])
    .filter((name) => known.has(name.toLowerCase()));
  return chosen.length === 0 ? { minVersion } : { minVersion, ciphers: chosen.join(':') };
}

const suite = /^TLS_(?<exchange>[A-Z_]+)_WITH_(?<cipher>[A-Z0-9_]+)$/;

/**
 * OpenSSL's name of a cipher suite: `ECDHE-RSA-AES128-GCM-SHA256` for `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. Undefined for
 * suites of TLS 1.3, which have the same names everywhere and say nothing of the exchange of keys.
 */
function openSslName(name: string): string | undefined {
  const { exchange, cipher } = suite.exec(name)?.groups ?? {};
  if (exchange === undefined || cipher === undefined) return undefined;
  const parts = cipher
    .replace(/AES_(128|256)/, 'AES$1')
    // The mode goes without saying, and so does the hash of ChaCha20.
    .replace('_CBC_SHA', '_SHA')
    .replace('POLY1305_SHA256', 'POLY1305');
  const before = exchange === 'RSA' ? '' : `${exchange}-`;
  return `${before}${parts}`.replaceAll('_', '-');
}
