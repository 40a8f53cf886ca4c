import { randomBytes, createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { UserInfo } from '../admission/types.ts';
import { ApiServerError } from '../errors.ts';

/** A user that may connect. */
export interface TokenIdentity {
  /** User name. */
  name: string;
  /** Groups besides `system:authenticated`. */
  groups?: readonly string[];
  /** Bearer token; generated when absent. */
  token?: string;
  /** What admission may know besides, such as `authentication.kubernetes.io/node-name` of a node agent. */
  extra?: Readonly<Record<string, readonly string[]>>;
}

const AUTHENTICATED = 'system:authenticated';

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

/** Knows the bearer tokens. Tokens are kept as hashes, so looking one up takes no secret-dependent time. */
export class Authenticator {
  readonly #users = new Map<string, UserInfo>();

  /** Admits a user. @returns its bearer token. */
  issue(identity: TokenIdentity): string {
    const token = identity.token ?? randomBytes(24).toString('base64url');
    if (token === '')
      throw new ApiServerError('InvalidConfiguration', `the token of ${identity.name} is empty`);
    const groups = [...new Set([...(identity.groups ?? []), AUTHENTICATED])];
    const { name, extra } = identity;
    this.#users.set(digest(token), { name, groups, ...(extra === undefined ? {} : { extra }) });
    return token;
  }

  /** Stops accepting a token. */
  revoke(token: string): void {
    this.#users.delete(digest(token));
  }

  /** The user of a request. @throws ApiServerError `Unauthorized` */
  authenticate(request: IncomingMessage): UserInfo {
    const token = bearerToken(request);
    const user = token === undefined ? undefined : this.#users.get(digest(token));
    if (user === undefined) throw new ApiServerError('Unauthorized', 'a valid bearer token is required');
    return user;
  }
}

const WEBSOCKET_BEARER = 'base64url.bearer.authorization.k8s.io.';

/** From the Authorization header or, for browsers' WebSockets, from the subprotocol list. */
function bearerToken(request: IncomingMessage): string | undefined {
  const match = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '');
  if (match !== null) return match[1];
  const protocols = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim());
  const carried = protocols.find((protocol) => protocol.startsWith(WEBSOCKET_BEARER));
  return carried === undefined
    ? undefined
    : Buffer.from(carried.slice(WEBSOCKET_BEARER.length), 'base64url').toString('utf8');
}
