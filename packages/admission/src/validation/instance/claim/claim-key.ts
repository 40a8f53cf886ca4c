import type { ClaimRequest } from '@virtkit/core-types';

/** One text for a request of a claim; undefined unless both are named. */
export function claimKey(request: ClaimRequest | undefined): string | undefined {
  const { claimName = '', requestName = '' } = request ?? {};
  return claimName === '' || requestName === '' ? undefined : JSON.stringify([claimName, requestName]);
}
