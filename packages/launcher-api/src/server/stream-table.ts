import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { limits } from '../contract/limits.ts';
import type { StreamOutcome } from '../contract/schemas.ts';
import { toWireError } from '../contract/wire-error.ts';

/**
 * Upgraded connections and how they ended. A raw byte stream cannot say why it ends, so the client asks afterwards
 * under the id that it was given.
 */
export class StreamTable {
  readonly #outcomes = new Map<string, StreamOutcome>();
  readonly #open = new Set<Duplex>();

  outcome(id: string): StreamOutcome | undefined {
    return this.#outcomes.get(id);
  }

  /** Copies bytes between the two until either ends. */
  join(socket: Duplex, stream: Duplex): string {
    const id = randomUUID();
    this.#outcomes.set(id, { state: 'open' });
    this.#open.add(stream);
    stream.once('error', (error) => {
      this.#outcomes.set(id, { state: 'failed', error: toWireError(error) });
    });
    stream.once('end', () => this.#end(id));
    stream.once('close', () => {
      this.#end(id);
      this.#open.delete(stream);
      this.#forgetOldest();
      // What was written before the end still has to arrive.
      if (!socket.destroyed) socket.end(() => socket.destroy());
    });
    // The connection's own trouble is the client's to notice; here it only ends the stream.
    socket.on('error', () => stream.destroy());
    socket.once('close', () => stream.destroy());
    return id;
  }

  /** Starts copying, once the client has been told that it may. */
  start(socket: Duplex, stream: Duplex): void {
    socket.pipe(stream);
    stream.pipe(socket);
  }

  /** Ends every stream. */
  close(): void {
    for (const stream of this.#open) stream.destroy();
  }

  #end(id: string): void {
    if (this.#outcomes.get(id)?.state === 'open') this.#outcomes.set(id, { state: 'ended' });
  }

  #forgetOldest(): void {
    for (const [id, { state }] of this.#outcomes) {
      if (this.#outcomes.size <= limits.streamOutcomes) return;
      if (state !== 'open') this.#outcomes.delete(id);
    }
  }
}
