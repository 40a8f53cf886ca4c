import type { Duplex } from 'node:stream';
import type { Picture } from './png.ts';

/** Bytes of client messages by type, without what their count fields add (RFC 6143, section 7.5). */
const messageBytes: Record<number, number> = { 0: 20, 2: 4, 3: 10, 4: 8, 5: 6, 6: 8 };
const versionBytes = 12;
const longestMessage = 1024 * 1024;

type Phase = 'version' | 'security' | 'client-init' | 'messages' | 'ended';

/**
 * The server side of one RFB 3.8 connection (RFC 6143) without authentication: it shows one picture in raw encoding,
 * 32 bits per pixel, and takes and ignores input. A client that breaks the protocol is disconnected.
 */
export function serveRfb(stream: Duplex, picture: () => Picture, name: string): void {
  let phase: Phase = 'version';
  let received: Buffer = Buffer.alloc(0);
  const take = (bytes: number): Buffer | undefined => {
    if (received.length < bytes) return undefined;
    const taken = received.subarray(0, bytes);
    received = received.subarray(bytes);
    return taken;
  };

  const step = (): boolean => {
    switch (phase) {
      case 'version': {
        const version = take(versionBytes);
        if (!version) return false;
        if (version.toString('latin1') !== 'RFB 003.008\n') return end();
        stream.write(Uint8Array.of(1, 1)); // one security type: none
        phase = 'security';
        return true;
      }
      case 'security': {
        const choice = take(1);
        if (!choice) return false;
        if (choice[0] !== 1) return end();
        stream.write(Buffer.alloc(4)); // SecurityResult: OK
        phase = 'client-init';
        return true;
      }
      case 'client-init':
        if (!take(1)) return false;
        stream.write(serverInit(picture(), name));
        phase = 'messages';
        return true;
      case 'messages':
        return message();
      case 'ended':
        return false;
    }
  };

  const message = (): boolean => {
    const type = received[0];
    if (type === undefined) return false;
    const fixed = messageBytes[type];
    if (fixed === undefined) return end();
    if (received.length < fixed) return false;
    const length = fixed + variablePart(type, received);
    if (length > longestMessage) return end();
    if (!take(length)) return false;
    if (type === 3) stream.write(framebufferUpdate(picture()));
    return true;
  };

  const end = (): false => {
    phase = 'ended';
    stream.end();
    return false;
  };

  stream.on('data', (chunk: Buffer) => {
    if (phase === 'ended') return;
    received = Buffer.concat([received, chunk]);
    while (step());
  });
  stream.write('RFB 003.008\n');
}

function variablePart(type: number, message: Buffer): number {
  if (type === 2) return message.readUInt16BE(2) * 4; // SetEncodings
  if (type === 6) return message.readUInt32BE(4); // ClientCutText
  return 0;
}

function serverInit({ width, height }: Picture, name: string): Buffer {
  const label = Buffer.from(name);
  const init = Buffer.alloc(24);
  init.writeUInt16BE(width, 0);
  init.writeUInt16BE(height, 2);
  // 32 bits per pixel, depth 24, little endian, true colour, 8 bits per channel at 16, 8 and 0
  init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
  init.writeUInt32BE(label.length, 20);
  return Buffer.concat([init, label]);
}

function framebufferUpdate({ width, height, rgb }: Picture): Buffer {
  const update = Buffer.alloc(16 + width * height * 4);
  update.writeUInt16BE(1, 2); // one rectangle, at 0,0, raw encoding
  update.writeUInt16BE(width, 8);
  update.writeUInt16BE(height, 10);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    update.set([rgb[pixel * 3 + 2]!, rgb[pixel * 3 + 1]!, rgb[pixel * 3]!], 16 + pixel * 4);
  }
  return update;
}
