import type { UserInfo } from '../admission/types.ts';

/** The headers that tell an aggregated server who asks. */
export function identityHeaders(user: UserInfo): Record<string, string | string[]> {
  return {
    'x-remote-user': user.name,
    ...(user.uid !== undefined && user.uid !== '' && { 'x-remote-uid': user.uid }),
    ...(user.groups.length > 0 && { 'x-remote-group': [...user.groups] }),
    ...Object.fromEntries(
      Object.entries(user.extra ?? {}).map(([key, values]) => [
        `x-remote-extra-${escapedKey(key)}`,
        [...values],
      ]),
    ),
  };
}

/** Keys may have characters that header names may not: these are percent-encoded. */
function escapedKey(key: string): string {
  return [...Buffer.from(key.toLowerCase(), 'utf8')]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /^[-!#$&'*+.^_`|~0-9a-z]$/.test(char)
        ? char
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
