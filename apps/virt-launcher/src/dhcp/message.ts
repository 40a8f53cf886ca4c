// Messages of the Dynamic Host Configuration Protocol: RFC 2131 (fixed fields), RFC 2132 (options), RFC 3396 (long options).

/** What a message is for: option 53. */
export const messageTypes = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;
export type MessageType = (typeof messageTypes)[keyof typeof messageTypes];

/** Options by what they are called in RFC 2132 and its successors. */
export const optionCodes = {
  subnetMask: 1,
  router: 3,
  nameServers: 6,
  hostName: 12,
  domainName: 15,
  interfaceMtu: 26,
  ntpServers: 42,
  requestedAddress: 50,
  leaseTime: 51,
  messageType: 53,
  serverIdentifier: 54,
  maximumMessageSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  clientIdentifier: 61,
  tftpServerName: 66,
  bootFileName: 67,
  domainSearch: 119,
  classlessRoutes: 121,
} as const;

/** What a client asks, as far as a server with one address to give reads it. Addresses are dotted; 0.0.0.0 is none. */
export interface ClientMessage {
  readonly type: MessageType;
  readonly transaction: number;
  readonly seconds: number;
  readonly flags: number;
  readonly clientAddress: string;
  readonly relayAddress: string;
  /** Hardware address, lower case, with colons. */
  readonly mac: string;
  readonly options: ReadonlyMap<number, Buffer>;
}

/** One option of a reply, in the order in which they matter. */
export type Option = readonly [code: number, value: Buffer];

/** What a server says. */
export interface ServerMessage {
  readonly type: MessageType;
  /** The address that the client is given; 0.0.0.0 for none. */
  readonly address: string;
  readonly options: readonly Option[];
}

const fixedBytes = 236;
const cookie = 0x63825363;
const [bootRequest, bootReply, ethernet, macBytes] = [1, 2, 1, 6];
const [pad, end] = [0, 255];
/** Every client takes messages of this size; with the headers of IP and UDP they are 576 bytes (RFC 2131, section 2). */
const leastMessageBytes = 548;
const headerBytes = 28;

/** Reads a client's message; undefined for what is none, or is not of Ethernet. */
export function parseMessage(bytes: Buffer): ClientMessage | undefined {
  if (bytes.length < fixedBytes + 4 || bytes.readUInt32BE(fixedBytes) !== cookie) return undefined;
  if (bytes[0] !== bootRequest || bytes[1] !== ethernet || bytes[2] !== macBytes) return undefined;
  const options = parseOptions(bytes.subarray(fixedBytes + 4));
  const type = Object.values(messageTypes).find((one) => one === options?.get(optionCodes.messageType)?.[0]);
  if (options === undefined || type === undefined) return undefined;
  return {
    type,
    transaction: bytes.readUInt32BE(4),
    seconds: bytes.readUInt16BE(8),
    flags: bytes.readUInt16BE(10),
    clientAddress: dotted(bytes.subarray(12, 16)),
    relayAddress: dotted(bytes.subarray(24, 28)),
    mac: [...bytes.subarray(28, 28 + macBytes)].map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
    options,
  };
}

/** Options by code; parts of one option are joined. Undefined where one is longer than what is there. */
function parseOptions(bytes: Buffer): Map<number, Buffer> | undefined {
  const options = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at]!;
    if (code === end) return options;
    if (code === pad) {
      at += 1;
      continue;
    }
    const length = bytes[at + 1];
    if (length === undefined || at + 2 + length > bytes.length) return undefined;
    const value = bytes.subarray(at + 2, at + 2 + length);
    options.set(code, Buffer.concat([options.get(code) ?? Buffer.alloc(0), value]));
    at += 2 + length;
  }
  return options;
}

/**
 * The bytes of an answer. It is no longer than the client said it takes: options that do not fit are left out, the last ones
 * first.
 */
export function formatReply(reply: ServerMessage, to: ClientMessage): Buffer {
  const head = Buffer.alloc(fixedBytes + 4);
  head[0] = bootReply;
  head[1] = ethernet;
  head[2] = macBytes;
  head.writeUInt32BE(to.transaction, 4);
  head.writeUInt16BE(to.flags, 10);
  addressBytes(to.type === messageTypes.inform ? to.clientAddress : '0.0.0.0').copy(head, 12);
  addressBytes(reply.address).copy(head, 16);
  addressBytes(to.relayAddress).copy(head, 24);
  Buffer.from(to.mac.replaceAll(':', ''), 'hex').copy(head, 28);
  head.writeUInt32BE(cookie, fixedBytes);
  const parts: Uint8Array[] = [head, Buffer.from([optionCodes.messageType, 1, reply.type])];
  let room = largestReply(to) - parts[0]!.length - parts[1]!.length - 1;
  // RFC 6842: a client that names itself is named in the answer.
  const identifier = to.options.get(optionCodes.clientIdentifier);
  const named: Option[] = identifier === undefined ? [] : [[optionCodes.clientIdentifier, identifier]];
  for (const option of [...named, ...reply.options]) {
    const bytes = optionBytes(option);
    if (bytes.length > room) continue;
    room -= bytes.length;
    parts.push(bytes);
  }
  return Buffer.concat([...parts, Buffer.from([end])]);
}

function largestReply({ options }: ClientMessage): number {
  const asked = options.get(optionCodes.maximumMessageSize);
  const size = asked?.length === 2 ? asked.readUInt16BE(0) - headerBytes : 0;
  return Math.max(leastMessageBytes, Math.min(size, 1472));
}

/** One option; longer ones come in parts of 255 bytes (RFC 3396). */
function optionBytes([code, value]: Option): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < value.length; at += 255) {
    const part = value.subarray(at, at + 255);
    parts.push(Buffer.from([code, part.length]), part);
  }
  return Buffer.concat(parts);
}

export function addressBytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

export function dotted(bytes: Uint8Array): string {
  return bytes.join('.');
}
