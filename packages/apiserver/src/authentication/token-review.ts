import type { UserInfo } from '../admission/types.ts';
import { ApiServerError } from '../errors.ts';
import { elementsOf, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { wireUser } from './wire-user.ts';

/** Whom a token belongs to, and for which audiences it was accepted. */
export interface TokenOwner {
  readonly user: UserInfo;
  readonly audiences: readonly string[];
}

/** Knows the users of bearer tokens. */
export interface TokenAuthenticator {
  /**
   * @param audiences of which the token must be meant for one; those of this server when absent
   * @returns undefined for a token that is not known
   * @throws ApiServerError `Unauthorized` with the reason why a token of this server is no longer good
   */
  authenticateToken(token: string, audiences?: readonly string[]): Promise<TokenOwner | undefined>;
}

/** Each way of knowing a token says so that does not know it. */
const UNKNOWN = 'invalid bearer token';

/** Answers TokenReviews: whether a token is good, and whose it is. */
export class TokenReviewer {
  readonly #tokens: TokenAuthenticator;

  constructor(tokens: TokenAuthenticator) {
    this.#tokens = tokens;
  }

  /** @throws ApiServerError `BadRequest` */
  async review(body: JsonObject): Promise<JsonObject> {
    const spec = membersOf(body.spec);
    const token = stringOf(spec.token);
    if (token === '')
      throw new ApiServerError('BadRequest', 'token is required for TokenReview in authentication');
    const audiences = elementsOf(spec.audiences).filter((audience) => typeof audience === 'string');
    return {
      ...(isObject(body.metadata) && { metadata: body.metadata }),
      spec,
      status: await this.#status(token, audiences),
    };
  }

  async #status(token: string, audiences: readonly string[]): Promise<JsonObject> {
    try {
      const owner = await this.#tokens.authenticateToken(token, audiences.length > 0 ? audiences : undefined);
      if (owner === undefined) return { user: {}, error: UNKNOWN };
      return { authenticated: true, user: wireUser(owner.user), audiences: owner.audiences };
    } catch (error) {
      if (error instanceof ApiServerError && error.code === 'Unauthorized')
        return { user: {}, error: `[${UNKNOWN}, ${error.message}]` };
      throw error;
    }
  }
}
