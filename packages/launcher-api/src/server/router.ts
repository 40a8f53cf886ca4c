import { HalError } from '@virtkit/hal';
import { basePath, formatVersion, launcherApiVersion } from '../contract/version.ts';

/** Where a request leads. */
export interface Target<Handler> {
  handler: Handler;
  parts: string[];
  query: URLSearchParams;
}

/**
 * Finds the handler of a request in a table keyed by `METHOD path/with/*`.
 * @throws HalError `unsupported` for another version of the contract or a call that this one does not have.
 */
export function findRoute<Handler>(
  table: Readonly<Record<string, Handler>>,
  method: string,
  url: string,
): Target<Handler> {
  const { pathname, searchParams } = parseUrl(url);
  const segments = pathname.split('/').slice(1);
  const version = segments.shift();
  if (`/${version}` !== basePath) {
    const spoken = formatVersion(launcherApiVersion);
    throw new HalError('unsupported', `this launcher speaks version ${spoken} of its API, below ${basePath}`);
  }
  for (const [key, handler] of Object.entries(table)) {
    const [wantedMethod, pattern = ''] = key.split(' ');
    const parts = wantedMethod === method ? match(pattern.split('/'), segments) : undefined;
    if (parts) return { handler, parts, query: searchParams };
  }
  throw new HalError('unsupported', `this launcher has no call ${method} ${pathname}`);
}

function parseUrl(url: string): URL {
  const parsed = URL.parse(url, 'http://launcher');
  if (parsed) return parsed;
  throw new HalError('invalid-spec', 'the request target is not a URL');
}

function match(pattern: readonly string[], segments: readonly string[]): string[] | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parts: string[] = [];
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index]!;
    if (expected === '*') parts.push(decode(segment));
    else if (expected !== segment) return undefined;
  }
  return parts;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new HalError('invalid-spec', 'the request path is not well encoded', { cause });
  }
}
