import { duplexPair, type Duplex } from 'node:stream';
import { HalError } from '@virtkit/hal';

const logBytes = 256 * 1024;
/** Output that one reader may leave unread before it is disconnected. */
const unreadBytes = 1024 * 1024;
const defaultLogBytes = 64 * 1024;

/** A serial port: one reader at a time, and a bounded log of what the guest wrote. */
export class SerialConsole {
  readonly #keepLog: boolean;
  readonly #onInput: (bytes: Buffer) => void;
  #log: Buffer = Buffer.alloc(0);
  #near: Duplex | undefined;
  #far: Duplex | undefined;

  constructor(options: { keepLog: boolean; onInput: (bytes: Buffer) => void }) {
    this.#keepLog = options.keepLog;
    this.#onInput = options.onInput;
  }

  /** Connects a reader; the one before gets HalError `conflict`. */
  open(): Duplex {
    this.#far?.destroy(new HalError('conflict', 'the console was taken over by another reader'));
    const [near, far] = duplexPair();
    near.on('data', (chunk: Buffer) => this.#onInput(chunk));
    far.once('end', () => far.end());
    far.once('close', () => {
      near.destroy();
      if (this.#far === far) this.#near = this.#far = undefined;
    });
    this.#near = near;
    this.#far = far;
    return far;
  }

  /** What the guest writes. */
  write(text: string | Buffer): void {
    const bytes = Buffer.from(text);
    if (bytes.length === 0) return;
    if (this.#keepLog) this.#log = Buffer.from(Buffer.concat([this.#log, bytes]).subarray(-logBytes));
    if (!this.#near) return;
    if (this.#near.writableLength > unreadBytes) {
      this.#far?.destroy(
        new HalError('failed', `the reader left ${unreadBytes} bytes of console output unread`),
      );
      return;
    }
    this.#near.write(bytes);
  }

  /** The machine has stopped. */
  end(): void {
    this.#near?.end();
  }

  log(maxBytes = defaultLogBytes): Uint8Array {
    return maxBytes <= 0 ? new Uint8Array() : Uint8Array.from(this.#log.subarray(-maxBytes));
  }
}
