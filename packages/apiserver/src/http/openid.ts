import type { ServerResponse } from 'node:http';
import type { ServiceAccountTokens } from '../authentication/service-account-tokens.ts';

/** Where others learn how to check the tokens of service accounts. */
export const OPENID_PATHS = { discovery: '/.well-known/openid-configuration', keys: '/openid/v1/jwks' };

/** Answers a GET of the documents of OpenID Connect. @returns false if the path names none. */
export async function answerOpenId(
  path: string,
  response: ServerResponse,
  tokens: ServiceAccountTokens,
  url: string,
): Promise<boolean> {
  if (path === OPENID_PATHS.discovery) send(response, 'application/json', tokens.discoveryDocument(url));
  else if (path === OPENID_PATHS.keys) send(response, 'application/jwk-set+json', await tokens.keySet());
  else return false;
  return true;
}

function send(response: ServerResponse, type: string, document: object): void {
  const body = Buffer.from(JSON.stringify(document));
  response.writeHead(200, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'public, max-age=3600',
  });
  response.end(body);
}
