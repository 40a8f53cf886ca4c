import { Duplex } from 'node:stream';
import { HalError } from '@virtkit/hal';
import type { StreamOutcome } from '../contract/schemas.ts';
import { fromWireError } from '../contract/wire-error.ts';

/**
 * The client's end of an upgraded connection. When the connection ends, it asks how the stream ended on the other
 * side, and ends, or fails with that error, accordingly.
 */
export class RemoteStream extends Duplex {
  readonly #socket: Duplex;
  readonly #outcome: () => Promise<StreamOutcome>;
  #finishing = false;

  constructor(socket: Duplex, head: Buffer, outcome: () => Promise<StreamOutcome>) {
    super();
    this.#socket = socket;
    this.#outcome = outcome;
    if (head.length > 0) this.push(head);
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.pause();
    for (const event of ['end', 'close', 'error']) socket.on(event, () => void this.#finish());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // A connection that is gone reports why through `#finish`; the write itself is neither an error nor waited for.
    if (this.#socket.destroyed || this.#socket.writableEnded) done();
    else this.#socket.write(chunk, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  async #finish(): Promise<void> {
    if (this.#finishing || this.destroyed) return;
    this.#finishing = true;
    let outcome: StreamOutcome;
    try {
      outcome = await this.#outcome();
    } catch (cause) {
      this.destroy(
        cause instanceof HalError && cause.code === 'closed'
          ? cause
          : new HalError('connection-lost', 'the stream ended with its launcher', { cause }),
      );
      return;
    }
    switch (outcome.state) {
      case 'ended':
        this.push(null);
        this.end();
        return;
      case 'failed':
        this.destroy(fromWireError(outcome.error));
        return;
      case 'open':
        this.destroy(new HalError('connection-lost', 'the connection ended before its stream'));
    }
  }
}
