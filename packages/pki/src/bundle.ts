import { readCertificate } from './certificate.ts';
import { PkiError } from './errors.ts';

/** KubeVirt keeps as many authorities in a bundle at most. */
const defaultLimit = 50;

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text one by one; what stands between them is left out. */
export function certificatesOf(bundle: string): string[] {
  return bundle.match(block) ?? [];
}

/**
 * A bundle of authorities, newest first: each once, without those that have expired or cannot be read. Old ones stay until
 * they expire, so what they signed is trusted while all sides change over.
 */
export function authorityBundle(
  certificates: readonly string[],
  options: { readonly now: number; readonly limit?: number },
): string {
  const { now, limit = defaultLimit } = options;
  const byText = new Map(certificates.map((pem) => [normal(pem), pem.trim()]));
  return [...byText.values()]
    .map((pem) => ({ pem, times: timesOf(pem) }))
    .filter(({ times }) => times !== undefined && times.notAfter > now)
    .sort((a, b) => b.times!.notBefore - a.times!.notBefore)
    .slice(0, limit)
    .map(({ pem }) => `${pem}\n`)
    .join('');
}

/** Line breaks may differ. */
function normal(pem: string): string {
  return pem.replaceAll(/\s/g, '');
}

function timesOf(pem: string): { notBefore: number; notAfter: number } | undefined {
  try {
    return readCertificate(pem);
  } catch (error) {
    // One unreadable certificate of an administrator must not take the others out of service.
    if (error instanceof PkiError && error.code === 'unreadable') return undefined;
    throw error;
  }
}
