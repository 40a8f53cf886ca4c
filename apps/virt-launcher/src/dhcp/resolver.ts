import { readFile } from 'node:fs/promises';
import { isIPv4, isIPv6 } from 'node:net';

/** How a guest finds names. */
export interface Resolver {
  /** Addresses of name servers. */
  readonly dns: readonly string[];
  readonly searchDomains: readonly string[];
}

/** KubeVirt's, where the Pod has none. */
const fallbacks: Resolver = { dns: ['8.8.8.8'], searchDomains: ['cluster.local'] };

/** By the family of the name servers. */
interface Resolvers {
  readonly ipv4: Resolver;
  readonly ipv6: Resolver;
}

/**
 * The Pod's own name servers and search domains (resolv.conf(5)), for its guest (KubeVirt network: source of DNS). What listens on
 * the Pod's loopback interface is of no use to a guest.
 */
export async function podResolver(path = '/etc/resolv.conf'): Promise<Resolvers> {
  return parseResolver(await textOf(path));
}

export function parseResolver(text: string): Resolvers {
  const values = (keyword: string): string[][] =>
    text.split('\n').flatMap((line) => {
      const [first, ...rest] = line.trim().split(/\s+/);
      return first === keyword ? [rest] : [];
    });
  const servers = values('nameserver').flat();
  const dns = servers.filter((address) => isIPv4(address) && !address.startsWith('127.'));
  const dns6 = servers.filter((address) => isIPv6(address) && !/[%.]/.test(address) && address !== '::1');
  // The last line counts.
  const domains = (values('search').at(-1) ?? []).map((domain) => domain.toLowerCase().replace(/\.$/, ''));
  const found = domains.filter((domain) => isDomain(domain));
  const searchDomains = found.length === 0 ? fallbacks.searchDomains : found;
  return {
    ipv4: { dns: dns.length === 0 ? fallbacks.dns : dns, searchDomains },
    ipv6: { dns: dns6, searchDomains },
  };
}

/** With the domain of the guest's own subdomain first, unless it is there already (KubeVirt network: subdomain). */
export function withSubdomain(domains: readonly string[], subdomain: string | undefined): readonly string[] {
  if (subdomain === undefined) return domains;
  const [longest] = domains
    .filter((domain) => /(^|\.)svc\./.test(domain))
    .toSorted((a, b) => b.length - a.length);
  if (longest === undefined || longest.startsWith(`${subdomain}.`)) return domains;
  return [`${subdomain}.${longest}`, ...domains];
}

const isDomain = (domain: string): boolean =>
  domain.length <= 253 &&
  domain.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
