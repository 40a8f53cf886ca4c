import type { Duplex } from 'node:stream';

// The usbredir protocol: packets are type, length and id (all little-endian), and then what the type says.
const types = { hello: 0, deviceDisconnect: 2, disconnectAck: 24 } as const;
const versionBytes = 64;
/** Bits of the hello: disconnecting is acknowledged, ids have 64 bits. */
const acknowledges = 1 << 3;
const longIds = 1 << 5;
const longestPacket = 1024 * 1024;

/**
 * The guest's side of one USB redirection: greets, takes every device and lets it go again. A client that breaks the protocol
 * is disconnected.
 */
export function serveUsbRedirection(stream: Duplex): void {
  let received: Buffer = Buffer.alloc(0);
  /** What the client can; undefined until it has said hello. */
  let capabilities: number | undefined;

  const step = (): boolean => {
    const headerBytes = ((capabilities ?? 0) & longIds) === 0 ? 12 : 16;
    if (received.length < headerBytes) return false;
    const type = received.readUInt32LE(0);
    const length = received.readUInt32LE(4);
    if (length > longestPacket || (type === types.hello) !== (capabilities === undefined)) {
      stream.end();
      return false;
    }
    if (received.length < headerBytes + length) return false;
    const body = received.subarray(headerBytes, headerBytes + length);
    received = received.subarray(headerBytes + length);
    if (type === types.hello) capabilities = length >= versionBytes + 4 ? body.readUInt32LE(versionBytes) : 0;
    else if (type === types.deviceDisconnect && ((capabilities ?? 0) & acknowledges) !== 0)
      stream.write(packet(types.disconnectAck, headerBytes));
    return true;
  };

  stream.on('data', (chunk: Buffer) => {
    if (stream.writableEnded) return;
    received = Buffer.concat([received, chunk]);
    while (step());
  });
  // The device's owner has left.
  stream.once('end', () => stream.end());
  const hello = Buffer.alloc(versionBytes + 4);
  hello.write('mock usb guest', 'latin1');
  hello.writeUInt32LE(acknowledges | longIds, versionBytes);
  stream.write(Buffer.concat([packet(types.hello, 12, hello.length), hello]));
}

function packet(type: number, headerBytes: number, bodyBytes = 0): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(type, 0);
  header.writeUInt32LE(bodyBytes, 4);
  return header;
}
