import type { IncomingMessage } from 'node:http';
import { ApiServerError } from '../errors.ts';

/** What the first line of a request names. */
export interface RequestTarget {
  /** Decoded, with one slash before each segment and none at the end; `/` for the root. */
  readonly path: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

const PROXY_FORM = /^https?:\/\/[^/?#]*/i;

/**
 * The target of a request. Nothing is resolved or repaired: a path that could be read in two ways is refused, so that what is
 * authorised and recorded is what is answered.
 * @throws ApiServerError `BadRequest`; `NotFound` for empty segments
 */
export function requestTarget({ url = '/' }: Pick<IncomingMessage, 'url'>): RequestTarget {
  const local = url.replace(PROXY_FORM, '');
  const [pathname = '', ...query] = local.split('?');
  if (pathname.includes('#') || !(pathname.startsWith('/') || (pathname === '' && local !== url)))
    throw new ApiServerError('BadRequest', 'the target of the request is not a path');
  // A slash at the end changes nothing.
  if (pathname.slice(0, -1).includes('//'))
    throw new ApiServerError('NotFound', 'the path of the request has an empty segment');
  const segments = pathSegments(pathname);
  return { path: `/${segments.join('/')}`, segments, query: new URLSearchParams(query.join('?')) };
}

/**
 * The decoded segments of a URL path.
 * @throws ApiServerError `BadRequest` for broken percent-encoding, and for segments that are no names: `.`, `..`, and what
 * has a slash, a backslash or a control character in it
 */
export function pathSegments(pathname: string): string[] {
  try {
    return pathname
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => checked(decodeURIComponent(segment)));
  } catch (error) {
    if (error instanceof URIError)
      throw new ApiServerError('BadRequest', 'the path is not correctly percent-encoded', { cause: error });
    throw error;
  }
}

function checked(segment: string): string {
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  if (segment === '.' || segment === '..' || /[\u0000-\u001f\u007f/\\]/.test(segment))
    throw new ApiServerError('BadRequest', `the path has the segment ${JSON.stringify(segment)}`);
  return segment;
}
