import type { IncomingMessage } from 'node:http';
import type { UserInfo } from '../admission/types.ts';
import { ApiServerError } from '../errors.ts';
import { certificateUser } from './client-certificate.ts';
import { ANONYMOUS } from './groups.ts';
import type { TokenAuthenticator, TokenOwner } from './token-review.ts';

/** How users are recognised. */
export interface AuthenticatorOptions {
  /** Asked in this order about a bearer token. */
  readonly tokens: readonly TokenAuthenticator[];
  /** Whether requests for a path that do not say whom they are from are let in as `system:anonymous`. */
  readonly anonymous: (path: string) => boolean;
  /** The clock. */
  readonly now: () => Date;
}

/** Finds out who sends a request. */
export class Authenticator implements TokenAuthenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /**
   * The user of a request: by the client certificate of its connection or else by a bearer token. What a request says of its
   * user must be right: a bad token or certificate is never taken for none.
   * @throws ApiServerError `Unauthorized`
   */
  async authenticate(request: IncomingMessage, path: string): Promise<UserInfo> {
    const certified = certificateUser(request.socket, this.#options.now());
    if (typeof certified !== 'string') return certified;
    const token = bearerToken(request);
    const owner = token === undefined ? undefined : await this.#ownerOf(token);
    if (owner !== undefined) return owner.user;
    if (token === undefined && certified === 'none' && this.#options.anonymous(path)) return ANONYMOUS;
    // Why a token is not good is told to reviewers only.
    throw new ApiServerError('Unauthorized', 'Unauthorized');
  }

  async authenticateToken(token: string, audiences?: readonly string[]): Promise<TokenOwner | undefined> {
    for (const authenticator of this.#options.tokens) {
      const owner = await authenticator.authenticateToken(token, audiences);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  async #ownerOf(token: string): Promise<TokenOwner | undefined> {
    try {
      return await this.authenticateToken(token);
    } catch (error) {
      if (error instanceof ApiServerError && error.code === 'Unauthorized') return undefined;
      throw error;
    }
  }
}

const WEBSOCKET_BEARER = 'base64url.bearer.authorization.k8s.io.';

/** From the Authorization header or, for browsers' WebSockets, from the subprotocol list. */
function bearerToken(request: IncomingMessage): string | undefined {
  const [scheme = '', token = ''] = (request.headers.authorization ?? '').trim().split(' ');
  if (scheme.toLowerCase() === 'bearer' && token !== '') return token;
  const protocols = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim());
  const carried = protocols.find((protocol) => protocol.startsWith(WEBSOCKET_BEARER));
  return carried === undefined
    ? undefined
    : Buffer.from(carried.slice(WEBSOCKET_BEARER.length), 'base64url').toString('utf8');
}
