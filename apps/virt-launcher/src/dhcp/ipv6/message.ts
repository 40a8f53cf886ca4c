// Messages of DHCPv6: RFC 8415, sections 8 (format), 21 (options) and 11 (identifiers).
import { isIPv6 } from 'node:net';

export const messageTypes6 = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  informationRequest: 11,
} as const;
export type MessageType6 = (typeof messageTypes6)[keyof typeof messageTypes6];

export const optionCodes6 = {
  clientIdentifier: 1,
  serverIdentifier: 2,
  identityAssociation: 3,
  associatedAddress: 5,
  status: 13,
  rapidCommit: 14,
  nameServers: 23,
  domainSearch: 24,
} as const;

export type Option6 = readonly [code: number, value: Buffer];

export interface Message6 {
  readonly type: MessageType6;
  /** Three bytes that tie an answer to its question. */
  readonly transaction: Buffer;
  readonly options: readonly Option6[];
}

/** Reads a message between client and server; undefined for what is none, relayed ones among them. */
export function parseMessage6(bytes: Buffer): Message6 | undefined {
  const type = Object.values(messageTypes6).find((one) => one === bytes[0]);
  const options = type === undefined || bytes.length < 4 ? undefined : parseOptions6(bytes.subarray(4));
  if (type === undefined || options === undefined) return undefined;
  return { type, transaction: bytes.subarray(1, 4), options };
}

/** Undefined where an option is longer than what is there. */
export function parseOptions6(bytes: Buffer): Option6[] | undefined {
  const options: Option6[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const length = bytes.readUInt16BE(at + 2);
    if (at + 4 + length > bytes.length) return undefined;
    options.push([bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length)]);
    at += 4 + length;
  }
  return options;
}

export function formatMessage6({ type, transaction, options }: Message6): Buffer {
  return Buffer.concat([Buffer.from([type]), transaction, formatOptions6(options)]);
}

export function formatOptions6(options: readonly Option6[]): Buffer {
  return Buffer.concat(
    options.flatMap(([code, value]) => {
      const head = Buffer.alloc(4);
      head.writeUInt16BE(code, 0);
      head.writeUInt16BE(value.length, 2);
      return [head, value];
    }),
  );
}

/** An address as 16 bytes. @throws RangeError for what is no address, or has its last part as IPv4 writes it */
export function addressBytes6(address: string): Buffer {
  if (!isIPv6(address) || /[%.]/.test(address)) throw new RangeError(`not an IPv6 address: ${address}`);
  const [before = '', after = ''] = address.split('::');
  const groups = (text: string): number[] =>
    text
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [head, tail] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return Buffer.from([...head, ...zeros, ...tail].flatMap((group) => [group >> 8, group & 0xff]));
}
