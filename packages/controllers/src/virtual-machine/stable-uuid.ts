import { createHash } from 'node:crypto';

// KubeVirt lifecycle: name space of the UUIDs of machines that were created without one.
const namespace = Buffer.from('6a1a24a1406146078bf4a3963d0c5895', 'hex');

/** The firmware uuid of a machine whose spec names none: UUID version 5 (RFC 9562) of its name. */
export function stableUuid(name: string): string {
  const hash = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
