import { createPrivateKey, X509Certificate } from 'node:crypto';
import { watchFiles, type Reading, type WatchedFiles, type WatchFilesOptions } from './watched-files.ts';

/** A certificate (with its chain) and its private key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** How files are followed; see `watchFiles`. */
export type TlsFilesOptions = Pick<WatchFilesOptions<unknown>, 'logger' | 'signal' | 'pollMs'>;

/**
 * A key pair in files, such as `tls.crt` and `tls.key` of a mounted Secret, reloaded when they change. A certificate and a
 * key that do not belong together, as between two writes, are never used: the pair before them stays in force.
 *
 * @throws the reason of `signal` when it aborts before both files are there
 */
export function watchKeyPair(
  certificateFile: string,
  keyFile: string,
  options: TlsFilesOptions,
): Promise<WatchedFiles<KeyPair>> {
  return watchFiles({
    ...options,
    paths: [certificateFile, keyFile],
    read: (certificate, key) => readKeyPair({ certificate: certificate ?? '', key: key ?? '' }),
    equal: (one, other) => one.certificate === other.certificate && one.key === other.key,
  });
}

/**
 * Certificates of authorities in a file, PEM, such as a key of a mounted ConfigMap, reloaded when it changes.
 *
 * @throws the reason of `signal` when it aborts before the file is there
 */
export function watchBundle(file: string, options: TlsFilesOptions): Promise<WatchedFiles<string>> {
  return watchFiles({ ...options, paths: [file], read: (text = '') => readBundle(text) });
}

/** The pair, if the key is that of the certificate. */
export function readKeyPair(pair: KeyPair): Reading<KeyPair> {
  try {
    const isPair = new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.key));
    return isPair
      ? { ok: true, value: pair }
      : { ok: false, problem: 'the key is not that of the certificate' };
  } catch (error) {
    return { ok: false, problem: messageOf(error) };
  }
}

const certificatePattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text; what is between them is left out. */
export function readBundle(text: string): Reading<string> {
  const certificates = text.match(certificatePattern) ?? [];
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (error) {
    return { ok: false, problem: messageOf(error) };
  }
  return certificates.length > 0
    ? { ok: true, value: `${certificates.join('\n')}\n` }
    : { ok: false, problem: 'there is no certificate in it' };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
