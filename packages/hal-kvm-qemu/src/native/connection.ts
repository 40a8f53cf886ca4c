import type { ConnectionHandle, DomainReference, NativeBinding } from './binding.ts';
import { type CallOptions, untilAborted } from './call-options.ts';
import type { DomainIdentity, NodeInfo } from './domain-data.ts';
import { Domain } from './domain.ts';
import {
  type CloseReason,
  closeReason,
  type DomainEvent,
  type DomainEventKind,
  lifecycleChange,
} from './events.ts';
import type { TypedParameters } from './typed-parameters.ts';

/** Which hypervisor, machine and CPU to describe; libvirt chooses what is left out. */
export interface DomainCapabilitiesQuery extends CallOptions {
  /** Path of the QEMU binary. */
  emulator?: string;
  /** `x86_64`, `aarch64`, ... */
  arch?: string;
  /** `q35`, `pc-q35-7.2`, ... */
  machine?: string;
  virtType?: 'kvm' | 'qemu';
}

/** An active subscription; ends with {@link unsubscribe}, disposal, or the connection. */
export interface Subscription extends AsyncDisposable {
  unsubscribe(): Promise<void>;
}

/**
 * A connection to libvirt. Calls run at the same time, each on a thread of this connection (`maxCalls`), so they may
 * finish in another order than they were made: wait for one before the next where order matters.
 *
 * All methods reject with `LibvirtError`. After {@link close} they reject with `closed`.
 */
export class Connection implements AsyncDisposable {
  readonly #binding: NativeBinding;
  readonly #handle: ConnectionHandle;

  /** Use `Libvirt.connect`. */
  constructor(binding: NativeBinding, handle: ConnectionHandle) {
    this.#binding = binding;
    this.#handle = handle;
  }

  /**
   * Closes the connection: new and queued calls reject with `closed`, running calls are waited for at most `waitMs`
   * (default 5000), then rejected with `closed` as well. Its domains, consoles and subscriptions are freed.
   * Repeated calls do no harm.
   *
   * @returns false when running calls had to be abandoned; the native connection is then freed when the last one returns.
   */
  async close(options: { waitMs?: number } = {}): Promise<boolean> {
    const closed = this.#binding.connectClose(this.#handle);
    const timer = setTimeout(() => this.#binding.connectAbandon(this.#handle), options.waitMs ?? 5000);
    try {
      return await closed;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The daemon's libvirt version: major * 1,000,000 + minor * 1,000 + release. */
  libraryVersion(options?: CallOptions): Promise<number> {
    return untilAborted(options, () => this.#binding.connectGetLibVersion(this.#handle));
  }

  /** The hypervisor's version (QEMU's), in the same form. */
  hypervisorVersion(options?: CallOptions): Promise<number> {
    return untilAborted(options, () => this.#binding.connectGetVersion(this.#handle));
  }

  /** Name of the hypervisor driver: `QEMU`, `Test`, ... */
  type(options?: CallOptions): Promise<string> {
    return untilAborted(options, () => this.#binding.connectGetType(this.#handle));
  }

  hostname(options?: CallOptions): Promise<string> {
    return untilAborted(options, () => this.#binding.connectGetHostname(this.#handle));
  }

  uri(options?: CallOptions): Promise<string> {
    return untilAborted(options, () => this.#binding.connectGetURI(this.#handle));
  }

  /**
   * Sends a keepalive message after that much silence and gives the connection up after `count` unanswered ones.
   * @returns false when the server does not support it
   * @throws LibvirtError `no-support` for drivers inside this process
   */
  setKeepAlive(intervalSeconds: number, count: number, options?: CallOptions): Promise<boolean> {
    return untilAborted(options, () =>
      this.#binding.connectSetKeepAlive(this.#handle, intervalSeconds, count),
    );
  }

  /** Whether the connection still stands, as far as is known without asking the daemon. */
  isAlive(options?: CallOptions): Promise<boolean> {
    return untilAborted(options, () => this.#binding.connectIsAlive(this.#handle));
  }

  /** Capabilities XML of the host; `parseHostCapabilities` reads it. */
  capabilities(options?: CallOptions): Promise<string> {
    return untilAborted(options, () => this.#binding.connectGetCapabilities(this.#handle));
  }

  /** Domain capabilities XML; `parseDomainCapabilities` reads it. */
  domainCapabilities(query: DomainCapabilitiesQuery = {}): Promise<string> {
    return untilAborted(query, () =>
      this.#binding.connectGetDomainCapabilities(
        this.#handle,
        query.emulator,
        query.arch,
        query.machine,
        query.virtType,
      ),
    );
  }

  nodeInfo(options?: CallOptions): Promise<NodeInfo> {
    return untilAborted(options, () => this.#binding.nodeGetInfo(this.#handle));
  }

  /** All domains, or those that match `flags` (`ListDomains`). */
  async listDomains(flags = 0, options?: CallOptions): Promise<Domain[]> {
    const found = await untilAborted(options, () => this.#binding.connectListAllDomains(this.#handle, flags));
    return found.map((reference) => this.#domain(reference));
  }

  /** Defines or replaces a persistent domain without starting it. `flags`: `Define`. */
  async defineDomain(xml: string, flags = 0, options?: CallOptions): Promise<Domain> {
    return this.#domain(
      await untilAborted(options, () => this.#binding.domainDefineXMLFlags(this.#handle, xml, flags)),
    );
  }

  /** Starts a transient domain. `flags`: `Start`. */
  async createDomain(xml: string, flags = 0, options?: CallOptions): Promise<Domain> {
    return this.#domain(
      await untilAborted(options, () => this.#binding.domainCreateXML(this.#handle, xml, flags)),
    );
  }

  /** @throws LibvirtError `no-domain` */
  async domainByName(name: string, options?: CallOptions): Promise<Domain> {
    return this.#domain(
      await untilAborted(options, () => this.#binding.domainLookupByName(this.#handle, name)),
    );
  }

  /** @throws LibvirtError `no-domain`; `invalid-argument` when it is no UUID */
  async domainByUuid(uuid: string, options?: CallOptions): Promise<Domain> {
    return this.#domain(
      await untilAborted(options, () => this.#binding.domainLookupByUUIDString(this.#handle, uuid)),
    );
  }

  /** Statistics of every domain in one call. `groups`: `StatsGroup`, 0 for all that the driver has. */
  allDomainStats(
    groups = 0,
    options?: CallOptions,
  ): Promise<{ domain: DomainIdentity; stats: TypedParameters }[]> {
    return untilAborted(options, () => this.#binding.connectGetAllDomainStats(this.#handle, groups, 0));
  }

  /**
   * Calls `listener` for events of these kinds, on the main loop, in libvirt's order. The subscription keeps the
   * connection from being collected but not the process from ending. What `listener` throws is an uncaught exception.
   *
   * @throws LibvirtError `no-support` when the driver lacks one of the kinds; then none is subscribed
   */
  async onDomainEvent(
    kinds: readonly DomainEventKind[],
    listener: (event: DomainEvent) => void,
    options?: CallOptions,
  ): Promise<Subscription> {
    return this.#subscribe(options, () =>
      this.#binding.connectSubscribe(this.#handle, kinds, (raw) => {
        if (raw.kind === 'connection-closed') return;
        listener(raw.kind === 'lifecycle' ? { ...raw, ...lifecycleChange(raw.event, raw.detail) } : raw);
      }),
    );
  }

  /** Calls `listener` once, when the connection ends without {@link close}: daemon gone, keepalive unanswered. */
  async onClose(listener: (reason: CloseReason) => void, options?: CallOptions): Promise<Subscription> {
    return this.#subscribe(options, () =>
      this.#binding.connectSubscribe(this.#handle, ['connection-closed'], (raw) => {
        if (raw.kind === 'connection-closed') listener(closeReason(raw.reason));
      }),
    );
  }

  async #subscribe(options: CallOptions | undefined, start: () => Promise<number>): Promise<Subscription> {
    const token = await untilAborted(options, start);
    const unsubscribe = () => this.#binding.connectUnsubscribe(this.#handle, token);
    return { unsubscribe, [Symbol.asyncDispose]: unsubscribe };
  }

  #domain(reference: DomainReference): Domain {
    return new Domain(this.#binding, reference);
  }
}
