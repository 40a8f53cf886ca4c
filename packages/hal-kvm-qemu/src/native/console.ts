import { Duplex } from 'node:stream';
import { asError } from './call-options.ts';
import { LibvirtError } from './libvirt-error.ts';
import type { NativeBinding, StreamHandle } from './binding.ts';

/** How much a console buffers in each direction before the other side has to wait, in bytes. */
const HIGH_WATER_MARK = 64 * 1024;

/**
 * A guest's serial console (or channel) as a Node duplex stream of bytes. Reading is on demand: what nobody reads stays
 * with libvirt, which stops reading from QEMU in turn. `end()` finishes the stream, `destroy()` aborts it.
 * Errors are `LibvirtError`.
 */
export class Console extends Duplex {
  readonly #binding: NativeBinding;
  readonly #handle: StreamHandle;

  /** Use `Domain.openConsole`. */
  constructor(binding: NativeBinding, handle: StreamHandle) {
    super({ highWaterMark: HIGH_WATER_MARK, allowHalfOpen: false, autoDestroy: true });
    this.#binding = binding;
    this.#handle = handle;
  }

  override _read(): void {
    this.#binding.streamRead(this.#handle).then(
      (chunk) => this.push(chunk ?? null),
      (reason: unknown) => this.destroy(asError(reason)),
    );
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#binding.streamWrite(this.#handle, chunk).then(
      () => done(),
      (reason: unknown) => done(asError(reason)),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const abort = error !== null || !this.writableFinished;
    this.#binding.streamClose(this.#handle, abort).then(
      () => done(error),
      (reason: unknown) => {
        // The connection was closed first, which ends its streams too.
        const over = reason instanceof LibvirtError && reason.code === 'closed';
        done(error ?? (over ? null : asError(reason)));
      },
    );
  }
}
