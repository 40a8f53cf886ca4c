import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { UserInfo } from '../admission/types.ts';
import { UID_ATTRIBUTE } from '../tls/client-authority.ts';
import { AUTHENTICATED, CREDENTIAL_ID } from './groups.ts';

/** What a connection's certificate says: a user until it expires, nothing, or something that is not to be believed. */
type Claim = { user: UserInfo; notBefore: Date; notAfter: Date } | 'none' | 'invalid';

const claims = new WeakMap<Duplex, Claim>();

/**
 * The user that the client certificate of a connection names.
 * @returns `none` without a certificate or a name in it, `invalid` if it is not signed by the authority for clients, not meant
 * for clients, or no longer good
 */
export function certificateUser(socket: Duplex, now: Date): UserInfo | 'none' | 'invalid' {
  let claim = claims.get(socket);
  if (claim === undefined) {
    claim = read(socket);
    claims.set(socket, claim);
  }
  if (typeof claim === 'string') return claim;
  // Connections outlive certificates.
  return now < claim.notBefore || now > claim.notAfter ? 'invalid' : claim.user;
}

function read(socket: Duplex): Claim {
  if (!(socket instanceof TLSSocket)) return 'none';
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return 'none';
  if (!socket.authorized) return 'invalid';
  const subject: Readonly<Record<string, string | string[] | undefined>> = {
    ...socket.getPeerCertificate().subject,
  };
  const values = (attribute: string): string[] => [subject[attribute] ?? []].flat();
  const name = values('CN').at(-1) ?? '';
  if (name === '') return 'none';
  const [uid] = values(UID_ATTRIBUTE);
  const { raw, validFromDate, validToDate } = certificate;
  const user = {
    name,
    groups: [...new Set([...values('O'), AUTHENTICATED])],
    ...(uid !== undefined && { uid }),
    extra: { [CREDENTIAL_ID]: [`X509SHA256=${createHash('sha256').update(raw).digest('hex')}`] },
  };
  return { user, notBefore: validFromDate, notAfter: validToDate };
}
