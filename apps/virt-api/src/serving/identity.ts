import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { ApiServerError, type UserInfo } from '@virtkit/apiserver';
import { peerName } from '@virtkit/program';
import type { FrontProxyTrust } from './front-proxy-trust.ts';

/** Who makes requests that nobody vouches for. */
export const anonymous: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/**
 * The user that the front proxy names in its headers. The proxy is known by its certificate: by the authority, and by the
 * common name where the cluster tells which may be one. What anybody else writes into the headers does not count.
 *
 * @throws ApiServerError `Unauthorized`
 */
export function authenticate(request: IncomingMessage, trust: FrontProxyTrust): UserInfo {
  refuseOthers(request, trust);
  const { headersDistinct: headers } = request;
  const [name] = firstPresent(headers, trust.userHeaders);
  const groups = firstPresent(headers, trust.groupHeaders);
  if (name === undefined || name === '' || groups.length === 0)
    throw new ApiServerError('Unauthorized', 'the headers name no user, or none of its groups');
  return { name, groups, extra: extraOf(headers, trust.extraPrefixes) };
}

function refuseOthers({ socket }: IncomingMessage, { allowedNames }: FrontProxyTrust): void {
  if (!(socket instanceof TLSSocket) || !socket.authorized)
    throw new ApiServerError('Unauthorized', 'the request has not come through the aggregation layer');
  const name = peerName(socket);
  if (allowedNames.length > 0 && (name === undefined || !allowedNames.includes(name)))
    throw new ApiServerError('Unauthorized', `${name ?? 'nobody'} may not speak for users`);
}

type Headers = IncomingMessage['headersDistinct'];

function firstPresent(headers: Headers, names: readonly string[]): readonly string[] {
  const present = names.find((name) => headers[name] !== undefined);
  return present === undefined ? [] : (headers[present] ?? []).map(decoded);
}

/** Keys of extra attributes are part of the header's name, percent-encoded. */
function extraOf(headers: Headers, prefixes: readonly string[]): Record<string, readonly string[]> {
  const extra = Object.entries(headers).flatMap(([header, values = []]) => {
    const prefix = prefixes.find((candidate) => header.startsWith(candidate));
    return prefix === undefined
      ? []
      : [[unescaped(header.slice(prefix.length)), values.map(decoded)] as const];
  });
  return Object.fromEntries(extra);
}

/** Node reads headers as Latin-1; Kubernetes writes them in UTF-8. */
function decoded(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch (error) {
    // KubeVirt takes a key that is no encoding as it is.
    if (error instanceof URIError) return key;
    throw error;
  }
}
