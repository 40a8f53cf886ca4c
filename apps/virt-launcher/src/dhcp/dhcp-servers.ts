import { HalError, type CallOptions } from '@virtkit/hal';
import type { DhcpSpec } from '@virtkit/launcher-api';
import { errorDetails, type Log } from '../log.ts';
import { DhcpServer } from './dhcp-server.ts';
import { Dhcp6Server, type DhcpInterface6 } from './ipv6/server.ts';
import type { DhcpInterface } from './lease.ts';
import { podResolver } from './resolver.ts';

export interface DhcpServersOptions {
  log: Log;
  /** Default: the Pod's `/etc/resolv.conf`. */
  resolvConf?: string;
}

/** What is to be served on a bridge, for one of the two versions of the protocol. */
type Description =
  | { readonly version: 4; readonly wanted: DhcpInterface }
  | { readonly version: 6; readonly wanted: DhcpInterface6 };

interface Serving {
  readonly key: string;
  readonly description: Description;
  server: AsyncDisposable | undefined;
  retry: NodeJS.Timeout | undefined;
}

const retryMs = 1000;

/** The DHCP servers of one launcher, one per bridge and version. Calls are carried out one after the other. */
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
  configure({ interfaces, ipv6 }: DhcpSpec, { signal }: CallOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      this.#requireOpen();
      if (signal?.aborted) throw new HalError('aborted', 'configuring DHCP was aborted');
      refuseDuplicates(interfaces, 'interfaces');
      refuseDuplicates(ipv6, 'ipv6');
      const wanted = new Map<string, Description>([
        ...interfaces.map((one) => [`${one.bridge}/4`, { version: 4, wanted: one }] as const),
        ...ipv6.map((one) => [`${one.bridge}/6`, { version: 6, wanted: one }] as const),
      ]);
      for (const key of this.#serving.keys()) if (!wanted.has(key)) await this.#stop(key);
      for (const [key, description] of wanted) await this.#ensure(key, description);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#inTurn(async () => {
      for (const key of this.#serving.keys()) await this.#stop(key);
    });
  }

  async #ensure(key: string, description: Description): Promise<void> {
    const present = this.#serving.get(key);
    if (present?.server && JSON.stringify(present.description) === JSON.stringify(description)) return;
    await this.#stop(key);
    const serving: Serving = { key, description, server: undefined, retry: undefined };
    serving.server = await this.#start(serving);
    this.#serving.set(key, serving);
    const { bridge, guestAddress: address } = description.wanted;
    this.#options.log('info', 'serving DHCP', { bridge, address });
  }

  async #start(serving: Serving): Promise<AsyncDisposable> {
    const { key, description } = serving;
    const resolvers = await podResolver(this.#options.resolvConf);
    const onFailure = (error: Error): void => {
      if (this.#serving.get(key) !== serving || serving.server === undefined) return;
      this.#options.log('error', 'DHCP failed and is served anew', { server: key, ...errorDetails(error) });
      const { server } = serving;
      serving.server = undefined;
      void this.#inTurn(async () => {
        await server[Symbol.asyncDispose]();
        this.#startLater(serving);
      });
    };
    return description.version === 4
      ? DhcpServer.start({ description: description.wanted, resolver: resolvers.ipv4, onFailure })
      : Dhcp6Server.start({ description: description.wanted, resolver: resolvers.ipv6, onFailure });
  }

  #startLater(serving: Serving): void {
    if (this.#closed || this.#serving.get(serving.key) !== serving) return;
    serving.retry = setTimeout(() => void this.#inTurn(() => this.#restart(serving)), retryMs);
  }

  async #restart(serving: Serving): Promise<void> {
    if (this.#closed || this.#serving.get(serving.key) !== serving || serving.server) return;
    try {
      serving.server = await this.#start(serving);
    } catch (error) {
      this.#options.log('error', 'DHCP cannot be served', { server: serving.key, ...errorDetails(error) });
      this.#startLater(serving);
    }
  }

  async #stop(key: string): Promise<void> {
    const serving = this.#serving.get(key);
    if (!serving) return;
    this.#serving.delete(key);
    clearTimeout(serving.retry);
    await serving.server?.[Symbol.asyncDispose]();
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

function refuseDuplicates(interfaces: readonly { bridge: string }[], list: 'interfaces' | 'ipv6'): void {
  const bridges = interfaces.map(({ bridge }) => bridge);
  const index = bridges.findIndex((bridge, at) => bridges.indexOf(bridge) !== at);
  if (index < 0) return;
  throw new HalError('invalid-spec', `two interfaces name the bridge ${bridges[index]}`, {
    field: `/${list}/${index}/bridge`,
  });
}
