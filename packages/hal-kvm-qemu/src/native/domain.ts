import type { DomainHandle, DomainReference, NativeBinding } from './binding.ts';
import { type CallOptions, untilAborted } from './call-options.ts';
import { Console } from './console.ts';
import { DomainBlock } from './domain-block.ts';
import type {
  DomainIdentity,
  DomainInfo,
  DomainInterfaceStats,
  DomainMemoryStats,
  Screenshot,
} from './domain-data.ts';
import { DomainGuest } from './domain-guest.ts';
import { DomainMigration } from './domain-migration.ts';
import { type DomainState, domainState } from './domain-state.ts';
import { Keycodes, MetadataType } from './flags.ts';
import type { TypedParameters } from './typed-parameters.ts';

/** An XML element that the domain carries for its owner. */
export interface MetadataElement {
  /** Namespace URI, the element's identity. */
  readonly uri: string;
  /** Namespace prefix to write it with. */
  readonly key: string;
  /** The element's XML, without a namespace declaration; undefined removes it. */
  readonly xml: string | undefined;
}

/** A screenshot has at most this many bytes unless the caller allows more. */
const SCREENSHOT_LIMIT = 64 * 1024 * 1024;

/**
 * A domain of one connection, running or not. It is a reference: dispose of it (`using`) to free it at once, else garbage
 * collection or the connection's end does. A domain that does not exist any more makes calls reject with `no-domain`.
 *
 * All methods reject with `LibvirtError`. `flags` are the values in `flags.ts` named after the call.
 */
export class Domain implements Disposable {
  readonly #binding: NativeBinding;
  readonly #handle: DomainHandle;
  readonly identity: DomainIdentity;
  /** Disks: size, statistics, block jobs, backup and checkpoints. */
  readonly block: DomainBlock;
  /** What the guest agent can do and tell. */
  readonly guest: DomainGuest;
  /** Live migration and the job that a domain runs. */
  readonly migration: DomainMigration;

  /** Use the methods of `Connection`. */
  constructor(binding: NativeBinding, reference: DomainReference) {
    const { handle, name, uuid, id } = reference;
    this.#binding = binding;
    this.#handle = handle;
    this.identity = { name, uuid, id };
    this.block = new DomainBlock(binding, handle);
    this.guest = new DomainGuest(binding, handle);
    this.migration = new DomainMigration(binding, handle);
  }

  get name(): string {
    return this.identity.name;
  }

  get uuid(): string {
    return this.identity.uuid;
  }

  [Symbol.dispose](): void {
    this.#binding.domainFree(this.#handle);
  }

  /** Starts a defined domain. `flags`: `Start`. */
  create(flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainCreateWithFlags(this.#handle, flags));
  }

  /** Asks the guest to power off; answers before it has. `flags`: `PowerOff`, 0 lets libvirt choose. */
  shutdown(flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainShutdownFlags(this.#handle, flags));
  }

  /** Asks the guest to reboot. `flags`: `PowerOff`. */
  reboot(flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainReboot(this.#handle, flags));
  }

  /** Presses the reset button. */
  reset(options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainReset(this.#handle));
  }

  /** Stops the vCPUs. */
  suspend(options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainSuspend(this.#handle));
  }

  /** Lets the vCPUs run again. */
  resume(options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainResume(this.#handle));
  }

  /** Ends the QEMU process. `flags`: `Destroy`; `graceful` refuses to go on to SIGKILL. */
  destroy(flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainDestroyFlags(this.#handle, flags));
  }

  /** Removes the persistent definition; a running domain becomes transient. `flags`: `Undefine`. */
  undefine(flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainUndefineFlags(this.#handle, flags));
  }

  /** The domain's XML. `flags`: `XmlFlag`. */
  xml(flags = 0, options?: CallOptions): Promise<string> {
    return untilAborted(options, () => this.#binding.domainGetXMLDesc(this.#handle, flags));
  }

  /** State and reason. */
  async state(options?: CallOptions): Promise<DomainState> {
    const { state, reason } = await untilAborted(options, () => this.#binding.domainGetState(this.#handle));
    return domainState(state, reason);
  }

  /** State, memory, vCPUs and CPU time in one cheap call. */
  info(options?: CallOptions): Promise<DomainInfo> {
    return untilAborted(options, () => this.#binding.domainGetInfo(this.#handle));
  }

  /** Whether there is a persistent definition. */
  isPersistent(options?: CallOptions): Promise<boolean> {
    return untilAborted(options, () => this.#binding.domainIsPersistent(this.#handle));
  }

  /** Sets, replaces or removes the owner's element. `flags`: `Affect`. */
  setMetadata(element: MetadataElement, flags = 0, options?: CallOptions): Promise<void> {
    const { xml, key, uri } = element;
    return untilAborted(options, () =>
      this.#binding.domainSetMetadata(this.#handle, MetadataType.element, xml, key, uri, flags),
    );
  }

  /** The owner's element by its namespace. `flags`: `Affect`. @throws LibvirtError `no-metadata` */
  metadata(uri: string, flags = 0, options?: CallOptions): Promise<string> {
    return untilAborted(options, () =>
      this.#binding.domainGetMetadata(this.#handle, MetadataType.element, uri, flags),
    );
  }

  /** Plugs or unplugs vCPUs. `flags`: `Affect` and `VcpuFlag`. */
  setVcpus(vcpus: number, flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainSetVcpusFlags(this.#handle, vcpus, flags));
  }

  /** Sets the balloon's target in KiB. `flags`: `Affect` and `MemoryFlag`. */
  setMemory(kib: number, flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainSetMemoryFlags(this.#handle, kib, flags));
  }

  memoryStats(options?: CallOptions): Promise<DomainMemoryStats> {
    return untilAborted(options, () => this.#binding.domainMemoryStats(this.#handle));
  }

  /** Counters of one interface, by its target device (`vnet0`) or MAC address. */
  interfaceStats(device: string, options?: CallOptions): Promise<DomainInterfaceStats> {
    return untilAborted(options, () => this.#binding.domainInterfaceStats(this.#handle, device));
  }

  /** Statistics of this domain. `groups`: `StatsGroup`, 0 for all that the driver has. */
  stats(groups = 0, options?: CallOptions): Promise<TypedParameters> {
    return untilAborted(options, () => this.#binding.domainGetStats(this.#handle, groups, 0));
  }

  /** Adds a device. `flags`: `Affect`. */
  attachDevice(xml: string, flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainAttachDeviceFlags(this.#handle, xml, flags));
  }

  /** Asks the guest to let a device go; `device-removed` tells when it did. `flags`: `Affect`. */
  detachDevice(xml: string, flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainDetachDeviceFlags(this.#handle, xml, flags));
  }

  /** Changes a device: the medium of a drive, the link of an interface, ... `flags`: `Affect`. */
  updateDevice(xml: string, flags = 0, options?: CallOptions): Promise<void> {
    return untilAborted(options, () => this.#binding.domainUpdateDeviceFlags(this.#handle, xml, flags));
  }

  /**
   * Writes the guest's memory to a file of the daemon's machine and settles when it is whole; it occupies one of the
   * connection's calls as long as it lasts and cannot be cancelled. `flags`: `Dump`.
   */
  coreDump(path: string, format: number, flags: number, options?: CallOptions): Promise<void> {
    return untilAborted(options, () =>
      this.#binding.domainCoreDumpWithFormat(this.#handle, path, format, flags),
    );
  }

  /** Presses these keys (1 to 16) together for `holdMs`. `codeset`: `Keycodes`, by default Linux key codes. */
  sendKeys(
    keys: readonly number[],
    holdMs = 50,
    codeset: number = Keycodes.linux,
    options?: CallOptions,
  ): Promise<void> {
    return untilAborted(options, () => this.#binding.domainSendKey(this.#handle, codeset, holdMs, keys));
  }

  /** A picture of one screen. @throws LibvirtError `result-too-large` beyond `maxBytes` (64 MiB) */
  screenshot(options: CallOptions & { screen?: number; maxBytes?: number } = {}): Promise<Screenshot> {
    const { screen = 0, maxBytes = SCREENSHOT_LIMIT } = options;
    return untilAborted(options, () => this.#binding.domainScreenshot(this.#handle, screen, maxBytes));
  }

  /**
   * Opens a serial console, channel or parallel port as a duplex stream. `device` is its alias (`serial0`), by default
   * the first console. `flags`: `ConsoleFlag`.
   */
  async openConsole(device?: string, flags = 0, options?: CallOptions): Promise<Console> {
    const stream = await untilAborted(options, () =>
      this.#binding.domainOpenConsole(this.#handle, device, flags),
    );
    return new Console(this.#binding, stream);
  }
}
