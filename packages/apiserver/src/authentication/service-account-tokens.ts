import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listText } from '../authorization/rule-coverage.ts';
import { ApiServerError } from '../errors.ts';
import { elementsOf, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { writeKeptFile } from '../tls/kept-file.ts';
import type { ServiceAccountClaims } from './service-account-claims.ts';
import { accountUser, type BoundObjects } from './bound-objects.ts';
import type { TokenAuthenticator, TokenOwner } from './token-review.ts';

/** Loaded when the first token is signed or checked: most control planes of tests never see one. */
const library = () => import('jose');

const ALGORITHM = 'ES256';
/** Clocks may differ by this much. */
const LEEWAY_SECONDS = 60;
/** Tokens whose signatures are remembered as checked. */
const REMEMBERED = 1_000;

/** What a token carries, with the times in seconds since the epoch. */
interface Payload {
  readonly audiences: readonly string[];
  readonly expires: number;
  readonly notBefore: number;
  readonly id: string;
  readonly claims: JsonObject;
}

/** What service account tokens are made with. */
export interface ServiceAccountTokensOptions {
  /** Where the key is kept; it is made anew when absent. */
  readonly dataDir: string | undefined;
  readonly issuer: string;
  readonly objects: BoundObjects;
  readonly now: () => Date;
}

/** Signs and checks the tokens of service accounts: JSON Web Tokens that are good as long as what they are bound to exists. */
export class ServiceAccountTokens implements TokenAuthenticator {
  readonly issuer: string;
  readonly #key: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;
  readonly #objects: BoundObjects;
  readonly #now: () => Date;
  readonly #checked = new Map<string, Payload>();

  /** @throws ApiServerError `DataDirectoryUnusable` */
  constructor({ dataDir, issuer, objects, now }: ServiceAccountTokensOptions) {
    this.issuer = issuer;
    this.#objects = objects;
    this.#now = now;
    this.#key = signingKey(dataDir);
    this.#publicKey = createPublicKey(this.#key);
    const der = this.#publicKey.export({ type: 'spki', format: 'der' });
    this.#keyId = createHash('sha256').update(der).digest('base64url');
  }

  /** A token with these claims that is good for so many seconds. */
  async sign(
    subject: string,
    audiences: readonly string[],
    expirationSeconds: number,
    claims: ServiceAccountClaims,
  ): Promise<string> {
    const { SignJWT } = await library();
    const now = this.#seconds();
    return new SignJWT({ 'kubernetes.io': claims })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#keyId })
      .setIssuer(this.issuer)
      .setSubject(subject)
      .setAudience([...audiences])
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + expirationSeconds)
      .setJti(crypto.randomUUID())
      .sign(this.#key);
  }

  async authenticateToken(
    token: string,
    wanted: readonly string[] = [this.issuer],
  ): Promise<TokenOwner | undefined> {
    const payload = await this.#payload(token);
    if (payload === undefined) return undefined;
    const audiences = payload.audiences.filter((audience) => wanted.includes(audience));
    if (audiences.length === 0)
      throw refused(
        `token audiences ${listText(payload.audiences)} is invalid for the target audiences ${listText(wanted)}`,
      );
    const now = this.#seconds();
    if (now > payload.expires + LEEWAY_SECONDS) throw refused('service account token has expired');
    if (now < payload.notBefore - LEEWAY_SECONDS) throw refused('service account token is not valid yet');
    return { user: accountUser(this.#objects, payload.claims, payload.id, this.#now()), audiences };
  }

  /** The public key, for those who check tokens themselves. */
  async keySet(): Promise<JsonObject> {
    const { exportJWK } = await library();
    const jwk = await exportJWK(this.#publicKey);
    return { keys: [{ use: 'sig', alg: ALGORITHM, kid: this.#keyId, ...jwk }] };
  }

  /** The discovery document of OpenID Connect. @param url of this server */
  discoveryDocument(url: string): JsonObject {
    return {
      issuer: this.issuer,
      jwks_uri: `${url}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [ALGORITHM],
    };
  }

  /** What the token says, once its signature is known to be right; undefined for tokens of others. */
  async #payload(token: string): Promise<Payload | undefined> {
    const id = createHash('sha256').update(token).digest('base64');
    const known = this.#checked.get(id);
    if (known !== undefined) return known;
    if (!(await this.#isOwn(token))) return undefined;
    const payload = await this.#check(token);
    const oldest = this.#checked.keys().next();
    if (this.#checked.size >= REMEMBERED && oldest.done !== true) this.#checked.delete(oldest.value);
    this.#checked.set(id, payload);
    return payload;
  }

  async #isOwn(token: string): Promise<boolean> {
    const { decodeJwt, errors } = await library();
    try {
      return decodeJwt(token).iss === this.issuer;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return false;
      throw error;
    }
  }

  async #check(token: string): Promise<Payload> {
    const { compactVerify, errors } = await library();
    try {
      const { payload } = await compactVerify(token, this.#publicKey, { algorithms: [ALGORITHM] });
      const claims = membersOf(JSON.parse(Buffer.from(payload).toString('utf8')));
      return {
        audiences: (typeof claims.aud === 'string' ? [claims.aud] : elementsOf(claims.aud)).filter(
          (audience) => typeof audience === 'string',
        ),
        // A token that does not say how long it is good is good no longer.
        expires: typeof claims.exp === 'number' ? claims.exp : 0,
        notBefore: typeof claims.nbf === 'number' ? claims.nbf : 0,
        id: stringOf(claims.jti),
        claims: membersOf(claims['kubernetes.io']),
      };
    } catch (error) {
      if (error instanceof errors.JOSEError) throw refused('the signature of the token is not right', error);
      throw error;
    }
  }

  #seconds(): number {
    return Math.floor(this.#now().getTime() / 1000);
  }
}

function refused(why: string, cause?: unknown): ApiServerError {
  return new ApiServerError('Unauthorized', why, { cause });
}

/** The key that signs tokens, kept in the data directory, so that tokens stay good over a restart. */
function signingKey(dataDir: string | undefined): KeyObject {
  const make = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  if (dataDir === undefined) return make();
  const file = join(dataDir, 'pki', 'service-account.key');
  try {
    if (existsSync(file)) return createPrivateKey(readFileSync(file, 'utf8'));
    const key = make();
    mkdirSync(join(dataDir, 'pki'), { recursive: true, mode: 0o700 });
    writeKeptFile(file, key.export({ type: 'pkcs8', format: 'pem' }), 0o600);
    return key;
  } catch (error) {
    throw new ApiServerError('DataDirectoryUnusable', `cannot keep the key of service accounts in ${file}`, {
      cause: error,
    });
  }
}
