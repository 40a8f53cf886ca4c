import {
  HalError,
  withMedium,
  type Disk,
  type DiskSource,
  type MachineEvent,
  type MachineSpec,
  type MachineState,
  type MachineStatistics,
  type Observed,
} from '@virtkit/hal';
import type { Duplex } from 'node:stream';
import { duplexPair } from 'node:stream';
import type { GuestBehaviour } from './behaviour.ts';
import type { Picture } from './png.ts';
import { guestUsage } from './guest-usage.ts';
import { pictureOf } from './picture.ts';
import { serveRfb } from './rfb-server.ts';
import type { Scheduler } from './scheduler.ts';
import { SerialConsole } from './serial-console.ts';
import {
  attach,
  initialDisks,
  isAttached,
  letGo,
  observedDisks,
  release,
  type DiskRecord,
} from './plugged-disks.ts';
import { serveUsbRedirection } from './usb-redirection.ts';
import { VirtualGuest } from './virtual-guest.ts';

/** What outlives the process when a host keeps its state. */
export interface MachineRecord {
  spec: MachineSpec;
  state: MachineState;
  /** Milliseconds since the epoch; absent before the first start. */
  startedAtMs?: number;
  /** Absent before the first start. */
  disks?: DiskRecord;
  memoryDump?: Observed['memoryDump'];
}

/** What a machine needs of its host. */
export interface MachineSurroundings {
  readonly scheduler: Scheduler;
  readonly behaviour: GuestBehaviour;
  emit(event: MachineEvent): void;
  /** Called after every change of the record. */
  changed(record: MachineRecord): void;
}

/** One simulated machine: its state and the guest inside. Every method acts at once. */
export class VirtualMachine {
  readonly #surroundings: MachineSurroundings;
  readonly #console: SerialConsole;
  readonly #viewers = new Set<Duplex>();
  readonly #usbSlots = new Map<number, Duplex>();
  #spec: MachineSpec;
  #disks: DiskRecord;
  #memoryDump: Observed['memoryDump'];
  #state: MachineState;
  #startedAtMs: number | undefined;
  #guest: VirtualGuest | undefined;

  /** A record of a machine that runs is adopted with the guest time that has passed since its start. */
  constructor(record: MachineRecord, surroundings: MachineSurroundings) {
    this.#spec = record.spec;
    this.#disks = record.disks ?? initialDisks(record.spec);
    this.#memoryDump = record.memoryDump;
    this.#surroundings = surroundings;
    this.#state = record.state;
    this.#startedAtMs = record.startedAtMs;
    this.#console = new SerialConsole({
      keepLog: record.spec.serialConsole?.log ?? false,
      onInput: (bytes) => this.#guest?.input(bytes),
    });
    if (this.live) this.#adopt();
  }

  get id(): string {
    return this.spec.id;
  }

  get spec(): MachineSpec {
    return this.#spec;
  }

  get state(): MachineState {
    return this.#state;
  }

  /** Whether it holds its memory. */
  get live(): boolean {
    return this.#state.kind !== 'defined' && this.#state.kind !== 'stopped';
  }

  get record(): MachineRecord {
    return {
      spec: this.#spec,
      state: this.#state,
      startedAtMs: this.#startedAtMs,
      disks: this.#disks,
      memoryDump: this.#memoryDump,
    };
  }

  start(): void {
    if (this.live) return;
    const paused = this.spec.startPaused;
    this.#startedAtMs = this.#surroundings.scheduler.now();
    this.#disks = initialDisks(this.#spec);
    this.#guest = this.#makeGuest({ paused });
    this.#become(paused ? { kind: 'paused', reason: 'starting' } : { kind: 'running' });
  }

  shutdown(): void {
    if (!this.live || this.#state.kind === 'shutting-down') return;
    this.#become({ kind: 'shutting-down' });
    this.#guest?.resume();
    this.#guest?.shutdown();
  }

  destroy(): void {
    if (this.live) this.#stopped('destroyed');
  }

  pause(): void {
    this.#requireLive('paused');
    if (this.#state.kind === 'paused') return;
    this.#guest?.pause();
    this.#become({ kind: 'paused', reason: 'user' });
  }

  resume(): void {
    this.#requireLive('resumed');
    if (this.#state.kind !== 'paused') return;
    this.#guest?.resume();
    this.#become({ kind: 'running' });
  }

  reset(): void {
    this.#requireLive('reset').reset();
    if (this.#state.kind === 'paused') this.#guest?.pause();
  }

  softReboot(): void {
    this.#requireLive('rebooted').reboot();
  }

  /** Whether it has this very disk. @throws HalError `invalid-state`, and as `HotplugFacet.attachDisk` */
  hasDisk(disk: Disk): boolean {
    this.#requireLive('given a disk');
    return isAttached(this.#spec, this.#disks, disk);
  }

  attachDisk(disk: Disk): void {
    this.#changeDisks(attach(this.#spec, this.#disks, disk));
  }

  detachDisk(id: string): void {
    const guest = this.#requireLive('relieved of a disk');
    const released = release(this.#spec, this.#disks, id);
    if (released !== undefined) this.#changeDisks(released);
    if (this.#disks.leaving.some((disk) => disk.id === id))
      guest.unplug(() => this.#changeDisks({ spec: this.#spec, disks: letGo(this.#disks, id) }));
  }

  changeMedium(id: string, medium: DiskSource): void {
    this.#requireLive('given a medium');
    const spec = withMedium(this.#spec, id, medium);
    if (spec !== undefined) this.#changeDisks({ spec, disks: this.#disks });
  }

  /** Names of the disks that the guest sees, in their order. */
  diskNames(): string[] {
    return observedDisks(this.#spec, this.#disks)
      .map(({ target }) => target)
      .sort();
  }

  /** Whether a dump to this path runs or is complete. @throws HalError `invalid-state`, `conflict` while another runs */
  dumps(path: string): boolean {
    this.#requireLive('dumped');
    const last = this.#memoryDump;
    if (last?.path === path) return last.state.kind !== 'failed';
    if (last?.state.kind === 'running')
      throw new HalError('conflict', `machine ${this.id} is being dumped to ${last.path}`);
    return false;
  }

  startMemoryDump(path: string, write: () => Promise<void>): void {
    const { scheduler, behaviour } = this.#surroundings;
    const { afterMs, failure } = behaviour.memoryDump;
    const dump = { path, startedAt: new Date(scheduler.now()).toISOString() };
    const end = (message: string | undefined): void => {
      const endedAt = new Date(scheduler.now()).toISOString();
      const ended =
        message === undefined ? { kind: 'completed' as const } : { kind: 'failed' as const, message };
      this.#setMemoryDump({ ...dump, state: { ...ended, endedAt } });
    };
    this.#setMemoryDump({ ...dump, state: { kind: 'running' } });
    scheduler.schedule(afterMs, () => {
      if (failure !== undefined) return end(failure);
      write().then(
        () => end(undefined),
        (error: unknown) => end(error instanceof Error ? error.message : String(error)),
      );
    });
  }

  openConsole(index: number): Duplex {
    if (!this.spec.serialConsole || index !== 0) {
      throw new HalError('unsupported', `machine ${this.id} has no serial port ${index}`);
    }
    this.#requireLive('reached by console');
    return this.#console.open();
  }

  consoleLog(maxBytes: number | undefined): Uint8Array {
    return this.#console.log(maxBytes);
  }

  openVnc(): Duplex {
    this.#requireDisplay();
    const [near, far] = duplexPair();
    this.#viewers.add(near);
    far.once('end', () => far.end());
    far.once('close', () => {
      this.#viewers.delete(near);
      near.destroy();
    });
    serveRfb(near, () => pictureOf(this.#state), this.spec.name);
    return far;
  }

  openUsb(slot: number): Duplex {
    if (this.spec.extraDevices?.usbRedirectionSockets[slot] === undefined)
      throw new HalError('unsupported', `machine ${this.id} has no USB slot ${slot}`);
    this.#requireLive('given a USB device');
    if (this.#usbSlots.has(slot))
      throw new HalError('conflict', `USB slot ${slot} of machine ${this.id} is taken`);
    const [near, far] = duplexPair();
    this.#usbSlots.set(slot, near);
    far.once('end', () => far.end());
    far.once('close', () => {
      if (this.#usbSlots.get(slot) === near) this.#usbSlots.delete(slot);
      near.destroy();
    });
    serveUsbRedirection(near);
    return far;
  }

  picture(): Picture {
    this.#requireDisplay();
    return pictureOf(this.#state);
  }

  /** @throws HalError `invalid-state` */
  statistics(): MachineStatistics {
    const guest = this.#requireLive('measured');
    return guestUsage(this.#spec, guest.ranMs, new Date(this.#surroundings.scheduler.now()));
  }

  /** @throws HalError `guest-agent-unavailable`. */
  requireAgent(): VirtualGuest {
    if (this.#agentConnected() && this.#guest && this.#state.kind !== 'paused') return this.#guest;
    throw new HalError('guest-agent-unavailable', `the guest agent of machine ${this.id} is not connected`);
  }

  /** The agent, when it does more than tell that it is there. @throws HalError `guest-agent-unavailable`, `guest-agent-failed`. */
  requireThawedAgent(): VirtualGuest {
    const guest = this.requireAgent();
    if (!guest.frozen) return guest;
    throw new HalError('guest-agent-failed', `the file systems of machine ${this.id} are frozen`);
  }

  observe(hypervisor: string, machineType: string): Observed {
    const { spec } = this;
    const started = this.#startedAtMs !== undefined;
    return {
      id: spec.id,
      name: spec.name,
      hypervisor,
      state: this.#state,
      observedAt: new Date(this.#surroundings.scheduler.now()).toISOString(),
      ...(started && {
        acceleration: spec.acceleration === 'emulation' ? ('emulation' as const) : ('hardware' as const),
        machineType: spec.machineType || machineType,
        startedAt: new Date(this.#startedAtMs!).toISOString(),
      }),
      ...(this.live && { memory: { currentBytes: spec.memory.sizeBytes } }),
      vcpus: spec.cpu.sockets * spec.cpu.cores * spec.cpu.threads,
      disks: observedDisks(spec, this.#disks),
      ...(this.#memoryDump && { memoryDump: this.#memoryDump }),
      interfaces: spec.interfaces.map(({ id, mac, linkUp }) => ({ id, mac, linkUp })),
      guestAgent: { connected: this.#agentConnected() },
    };
  }

  #agentConnected(): boolean {
    return this.spec.guestAgentChannel && this.#guest?.agentConnected === true;
  }

  #adopt(): void {
    const passedMs = this.#surroundings.scheduler.now() - (this.#startedAtMs ?? 0);
    this.#guest = this.#makeGuest({ elapsedMs: passedMs, paused: this.#state.kind === 'paused' });
    if (this.#state.kind === 'shutting-down') this.#guest.shutdown();
  }

  #makeGuest(options: { elapsedMs?: number; paused?: boolean }): VirtualGuest {
    const { behaviour, scheduler } = this.#surroundings;
    const { id } = this.spec;
    return new VirtualGuest(
      behaviour,
      scheduler,
      {
        console: (text) => this.#console.write(text),
        agent: (connected) => {
          if (this.spec.guestAgentChannel) this.#surroundings.emit({ kind: 'guest-agent', id, connected });
        },
        ended: (reason) => {
          if (reason === 'panicked') this.#surroundings.emit({ kind: 'guest-panicked', id });
          this.#stopped(reason);
        },
        rebooted: () => this.#rebooted(),
        trouble: (kind) => this.#trouble(kind),
      },
      options,
    );
  }

  #rebooted(): void {
    this.#surroundings.emit({ kind: 'guest-reboot', id: this.id });
    if (this.spec.onReboot === 'terminate') this.#stopped('shutdown');
  }

  #trouble(kind: 'io-error' | 'watchdog'): void {
    this.#surroundings.emit({ kind, id: this.id });
    this.#guest?.pause();
    this.#become({ kind: 'paused', reason: kind });
  }

  #stopped(reason: Extract<MachineState, { kind: 'stopped' }>['reason']): void {
    this.#guest?.end();
    this.#guest = undefined;
    this.#become({ kind: 'stopped', reason });
    this.#console.end();
    for (const viewer of this.#viewers) viewer.end();
    this.#viewers.clear();
    for (const device of this.#usbSlots.values()) device.end();
    this.#usbSlots.clear();
  }

  #setMemoryDump(dump: NonNullable<Observed['memoryDump']>): void {
    this.#memoryDump = dump;
    this.#surroundings.changed(this.record);
    this.#surroundings.emit({ kind: 'memory-dump', id: this.id });
  }

  #changeDisks({ spec, disks }: { spec: MachineSpec; disks: DiskRecord }): void {
    this.#spec = spec;
    this.#disks = disks;
    this.#surroundings.changed(this.record);
    this.#surroundings.emit({ kind: 'devices', id: this.id });
  }

  #become(state: MachineState): void {
    this.#state = state;
    this.#surroundings.changed(this.record);
    this.#surroundings.emit({ kind: 'state', id: this.id });
  }

  #requireLive(what: string): VirtualGuest {
    if (this.#guest) return this.#guest;
    throw new HalError('invalid-state', `machine ${this.id} is ${this.#state.kind}: it cannot be ${what}`);
  }

  #requireDisplay(): void {
    if (!this.spec.display || this.spec.display.videoModel === 'none') {
      throw new HalError('unsupported', `machine ${this.id} has no display`);
    }
    this.#requireLive('seen');
  }
}
