import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import {
  facetNames,
  HalError,
  MachineSpecSchema,
  parseMachineSpec,
  sameMachineSpec,
  type CallOptions,
  type FacetName,
  type Hypervisor,
  type HypervisorCapabilities,
  type Machine,
  type MachineEvent,
  type MachineSpec,
} from '@virtkit/hal';
import { decideAcceleration, type Accelerator, type HardwareVirtualization } from './acceleration.ts';
import { checkSupported } from './check-supported.ts';
import { daemonPaths } from './daemon/configuration.ts';
import { ConnectionKeeper } from './daemon/connection-keeper.ts';
import { PrivateDaemon } from './daemon/private-daemon.ts';
import { defaultMachineType } from './domain-xml/firmware.ts';
import { renderDomain, type VirtType } from './domain-xml/render.ts';
import { doing, throwIfAborted } from './errors.ts';
import { EventHub } from './event-hub.ts';
import { AgentConnections } from './facets/agent-connections.ts';
import {
  emulators,
  installedArchitectures,
  requireEmulator,
  virtualizationFor,
} from './host-architecture.ts';
import { prepareDisks } from './images/disk-files.ts';
import { findUefi } from './images/uefi.ts';
import { KeyedLock } from './keyed-lock.ts';
import { defineChecked } from './machine/define-domain.ts';
import { MachineDirectory } from './machine/machine-directory.ts';
import type { MachineHost } from './machine/machine-host.ts';
import { KvmQemuMachine } from './machine/machine.ts';
import { linkTpmState } from './machine/tpm-state.ts';
import { ThawTimers } from './machine/thaw-timers.ts';
import { Libvirt, type Connection, type Domain } from './native/index.ts';
import { isPasst } from './passt/arguments.ts';
import { PasstKeeper } from './passt/passt-keeper.ts';
import { ensureFolder, giveFilesTo, makeFolder, type Owner } from './ownership.ts';

/** Folders, user and acceleration of one private libvirtd and the QEMUs that it starts. */
export interface KvmQemuOptions {
  /** Folder that holds machines, the daemon's configuration and caches. Created when missing. */
  stateDir: string;
  /** Folder for sockets. At most about 70 bytes long, because a unix socket path holds 107. */
  runDir: string;
  /**
   * Whether `/dev/kvm` can be used; the node probe (`probeKvm`) finds out. A function is asked each time when somebody wants to know,
   * for a process that may be given the device later.
   */
  hardwareVirtualization: HardwareVirtualization | (() => Promise<HardwareVirtualization>);
  /** The kernel's interface to the CPU's virtualisation. Default `kvm`. */
  accelerator?: Accelerator;
  /** Seconds without clients and running machines after which the private daemon ends by itself. Default 30. */
  daemonIdleSeconds?: number;
  /** Folder that `refreshCapabilityCache` filled: spares each new daemon to ask QEMU what it can do. */
  capabilityCache?: string;
  /** Folder that memory dumps may be written to, by the user that QEMU runs as. Default: none. */
  memoryDumpFolder?: string;
  /** Run daemon and QEMU as this user; needs root. Default: the present user, who should not be root. */
  runAs?: Owner;
}

/** The first libvirt that starts passt and connects it through shared memory: 11.1.0. */
const startsPasst = 11_001_000;

/** KVM/QEMU through a private libvirtd. Made by {@link createKvmQemuHypervisor}. */
class KvmQemuHypervisor implements KvmQemu, MachineHost {
  readonly name = 'kvm-qemu';
  readonly supports: ReadonlySet<FacetName> = new Set(facetNames);
  readonly thaws = new ThawTimers();
  readonly agents = new AgentConnections();
  readonly #options: KvmQemuOptions;
  readonly #daemon: PrivateDaemon;
  readonly #keeper: ConnectionKeeper;
  readonly #events = new EventHub((event) => this.agents.note(event));
  readonly #lock = new KeyedLock();
  readonly #passt: PasstKeeper;
  /** Machine ids by domain name, for events. */
  readonly #ids = new Map<string, string>();

  constructor(options: KvmQemuOptions) {
    this.#options = options;
    this.#passt = new PasstKeeper({
      runDir: options.runDir,
      owner: options.runAs,
      changed: (id) => this.announce({ kind: 'devices', id }),
    });
    this.#daemon = new PrivateDaemon({
      stateDir: join(options.stateDir, 'libvirt'),
      runDir: options.runDir,
      ...(options.daemonIdleSeconds === undefined ? {} : { idleSeconds: options.daemonIdleSeconds }),
      ...(options.capabilityCache === undefined ? {} : { capabilityCache: options.capabilityCache }),
      ...(options.runAs === undefined ? {} : { runAs: options.runAs }),
    });
    this.#keeper = new ConnectionKeeper(
      this.#daemon,
      (connection) => this.#events.attach(connection, (name) => this.#ids.get(name)),
      () => this.#events.emit({ kind: 'resync' }),
    );
  }

  get #machines(): string {
    return join(this.#options.stateDir, 'machines');
  }

  /** Makes the folders and learns which machines an earlier process left. */
  async open(): Promise<void> {
    for (const path of [
      this.#options.stateDir,
      this.#machines,
      this.#options.runDir,
      join(this.#options.stateDir, 'libvirt'),
    ])
      await makeFolder(path, this.#options.runAs);
    for (const id of await MachineDirectory.ids(this.#machines)) {
      const spec = await this.directory(id).readSpec();
      if (spec !== undefined) this.#ids.set(spec.name, id);
    }
  }

  async capabilities({ signal }: CallOptions = {}): Promise<HypervisorCapabilities> {
    return doing('reading capabilities', async () => {
      const connection = await this.connection(signal);
      const version = await connection.hypervisorVersion({ ...(signal && { signal }) });
      const hardwareVirtualization = await this.#hardwareVirtualization();
      const architectures = await installedArchitectures();
      return {
        name: this.name,
        version: `QEMU ${Math.floor(version / 1e6)}.${Math.floor(version / 1e3) % 1000}.${version % 1000}`,
        architectures,
        machineTypes: architectures.map((architecture) => defaultMachineType[architecture]),
        hardwareVirtualization,
        supports: [...this.supports],
      };
    });
  }

  async define(input: MachineSpec, { signal }: CallOptions = {}): Promise<Machine> {
    this.checkUsable(signal);
    const spec = parseMachineSpec(input, this.name);
    checkSupported(spec);
    return this.#lock.run(spec.id, () => doing(`defining ${spec.name}`, () => this.#define(spec, signal)));
  }

  async #define(spec: MachineSpec, signal: AbortSignal | undefined): Promise<Machine> {
    const directory = this.directory(spec.id);
    const known = await directory.readSpec();
    if (known !== undefined && !sameMachineSpec(known, spec))
      throw new HalError('conflict', `machine ${spec.id} is defined with another spec`);
    const owner = this.#ids.get(spec.name);
    if (owner !== undefined && owner !== spec.id)
      throw new HalError('conflict', `the name ${spec.name} belongs to machine ${owner}`);
    await this.#virtType(spec);
    await requireEmulator(spec.architecture);
    if (known === undefined) {
      // Left-overs of a define that did not finish.
      await directory.remove();
      await makeFolder(directory.path, this.#options.runAs);
      try {
        await prepareDisks(spec, directory.path, signal);
      } catch (error) {
        await directory.remove();
        throw error;
      }
      await directory.writeSpec(spec);
    }
    this.#ids.set(spec.name, spec.id);
    const machine = new KvmQemuMachine(this, spec.id, spec.name);
    try {
      using _domain = await machine.domain({ ...(signal && { signal }) });
    } catch (error) {
      if (known === undefined) {
        this.#ids.delete(spec.name);
        await directory.remove();
      }
      throw error;
    }
    return machine;
  }

  async machine(id: string, { signal }: CallOptions = {}): Promise<Machine | undefined> {
    this.checkUsable(signal);
    if (!MachineSpecSchema.shape.id.safeParse(id).success) return undefined;
    const spec = await this.directory(id).readSpec();
    return spec === undefined ? undefined : new KvmQemuMachine(this, id, spec.name);
  }

  async list({ signal }: CallOptions = {}): Promise<
    { id: string; name: string; labels: Record<string, string> }[]
  > {
    this.checkUsable(signal);
    const found = [];
    for (const id of await MachineDirectory.ids(this.#machines)) {
      const spec = await this.directory(id).readSpec();
      if (spec !== undefined) found.push({ id, name: spec.name, labels: spec.labels });
    }
    return found;
  }

  events({ signal }: CallOptions = {}): AsyncIterable<MachineEvent> {
    // A listener wants events, so the connection must exist; what fails here fails again, visibly, in the next verb.
    this.#keeper.get().catch(() => this.#events.emit({ kind: 'resync' }));
    return this.#events.listen(signal);
  }

  async stopDaemon(): Promise<void> {
    await this.#keeper[Symbol.asyncDispose]();
    await this.#daemon.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.thaws[Symbol.dispose]();
    this.#passt[Symbol.dispose]();
    this.#events.close();
    await this.#keeper[Symbol.asyncDispose]();
  }

  checkUsable(signal?: AbortSignal): void {
    if (this.#keeper.closed) throw new HalError('closed', 'this hypervisor connection was disposed');
    throwIfAborted(signal);
  }

  connection(signal?: AbortSignal): Promise<Connection> {
    this.checkUsable(signal);
    return this.#keeper.get(signal);
  }

  directory(id: string): MachineDirectory {
    return new MachineDirectory(this.#machines, id);
  }

  vncSocket(id: string): string {
    return this.#socket('vnc', id);
  }

  /** Socket paths are short whatever the id is. */
  #socket(purpose: string, id: string): string {
    return join(
      this.#options.runDir,
      `${purpose}-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`,
    );
  }

  async defineDomain(spec: MachineSpec, directory: MachineDirectory, signal?: AbortSignal): Promise<Domain> {
    const diskFiles = await prepareDisks(spec, directory.path, signal);
    const { runAs } = this.#options;
    if (runAs !== undefined) await giveFilesTo(directory.path, runAs);
    for (const socket of spec.extraDevices?.usbRedirectionSockets ?? [])
      await ensureFolder(dirname(socket), runAs);
    const { stateFolder } = spec.extraDevices?.tpm ?? {};
    if (stateFolder !== undefined)
      await linkTpmState({
        configuration: daemonPaths(join(this.#options.stateDir, 'libvirt'), this.#options.runDir).config,
        uuid: spec.firmware.uuid,
        stateFolder,
        owner: runAs,
      });
    const { kind, uefi: wanted } = spec.firmware;
    const uefi =
      kind === 'uefi' ? await findUefi(spec, wanted?.variablesPath ?? directory.uefiVariables) : undefined;
    const passt = await this.passtFor(spec);
    const xml = renderDomain(spec, {
      virtType: await this.#virtType(spec),
      emulator: emulators[spec.architecture],
      diskFiles,
      serialLog: directory.serialLog,
      vncSocket: this.vncSocket(spec.id),
      agentSocket: this.#socket('agent', spec.id),
      ...(passt && { passtSockets: passt.sockets(spec) }),
      ...(uefi === undefined ? {} : { uefi }),
    });
    return defineChecked(await this.connection(signal), xml, spec, signal);
  }

  async passtFor({ interfaces }: MachineSpec): Promise<PasstKeeper | undefined> {
    if (!interfaces.some(isPasst)) return undefined;
    const { version } = await Libvirt.load();
    return version < startsPasst ? this.#passt : undefined;
  }

  async #virtType({ acceleration, architecture }: MachineSpec): Promise<VirtType> {
    const found = virtualizationFor(architecture, await this.#hardwareVirtualization());
    return decideAcceleration(acceleration, found, this.#options.accelerator);
  }

  async #hardwareVirtualization(): Promise<HardwareVirtualization> {
    const { hardwareVirtualization } = this.#options;
    return typeof hardwareVirtualization === 'function' ? hardwareVirtualization() : hardwareVirtualization;
  }

  exclusively<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#lock.run(id, work);
  }

  changed(id: string): void {
    this.#events.emit({ kind: 'state', id });
  }

  get memoryDumpFolder(): string | undefined {
    return this.#options.memoryDumpFolder;
  }

  announce(event: MachineEvent): void {
    this.#events.emit(event);
  }

  forgotten(id: string): void {
    this.thaws.cancel(id);
    this.#passt.forget(id);
    for (const [name, known] of this.#ids) if (known === id) this.#ids.delete(name);
    this.changed(id);
  }
}

/** The hypervisor with what only this backend offers. */
export interface KvmQemu extends Hypervisor {
  /** Disposes the connection and ends the private daemon; running machines go on without it. */
  stopDaemon(): Promise<void>;
}

/**
 * Opens KVM/QEMU through a private, unprivileged libvirtd, started on first use and found again by later processes that
 * name the same folders.
 *
 * @throws HalError `hypervisor-unavailable` (retry `never`) when `runDir` is too long for sockets.
 */
export async function createKvmQemuHypervisor(options: KvmQemuOptions): Promise<KvmQemu> {
  const hypervisor = new KvmQemuHypervisor(options);
  await hypervisor.open();
  return hypervisor;
}
