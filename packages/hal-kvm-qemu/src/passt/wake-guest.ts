import { isIPv4 } from 'node:net';

/** Of the sender, which no guest talks to. */
const senderMac = '02:00:00:00:00:00';

/**
 * What to send into QEMU's socket so that the guest answers: a probe for its address (RFC 5227), with its length in front. passt
 * learns where its guest is from what the guest sends, and one that was reached before need not send anything by itself.
 *
 * @param address IPv4 address that the guest was given
 */
export function guestProbe(address: string): Buffer {
  if (!isIPv4(address)) throw new RangeError(`not an IPv4 address: ${address}`);
  const mac = octets(senderMac, ':', 16);
  const frame = Buffer.from([
    // Ethernet: to everybody, ARP.
    ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...mac, 0x08, 0x06],
    // A request about IPv4 over Ethernet, of somebody without an address, whose wearer answers.
    ...[0, 1, 0x08, 0, 6, 4, 0, 1, ...mac, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...octets(address, '.', 10)],
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

const octets = (text: string, separator: string, radix: number): number[] =>
  text.split(separator).map((part) => Number.parseInt(part, radix));
