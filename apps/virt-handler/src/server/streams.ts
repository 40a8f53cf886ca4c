import type { Duplex } from 'node:stream';
import { HalError, type Machine } from '@virtkit/hal';
import type { RawData, WebSocket } from 'ws';
import { HandlerError } from '../errors.ts';

/** A kind of byte streams of a machine. */
export interface StreamKind {
  open(machine: Machine, signal: AbortSignal): Promise<Duplex>;
  /** One caller at a time has it, the last; one who asks for `preserveSession` lets the one before have it. */
  single?: true;
}

/** Byte streams of a machine by the last part of their path. Of a console the hypervisor itself sees that it has one caller. */
export const streams: ReadonlyMap<string, StreamKind> = new Map<string, StreamKind>([
  ['console', { open: (machine, signal) => machine.facet('consoles').open(0, { signal }) }],
  ['vnc', { open: (machine, signal) => machine.facet('display').openVnc({ signal }), single: true }],
  ['usbredir', { open: openFreeUsbSlot }],
]);

/** Who has the streams that have one caller at a time, by machine and kind. */
export class StreamHolders {
  readonly #holders = new Map<string, WebSocket>();

  /** @throws HandlerError `busy` when somebody has the stream and is to keep it */
  admit(key: string, preserveSession: boolean): void {
    if (preserveSession && this.#holders.has(key))
      throw new HandlerError('busy', 'somebody has the display open, and is to keep it');
  }

  /** Hands the stream over; whoever had it is told. */
  take(key: string, socket: WebSocket): void {
    this.#holders.get(key)?.close(closeCodes.takeover, 'another client took it over');
    this.#holders.set(key, socket);
    socket.once('close', () => {
      if (this.#holders.get(key) === socket) this.#holders.delete(key);
    });
  }
}

/**
 * The lowest slot that nobody has (KubeVirt: four for each instance).
 * @throws HalError `unsupported` (the machine has no slots); HandlerError `busy` (all are taken)
 */
async function openFreeUsbSlot(machine: Machine, signal: AbortSignal): Promise<Duplex> {
  const usb = machine.facet('usbRedirection');
  for (let slot = 0; ; slot++) {
    try {
      return await usb.open(slot, { signal });
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      if (error.code === 'conflict') continue;
      if (error.code !== 'unsupported' || slot === 0) throw error;
      throw new HandlerError('busy', `all ${slot} USB slots are taken`, { cause: error });
    }
  }
}

/** Most bytes of one message that a client may send. */
export const maxMessageBytes = 1024 * 1024;

/** Bytes on their way to a caller above which its machine's stream waits. */
const highWaterMark = 64 * 1024;

/** Close codes: an ordinary end, a failure, and a takeover by another caller. */
const closeCodes = { end: 1000, failure: 1011, takeover: 4409 } as const;

/**
 * Copies bytes both ways until either side ends; then both are closed, the caller with a code that tells why. A side that
 * is slow to take bytes holds the other back.
 */
export function joinStreams(socket: WebSocket, stream: Duplex): void {
  stream.on('data', (chunk: Buffer) => {
    socket.send(chunk, () => stream.resume());
    if (socket.bufferedAmount > highWaterMark) stream.pause();
  });
  stream.on('end', () => socket.close(closeCodes.end));
  stream.on('error', (error) => {
    const takeover = error instanceof HalError && error.code === 'conflict';
    socket.close(takeover ? closeCodes.takeover : closeCodes.failure, error.message.slice(0, 120));
  });
  socket.on('message', (data: RawData) => {
    if (stream.writable && !stream.write(bytesOf(data))) socket.pause();
  });
  stream.on('drain', () => socket.resume());
  socket.on('close', () => stream.destroy());
  // A caller that breaks the protocol is closed by the WebSocket itself, and its stream with it.
  socket.on('error', (error) => stream.destroy(error));
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
