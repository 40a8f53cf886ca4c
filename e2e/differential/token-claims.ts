/**
 * What a JSON Web Token says, with its times counted from its issue; undefined for other texts. How it is signed is each
 * server's own affair.
 */
export function claimsOf(token: string): Record<string, unknown> | undefined {
  const [header, payload, signature] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  let claims: Record<string, unknown>;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const { iat, exp, nbf, ...rest } = claims;
  const own = rest['kubernetes.io'] as { warnafter?: number } | undefined;
  const since = (time: unknown): number => Number(time) - Number(iat);
  const all = {
    ...rest,
    expiresAfter: since(exp),
    notBeforeAfter: since(nbf),
    ...(own?.warnafter !== undefined && {
      'kubernetes.io': { ...own, warnafter: since(own.warnafter) },
    }),
  };
  // Uids are numbered in the order in which they are seen.
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
