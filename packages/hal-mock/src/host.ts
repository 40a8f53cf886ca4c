import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import {
  EventQueue,
  HalError,
  parseMachineSpec,
  withMedium,
  sameMachineSpec,
  type Disk,
  type DiskSource,
  type MachineEvent,
  type MachineSpec,
} from '@virtkit/hal';
import { requireDumpPath } from '@virtkit/hal/files';
import {
  behaviourOf,
  GuestBehaviourSchema,
  type GuestBehaviour,
  type GuestBehaviourInput,
} from './behaviour.ts';
import { errorOf, FaultPlan, type Operation } from './faults.ts';
import { mockName } from './name.ts';
import { StateDirectory } from './state-directory.ts';
import { delay, realTime, type Scheduler } from './scheduler.ts';
import { VirtualMachine, type MachineRecord } from './virtual-machine.ts';

/** What the simulated host has and how long things take on it; everything has a default. */
export interface MockHostOptions {
  /** Default: real time. A `StepScheduler` gives single-step mode. */
  scheduler?: Scheduler;
  /** How guests behave unless their spec's `backend.mock` says otherwise. */
  behaviour?: GuestBehaviourInput;
  /** Memory for guests, in bytes; default 1 TiB. `start` refuses what does not fit. */
  memoryBytes?: number;
  /** What each call costs, in milliseconds by the scheduler; default 0. */
  costMs?: Partial<Record<Operation, number>>;
  /** Whether `start` looks for the files and devices that the spec's disks and kernel name. Default true. */
  checkSources?: boolean;
  /** Folder that memory dumps may be written to. Default: none may. */
  memoryDumpFolder?: string;
  /** What the host claims about hardware virtualisation; default usable. */
  hardwareVirtualization?: 'usable' | 'unusable' | 'absent';
}

/**
 * A simulated host: the state that every connection to it shares. Machines live as long as this object, or, when it was
 * opened on a directory, until they are undefined. One process at a time may use a directory.
 */
export class MockHost {
  readonly scheduler: Scheduler;
  readonly faults = new FaultPlan();
  readonly hardwareVirtualization: 'usable' | 'unusable' | 'absent';
  readonly #behaviour: GuestBehaviour;
  readonly #memoryBytes: number;
  readonly #costMs: Partial<Record<Operation, number>>;
  readonly #checkSources: boolean;
  readonly #memoryDumpFolder: string | undefined;
  readonly #machines = new Map<string, VirtualMachine>();
  readonly #subscribers = new Set<EventQueue>();
  #directory: StateDirectory | undefined;
  #connected = true;

  constructor(options: MockHostOptions = {}) {
    this.scheduler = options.scheduler ?? realTime;
    this.#behaviour = GuestBehaviourSchema.parse(options.behaviour ?? {});
    this.#memoryBytes = options.memoryBytes ?? 2 ** 40;
    this.#costMs = options.costMs ?? {};
    this.#checkSources = options.checkSources ?? true;
    this.#memoryDumpFolder = options.memoryDumpFolder;
    this.hardwareVirtualization = options.hardwareVirtualization ?? 'usable';
  }

  /**
   * A host whose machines are kept in a directory (made when missing): a later process that opens it adopts them, with
   * the guest time that has passed. Console output from before is lost, as it is with a real machine without a log.
   * @throws HalError `failed` when the directory holds what this version cannot read.
   */
  static async open(stateDir: string, options: MockHostOptions = {}): Promise<MockHost> {
    const host = new MockHost(options);
    const directory = await StateDirectory.open(stateDir);
    for (const record of directory.records) host.#admit(record);
    host.#directory = directory;
    return host;
  }

  /** Every call fails with `connection-lost` and every event is lost, until `reconnect`. Guests go on. */
  disconnect(): void {
    this.#connected = false;
  }

  /** Ends `disconnect`. Subscribers get one `resync`, because what happened meanwhile is not told. */
  reconnect(): void {
    this.#connected = true;
    this.#publish({ kind: 'resync' });
  }

  /** The simulated machine itself, for tests that look behind the interface. */
  inspect(id: string): VirtualMachine | undefined {
    return this.#machines.get(id);
  }

  /** Every simulated machine, defined, running or stopped. */
  machines(): IterableIterator<VirtualMachine> {
    return this.#machines.values();
  }

  /** The simulated machine itself, for calls that need one. @throws HalError `not-found`. */
  require(id: string): VirtualMachine {
    const machine = this.#machines.get(id);
    if (machine) return machine;
    throw new HalError('not-found', `no machine ${id}`);
  }

  /** Sends all events of this host to `queue`, from now on. */
  subscribe(queue: EventQueue): void {
    this.#subscribers.add(queue);
  }

  /** Ends `subscribe`; without effect for a queue that is not subscribed. */
  unsubscribe(queue: EventQueue): void {
    this.#subscribers.delete(queue);
  }

  /** Does one call: what it costs, the faults that hit it, then the call itself. */
  async call<T>(
    operation: Operation,
    machineId: string | undefined,
    signal: AbortSignal | undefined,
    body: () => T | Promise<T>,
  ): Promise<T> {
    this.#requireConnection();
    const fault = this.faults.take(operation, machineId);
    const waitMs = (this.#costMs[operation] ?? 0) + (fault?.delayMs ?? 0);
    if (waitMs > 0) await delay(this.scheduler, waitMs, signal);
    const error = fault && errorOf(fault, operation);
    if (error && fault.moment !== 'after') throw error;
    const result = await body();
    this.#requireConnection();
    if (error) throw error;
    return result;
  }

  /**
   * As `Hypervisor.define`, without cost or faults.
   * @throws HalError `invalid-spec`, `unsupported`, `conflict`
   */
  define(input: MachineSpec): VirtualMachine {
    const spec = parseMachineSpec(input, mockName);
    const known = this.#machines.get(spec.id);
    if (known) {
      if (sameMachineSpec(known.spec, spec)) return known;
      throw new HalError('conflict', `machine ${spec.id} is defined with another spec`, { field: '/id' });
    }
    for (const other of this.#machines.values()) {
      if (other.spec.name === spec.name) {
        throw new HalError('conflict', `the name ${spec.name} belongs to machine ${other.id}`, {
          field: '/name',
        });
      }
    }
    const machine = this.#admit({ spec, state: { kind: 'defined' } });
    this.#save(machine.record);
    this.#emit({ kind: 'state', id: spec.id });
    return machine;
  }

  /**
   * As `Machine.start`, without cost or faults.
   * @throws HalError `not-found`, `hypervisor-unavailable`, `source-unavailable`, `insufficient-resources`
   */
  async start(id: string): Promise<void> {
    const machine = this.require(id);
    if (machine.live) return;
    if (machine.spec.acceleration === 'hardware' && this.hardwareVirtualization !== 'usable') {
      throw new HalError(
        'hypervisor-unavailable',
        `hardware virtualisation is ${this.hardwareVirtualization}`,
      );
    }
    if (this.#checkSources) await requireSources(machine.spec);
    // Another call may have started or undefined it while its files were looked for.
    const current = this.require(id);
    if (!current.live) this.#requireMemory(current.spec);
    current.start();
  }

  /** As `Machine.undefine`, without cost or faults: unknown ids are fine. */
  undefine(id: string): void {
    const machine = this.#machines.get(id);
    if (!machine) return;
    machine.destroy();
    this.#machines.delete(id);
    this.#directory?.remove(id);
    this.#emit({ kind: 'state', id });
  }

  /**
   * As `HotplugFacet.attachDisk`, without cost or faults.
   * @throws HalError as it does
   */
  async attachDisk(id: string, disk: Disk): Promise<void> {
    if (this.require(id).hasDisk(disk)) return;
    await this.#requireMedium(disk.source, '/source/path');
    const machine = this.require(id);
    // Another call may have done it while the file was looked for.
    if (!machine.hasDisk(disk)) machine.attachDisk(disk);
  }

  /**
   * As `HotplugFacet.changeMedium`, without cost or faults.
   * @throws HalError as it does
   */
  async changeMedium(id: string, diskId: string, medium: DiskSource): Promise<void> {
    if (withMedium(this.require(id).spec, diskId, medium) === undefined) return;
    await this.#requireMedium(medium, '/path');
    this.require(id).changeMedium(diskId, medium);
  }

  /**
   * As `MemoryDumpFacet.start`, without cost or faults.
   * @throws HalError as it does
   */
  async startMemoryDump(id: string, path: string): Promise<void> {
    if (this.require(id).dumps(path)) return;
    await requireDumpPath(path, this.#memoryDumpFolder);
    const machine = this.require(id);
    if (!machine.dumps(path)) machine.startMemoryDump(path, () => writeDump(path, id));
  }

  async #requireMedium(source: DiskSource, field: string): Promise<void> {
    if (this.#checkSources && 'path' in source) await requireReadable(source.path, field);
  }

  #admit(record: MachineRecord): VirtualMachine {
    const machine = new VirtualMachine(record, {
      scheduler: this.scheduler,
      behaviour: behaviourOf(record.spec, this.#behaviour),
      emit: (event) => this.#emit(event),
      changed: (changed) => this.#save(changed),
    });
    this.#machines.set(record.spec.id, machine);
    return machine;
  }

  #save(record: MachineRecord): void {
    this.#directory?.save(record);
  }

  #emit(event: MachineEvent): void {
    if (this.#connected && !this.faults.loses(event)) this.#publish(event);
  }

  #publish(event: MachineEvent): void {
    for (const queue of this.#subscribers) queue.push(event);
  }

  #requireConnection(): void {
    if (!this.#connected) throw new HalError('connection-lost', 'the connection to the mock host is cut');
  }

  #requireMemory(spec: MachineSpec): void {
    let used = 0;
    for (const machine of this.#machines.values()) if (machine.live) used += machine.spec.memory.sizeBytes;
    const free = this.#memoryBytes - used;
    if (spec.memory.sizeBytes <= free) return;
    throw new HalError(
      'insufficient-resources',
      `machine ${spec.id} needs ${spec.memory.sizeBytes} bytes of memory and ${free} are free`,
      { field: '/memory/sizeBytes' },
    );
  }
}

async function requireSources(spec: MachineSpec): Promise<void> {
  for (const [index, { source }] of spec.disks.entries()) {
    if ('path' in source) await requireReadable(source.path, `/disks/${index}/source/path`);
  }
  const { kernel } = spec.firmware;
  if (!kernel) return;
  await requireReadable(kernel.path, '/firmware/kernel/path');
  if (kernel.initrdPath) await requireReadable(kernel.initrdPath, '/firmware/kernel/initrdPath');
}

async function requireReadable(path: string, field: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    throw new HalError('source-unavailable', `${path} cannot be read`, { field, cause });
  }
}

/** A small file in place of the memory that a mock guest does not have. */
async function writeDump(path: string, machineId: string): Promise<void> {
  await writeFile(path, `memory of the mock guest ${machineId}\n`, { flag: 'wx' });
}
