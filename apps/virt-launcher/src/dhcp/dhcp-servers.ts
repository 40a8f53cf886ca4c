import { mkdir } from 'node:fs/promises';
import { HalError, type CallOptions } from '@virtkit/hal';
import type { DhcpSpec } from '@virtkit/launcher-api';
import { errorDetails, type Log } from '../log.ts';
import type { DhcpInterface } from './dnsmasq-arguments.ts';
import { Dnsmasq } from './dnsmasq.ts';

export interface DhcpServersOptions {
  /** Folder for leases; made when missing. */
  folder: string;
  log: Log;
  /** Program; default `dnsmasq`. */
  program?: string;
}

interface Serving {
  readonly description: DhcpInterface;
  server: Dnsmasq | undefined;
  retry: NodeJS.Timeout | undefined;
}

const retryMs = 1000;

/** The DHCP servers of one launcher, one per bridge. Calls are carried out one after the other. */
export class DhcpServers implements AsyncDisposable {
  readonly #options: DhcpServersOptions;
  readonly #serving = new Map<string, Serving>();
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: DhcpServersOptions) {
    this.#options = options;
  }

  /**
   * Serves exactly what is described: what is new or different is started, what is gone is stopped, the rest goes on.
   * @throws HalError of the first server that does not start; those before it stay.
   */
  configure({ interfaces }: DhcpSpec, call: CallOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      this.#requireOpen();
      refuseDuplicates(interfaces);
      await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
      const wanted = new Map(interfaces.map((description) => [description.bridge, description]));
      for (const bridge of this.#serving.keys()) if (!wanted.has(bridge)) await this.#stop(bridge);
      for (const description of interfaces) await this.#ensure(description, call);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#inTurn(async () => {
      for (const bridge of this.#serving.keys()) await this.#stop(bridge);
    });
  }

  async #ensure(description: DhcpInterface, call: CallOptions): Promise<void> {
    const present = this.#serving.get(description.bridge);
    if (present?.server && JSON.stringify(present.description) === JSON.stringify(description)) return;
    await this.#stop(description.bridge);
    const serving: Serving = { description, server: undefined, retry: undefined };
    serving.server = await this.#start(serving, call);
    this.#serving.set(description.bridge, serving);
    this.#options.log('info', 'serving DHCP', {
      bridge: description.bridge,
      address: description.guestAddress,
    });
  }

  #start(serving: Serving, call: CallOptions): Promise<Dnsmasq> {
    const { folder, program, log } = this.#options;
    const { bridge } = serving.description;
    const onExit = (how: string, said: string): void => {
      if (this.#serving.get(bridge) !== serving) return;
      log('error', 'dnsmasq ended by itself and is started again', { bridge, how, said });
      serving.server = undefined;
      this.#startLater(serving);
    };
    return Dnsmasq.start(serving.description, { folder, program, onExit }, call);
  }

  #startLater(serving: Serving): void {
    const { bridge } = serving.description;
    serving.retry = setTimeout(() => void this.#inTurn(() => this.#restart(serving, bridge)), retryMs);
  }

  async #restart(serving: Serving, bridge: string): Promise<void> {
    if (this.#closed || this.#serving.get(bridge) !== serving || serving.server) return;
    try {
      serving.server = await this.#start(serving, {});
    } catch (error) {
      this.#options.log('error', 'dnsmasq cannot be started', { bridge, ...errorDetails(error) });
      this.#startLater(serving);
    }
  }

  async #stop(bridge: string): Promise<void> {
    const serving = this.#serving.get(bridge);
    if (!serving) return;
    this.#serving.delete(bridge);
    clearTimeout(serving.retry);
    await serving.server?.stop();
  }

  #requireOpen(): void {
    if (this.#closed) throw new HalError('closed', 'the launcher is ending');
  }

  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    // A failed call is its caller's to hear of; the next one starts all the same.
    const turn = this.#queue.then(body, body);
    this.#queue = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }
}

function refuseDuplicates(interfaces: readonly DhcpInterface[]): void {
  const bridges = interfaces.map(({ bridge }) => bridge);
  const index = bridges.findIndex((bridge, at) => bridges.indexOf(bridge) !== at);
  if (index < 0) return;
  throw new HalError('invalid-spec', `two interfaces name the bridge ${bridges[index]}`, {
    field: `/interfaces/${index}/bridge`,
  });
}
