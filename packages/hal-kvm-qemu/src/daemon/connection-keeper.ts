import { Libvirt, type Connection } from '../native/index.ts';
import { throwIfAborted, toHalError } from '../errors.ts';
import type { PrivateDaemon } from './private-daemon.ts';

/**
 * The one connection to a private daemon: opened on first use, opened again after it broke (starting the daemon when it is
 * gone). `onReconnect` is told after each new connection but the first, since events may have been lost meanwhile.
 */
export class ConnectionKeeper implements AsyncDisposable {
  readonly #daemon: PrivateDaemon;
  readonly #prepare: (connection: Connection) => Promise<void>;
  readonly #onLost: () => void;
  #current: Promise<Connection> | undefined;
  #closed = false;

  /** `prepare` runs on every new connection before anyone else gets it (event subscriptions). */
  constructor(daemon: PrivateDaemon, prepare: (connection: Connection) => Promise<void>, onLost: () => void) {
    this.#daemon = daemon;
    this.#prepare = prepare;
    this.#onLost = onLost;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws HalError `hypervisor-unavailable`, `connection-lost`, `closed`. */
  async get(signal?: AbortSignal): Promise<Connection> {
    const opening = (this.#current ??= this.#open());
    try {
      return await opening;
    } catch (error) {
      if (this.#current === opening) this.#current = undefined;
      throw toHalError(error, 'connecting to libvirt');
    } finally {
      throwIfAborted(signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const current = this.#current;
    this.#current = undefined;
    if (current === undefined) return;
    const [result] = await Promise.allSettled([current]);
    if (result.status === 'fulfilled') await result.value.close();
  }

  async #open(): Promise<Connection> {
    const libvirt = await Libvirt.load();
    await this.#daemon.ensureRunning();
    const connection = await libvirt.connect(this.#daemon.uri);
    await connection.onClose((reason) => {
      if (reason === 'client') return;
      this.#current = undefined;
      this.#onLost();
      void connection.close();
    });
    await this.#prepare(connection);
    return connection;
  }
}
