import { CelFault } from '../errors.ts';
import type { LibrarySource } from '../overloads.ts';
import { list, map, type CelMap, type Opaque } from '../values.ts';
import { quoted } from './format-text.ts';
import { of } from './standard.ts';

/** A URL in its parts, none of them normalised: JavaScript's own class would change them. */
class Url implements Opaque {
  readonly kind = 'opaque';
  readonly type = 'kubernetes.URL';
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly text: string;

  constructor(text: string, scheme: string, host: string, path: string, query: string) {
    this.text = text;
    this.scheme = scheme;
    this.host = host;
    this.path = path;
    this.query = query;
  }

  equals(other: Opaque): boolean {
    return other instanceof Url && other.text === this.text;
  }

  weight(): number {
    return this.text.length;
  }
}

/** Reads an absolute URL or path. @returns why it is none */
function readUrl(text: string): Url | string {
  const failed = (why: string) => `parse ${quoted(text)}: ${why}`;
  if (text === '') return failed('empty url');
  // eslint-disable-next-line no-control-regex -- exactly these are refused
  if (/[\u0000-\u001f\u007f]/.test(text)) return failed('net/url: invalid control character in URL');
  const { scheme, authority, path, query } = partsOf(text);
  if (scheme === '' && text.startsWith(':')) return failed('missing protocol scheme');
  if (scheme === '' && !text.startsWith('/')) return failed('invalid URI for request');
  const opaque = scheme !== '' && authority === undefined && !path.startsWith('/');
  const hostPart = (scheme === '' && authority !== undefined ? '' : (authority ?? '')).replace(/^.*@/, '');
  const badEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(path)?.[0];
  if (badEscape !== undefined) return failed(`invalid URL escape ${quoted(badEscape)}`);
  const port = /^(?:\[[^\]]*\]|[^:]*):(.*)$/.exec(hostPart)?.[1];
  if (port !== undefined && !/^\d*$/.test(port))
    return failed(`invalid port ${quoted(`:${port}`)} after host`);
  if (/[ "<>\\^`{|}]/.test(hostPart)) {
    const character = /[ "<>\\^`{|}]/.exec(hostPart)?.[0] ?? '';
    return failed(`invalid character ${quoted(character)} in host name`);
  }
  if (hostPart.startsWith('[') && !hostPart.includes(']')) return failed("missing ']' in host");
  const rest = scheme === '' && authority !== undefined ? `//${authority}${path}` : path;
  return new Url(text, scheme.toLowerCase(), hostPart, opaque ? '' : escaped(rest), query);
}

/** Takes a URL apart from its end: fragment, query, scheme, authority; the path is what remains. */
function partsOf(text: string): {
  scheme: string;
  authority: string | undefined;
  path: string;
  query: string;
} {
  const [withoutFragment = ''] = text.split('#');
  const mark = withoutFragment.indexOf('?');
  const query = mark < 0 ? '' : withoutFragment.slice(mark + 1);
  const front = mark < 0 ? withoutFragment : withoutFragment.slice(0, mark);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(front)?.[1] ?? '';
  const rest = scheme === '' ? front : front.slice(scheme.length + 1);
  if (!rest.startsWith('//')) return { scheme, authority: undefined, path: rest, query };
  const slash = rest.indexOf('/', 2);
  return slash < 0
    ? { scheme, authority: rest.slice(2), path: '', query }
    : { scheme, authority: rest.slice(2, slash), path: rest.slice(slash), query };
}

/** A path with everything escaped that must be. */
function escaped(path: string): string {
  return path.replaceAll(/[^\w\-.~!$&'()*+,;=:@/%[\]]/gu, (character) =>
    [...Buffer.from(character, 'utf8')]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}

function toUrl(text: string): Url {
  const url = readUrl(text);
  if (typeof url === 'string') throw new CelFault(`URL parse error during conversion from string: ${url}`);
  return url;
}

function hostname({ host }: Url): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  return bracketed === null ? host.replace(/:\d*$/, '') : (bracketed[1] ?? '');
}

function queryOf({ query }: Url): CelMap {
  const members = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(query))
    if (members.get(key)?.push(value) === undefined) members.set(key, [value]);
  return map([...members].map(([key, values]) => [key, list(values)] as const));
}

const U = 'kubernetes.URL';

/** Functions of `url('https://...')`. */
export const URLS: LibrarySource = {
  url: { [`(string) ${U}`]: of(toUrl) },
  isURL: { '(string) bool': of((text: string) => typeof readUrl(text) !== 'string') },
  getScheme: { [`${U}.() string`]: of((url: Url) => url.scheme) },
  getHost: { [`${U}.() string`]: of((url: Url) => url.host) },
  getHostname: { [`${U}.() string`]: of(hostname) },
  getPort: { [`${U}.() string`]: of(({ host }: Url) => /:(\d*)$/.exec(host)?.[1] ?? '') },
  getEscapedPath: { [`${U}.() string`]: of((url: Url) => url.path) },
  getQuery: { [`${U}.() map(string, list(string))`]: of(queryOf) },
};

/** Why a text is no URL, or undefined. */
export function urlProblem(text: string): string | undefined {
  const url = readUrl(text);
  return typeof url === 'string' ? url : undefined;
}
