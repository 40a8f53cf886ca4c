import { createHash } from 'node:crypto';
import type { UserInfo } from '../admission/types.ts';
import { ApiServerError } from '../errors.ts';
import { generateToken } from '../tls/token-file.ts';
import type { TokenAuthenticator, TokenOwner } from './token-review.ts';
import { AUTHENTICATED } from './groups.ts';

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

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

/**
 * The bearer tokens that the embedder has given to users. They are kept as hashes, so looking one up takes no time that
 * depends on a secret. All are meant for the audiences of this server.
 */
export class StaticTokens implements TokenAuthenticator {
  readonly #users = new Map<string, UserInfo>();
  readonly #audiences: readonly string[];

  constructor(audiences: readonly string[]) {
    this.#audiences = audiences;
  }

  /** Admits a user. @returns its bearer token. */
  issue(identity: TokenIdentity): string {
    const token = identity.token ?? generateToken();
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

  async authenticateToken(token: string, wanted = this.#audiences): Promise<TokenOwner | undefined> {
    const user = this.#users.get(digest(token));
    const audiences = this.#audiences.filter((audience) => wanted.includes(audience));
    return user === undefined || audiences.length === 0 ? undefined : { user, audiences };
  }
}
