import type {
  DomainBlockInfo,
  DomainBlockJobInfo,
  DomainIdentity,
  DomainInfo,
  DomainInterfaceStats,
  DomainJobInfo,
  DomainMemoryStats,
  GuestFilesystem,
  GuestInterface,
  NodeInfo,
  Screenshot,
} from './domain-data.ts';
import type { RawEvent } from './events.ts';
import type { KvmBinding } from './kvm-binding.ts';
import type { LibvirtFailure } from './libvirt-error.ts';
import type { KvmFailure } from './kvm-error.ts';
import type { TypedParameters } from './typed-parameters.ts';

declare const kind: unique symbol;

/** An opaque, type-tagged object of the addon: one given to the wrong call is refused with `invalid-handle`. */
export interface Handle<K extends string> {
  readonly [kind]: K;
}
export type ConnectionHandle = Handle<'connection'>;
export type DomainHandle = Handle<'domain'>;
export type StreamHandle = Handle<'stream'>;

/** A domain handle with what is known of it without asking the daemon. */
export interface DomainReference extends DomainIdentity {
  readonly handle: DomainHandle;
}

/** One typed parameter to send; integers must fit the type. */
export interface TypedParameterInput {
  name: string;
  type: 'int' | 'uint' | 'llong' | 'ullong' | 'double' | 'boolean' | 'string';
  value: number | boolean | string;
}

/** Objects and threads that the addon holds, over all environments of the process; for leak tests and diagnostics. */
export interface LiveHandles {
  readonly connections: number;
  readonly domains: number;
  readonly streams: number;
  readonly subscriptions: number;
  /** Threads that run libvirt or KVM calls. */
  readonly threads: number;
  /** Calls accepted and not yet answered. */
  readonly calls: number;
  readonly kvms: number;
  readonly vms: number;
  readonly vcpus: number;
}

/** How the addon makes the errors that it throws and rejects with. */
interface ErrorFactories {
  libvirt(failure: LibvirtFailure): Error;
  kvm(failure: KvmFailure): Error;
}

/**
 * The addon as it is: one function for each libvirt call, under libvirt's own name without `vir`. The classes `Libvirt`,
 * `Connection`, `Domain` and `Console` are what to use; this is what they are made of.
 *
 * Every function that returns a promise runs its call on a thread of the connection it belongs to, and rejects with
 * `LibvirtError`. Nothing here throws synchronously except `configure` and `liveHandles` on programming errors.
 */
export interface NativeBinding
  extends LibraryBinding, ConnectionBinding, DomainBinding, StreamBinding, KvmBinding {
  /** Once per environment (main thread or worker), before anything else. */
  configure(factories: ErrorFactories): void;
  liveHandles(): LiveHandles;
}

interface LibraryBinding {
  /**
   * Loads libvirt (`library`, a name for dlopen) once per process and starts its event loop thread; more calls return
   * the same library. `qemuLibrary` holds the agent and monitor calls and may be missing until one of them is used.
   * @returns libvirt's version as major * 1,000,000 + minor * 1,000 + release.
   */
  libvirtLoad(library: string, qemuLibrary: string): Promise<number>;
  /** `maxCalls`: how many calls of this connection may run at a time (each on its own thread), 1 to 256. */
  connectOpen(uri: string, readOnly: boolean, maxCalls: number): Promise<ConnectionHandle>;
}

interface ConnectionBinding {
  /**
   * Refuses new calls and those still queued with `closed`, waits for those that run, frees the connection's domains,
   * streams and subscriptions, and closes it.
   * @returns false when the running calls were abandoned meanwhile.
   */
  connectClose(connection: ConnectionHandle): Promise<boolean>;
  /**
   * While it closes: rejects the calls that still run with `closed`; they go on in the background, and the connection is
   * freed when the last of them returns.
   */
  connectAbandon(connection: ConnectionHandle): void;
  connectGetLibVersion(connection: ConnectionHandle): Promise<number>;
  connectGetVersion(connection: ConnectionHandle): Promise<number>;
  connectGetHostname(connection: ConnectionHandle): Promise<string>;
  connectGetURI(connection: ConnectionHandle): Promise<string>;
  connectGetType(connection: ConnectionHandle): Promise<string>;
  /** @returns false when the server does not support keepalive. */
  connectSetKeepAlive(connection: ConnectionHandle, intervalSeconds: number, count: number): Promise<boolean>;
  connectIsAlive(connection: ConnectionHandle): Promise<boolean>;
  connectGetCapabilities(connection: ConnectionHandle): Promise<string>;
  connectGetDomainCapabilities(
    connection: ConnectionHandle,
    emulator: string | undefined,
    arch: string | undefined,
    machine: string | undefined,
    virtType: string | undefined,
  ): Promise<string>;
  nodeGetInfo(connection: ConnectionHandle): Promise<NodeInfo>;
  connectListAllDomains(connection: ConnectionHandle, flags: number): Promise<DomainReference[]>;
  connectGetAllDomainStats(
    connection: ConnectionHandle,
    groups: number,
    flags: number,
  ): Promise<{ domain: DomainIdentity; stats: TypedParameters }[]>;
  domainDefineXMLFlags(connection: ConnectionHandle, xml: string, flags: number): Promise<DomainReference>;
  domainCreateXML(connection: ConnectionHandle, xml: string, flags: number): Promise<DomainReference>;
  domainLookupByName(connection: ConnectionHandle, name: string): Promise<DomainReference>;
  domainLookupByUUIDString(connection: ConnectionHandle, uuid: string): Promise<DomainReference>;
  /** Delivers events to `listener` on the main loop until unsubscribed or closed; keeps no process alive. */
  connectSubscribe(
    connection: ConnectionHandle,
    kinds: readonly RawEvent['kind'][],
    listener: (event: RawEvent) => void,
  ): Promise<number>;
  connectUnsubscribe(connection: ConnectionHandle, subscription: number): Promise<void>;
}

interface DomainBinding {
  /** Frees the reference now instead of at garbage collection; calls in flight finish. Free of harm when repeated. */
  domainFree(domain: DomainHandle): void;
  domainCreateWithFlags(domain: DomainHandle, flags: number): Promise<void>;
  domainShutdownFlags(domain: DomainHandle, flags: number): Promise<void>;
  domainReboot(domain: DomainHandle, flags: number): Promise<void>;
  domainReset(domain: DomainHandle): Promise<void>;
  domainSuspend(domain: DomainHandle): Promise<void>;
  domainResume(domain: DomainHandle): Promise<void>;
  domainDestroyFlags(domain: DomainHandle, flags: number): Promise<void>;
  domainUndefineFlags(domain: DomainHandle, flags: number): Promise<void>;
  domainGetXMLDesc(domain: DomainHandle, flags: number): Promise<string>;
  domainGetState(domain: DomainHandle): Promise<{ state: number; reason: number }>;
  domainGetInfo(domain: DomainHandle): Promise<DomainInfo>;
  domainIsPersistent(domain: DomainHandle): Promise<boolean>;
  domainSetMetadata(
    domain: DomainHandle,
    type: number,
    metadata: string | undefined,
    key: string | undefined,
    uri: string | undefined,
    flags: number,
  ): Promise<void>;
  domainGetMetadata(
    domain: DomainHandle,
    type: number,
    uri: string | undefined,
    flags: number,
  ): Promise<string>;
  domainSetVcpusFlags(domain: DomainHandle, vcpus: number, flags: number): Promise<void>;
  domainSetMemoryFlags(domain: DomainHandle, kib: number, flags: number): Promise<void>;
  domainMemoryStats(domain: DomainHandle): Promise<DomainMemoryStats>;
  domainInterfaceStats(domain: DomainHandle, device: string): Promise<DomainInterfaceStats>;
  domainGetStats(domain: DomainHandle, groups: number, flags: number): Promise<TypedParameters>;
  domainAttachDeviceFlags(domain: DomainHandle, xml: string, flags: number): Promise<void>;
  domainDetachDeviceFlags(domain: DomainHandle, xml: string, flags: number): Promise<void>;
  domainUpdateDeviceFlags(domain: DomainHandle, xml: string, flags: number): Promise<void>;
  domainSendKey(
    domain: DomainHandle,
    codeset: number,
    holdMs: number,
    keys: readonly number[],
  ): Promise<void>;
  domainScreenshot(domain: DomainHandle, screen: number, maxBytes: number): Promise<Screenshot>;
  domainOpenConsole(domain: DomainHandle, device: string | undefined, flags: number): Promise<StreamHandle>;

  domainGetBlockInfo(domain: DomainHandle, disk: string): Promise<DomainBlockInfo>;
  domainBlockResize(domain: DomainHandle, disk: string, size: number, flags: number): Promise<void>;
  domainBlockStatsFlags(domain: DomainHandle, disk: string): Promise<TypedParameters>;
  domainBlockCommit(
    domain: DomainHandle,
    disk: string,
    base: string | undefined,
    top: string | undefined,
    bandwidth: number,
    flags: number,
  ): Promise<void>;
  domainBlockJobAbort(domain: DomainHandle, disk: string, flags: number): Promise<void>;
  domainGetBlockJobInfo(domain: DomainHandle, disk: string): Promise<DomainBlockJobInfo | undefined>;
  domainBackupBegin(
    domain: DomainHandle,
    backupXml: string,
    checkpointXml: string | undefined,
    flags: number,
  ): Promise<void>;
  domainBackupGetXMLDesc(domain: DomainHandle): Promise<string>;
  domainCheckpointCreateXML(domain: DomainHandle, xml: string, flags: number): Promise<string>;
  domainCheckpointDelete(domain: DomainHandle, name: string, flags: number): Promise<void>;
  domainListAllCheckpoints(domain: DomainHandle, flags: number): Promise<string[]>;

  domainGetJobInfo(domain: DomainHandle): Promise<DomainJobInfo>;
  domainGetJobStats(domain: DomainHandle, flags: number): Promise<{ type: number; stats: TypedParameters }>;
  domainAbortJob(domain: DomainHandle): Promise<void>;
  domainCoreDumpWithFormat(domain: DomainHandle, path: string, format: number, flags: number): Promise<void>;
  domainMigrateToURI3(
    domain: DomainHandle,
    destination: string | undefined,
    parameters: readonly TypedParameterInput[],
    flags: number,
  ): Promise<void>;
  domainMigrateSetMaxDowntime(domain: DomainHandle, milliseconds: number): Promise<void>;
  domainMigrateSetMaxSpeed(domain: DomainHandle, mibPerSecond: number, flags: number): Promise<void>;
  domainMigrateStartPostCopy(domain: DomainHandle): Promise<void>;

  domainGetHostname(domain: DomainHandle, flags: number): Promise<string>;
  domainInterfaceAddresses(domain: DomainHandle, source: number): Promise<GuestInterface[]>;
  domainFSFreeze(domain: DomainHandle, mountpoints: readonly string[]): Promise<number>;
  domainFSThaw(domain: DomainHandle, mountpoints: readonly string[]): Promise<number>;
  domainGetFSInfo(domain: DomainHandle): Promise<GuestFilesystem[]>;
  domainGetGuestInfo(domain: DomainHandle, groups: number): Promise<TypedParameters>;
  /** `timeoutSeconds`: -2 waits for ever, -1 is libvirt's default (5 s), 0 does not wait. */
  domainQemuAgentCommand(domain: DomainHandle, command: string, timeoutSeconds: number): Promise<string>;
  /** `human`: the text protocol instead of JSON. */
  domainQemuMonitorCommand(domain: DomainHandle, command: string, human: boolean): Promise<string>;
}

interface StreamBinding {
  /** One read at a time: up to 64 KiB as soon as there is something; undefined at the end. */
  streamRead(stream: StreamHandle): Promise<Buffer | undefined>;
  /** Settles when libvirt took all of it; the bytes are copied first. */
  streamWrite(stream: StreamHandle, data: Uint8Array): Promise<void>;
  /** Ends the stream (`abort`: without waiting for the other side) and frees it; repeated calls share one answer. */
  streamClose(stream: StreamHandle, abort: boolean): Promise<void>;
}
