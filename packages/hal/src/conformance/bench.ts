import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { MachineEvent } from '../events.ts';
import { facetNames, type FacetName } from '../facets.ts';
import type { Hypervisor, Machine } from '../hypervisor.ts';
import type { MachineSpec, MachineSpecInput } from '../machine-spec.ts';
import type { MachineState, Observed } from '../observed.ts';
import { parseMachineSpec } from '../parse-machine-spec.ts';
import type { ConformanceOptions, ConformanceTimeouts, SpecFeature } from './options.ts';
import { EventRecorder } from './event-recorder.ts';

const defaultTimeouts: ConformanceTimeouts = { callMs: 10_000, bootMs: 10_000, stopMs: 10_000 };
const mebibyte = 1024 * 1024;

/** What one test works with: a connection, specs with fresh identities, and the clean-up of all it made. */
export class Bench implements AsyncDisposable {
  readonly options: ConformanceOptions;
  readonly timeouts: ConformanceTimeouts;
  readonly hypervisor: Hypervisor;
  readonly #connections: Hypervisor[] = [];
  readonly #ids = new Set<string>();
  #folder: Promise<string> | undefined;

  private constructor(options: ConformanceOptions, hypervisor: Hypervisor) {
    this.options = options;
    this.timeouts = timeoutsOf(options);
    this.hypervisor = hypervisor;
  }

  static async open(options: ConformanceOptions): Promise<Bench> {
    return new Bench(options, await options.connect());
  }

  /** Another connection to the same host, as a second or restarted process has it. */
  async connect(): Promise<Hypervisor> {
    const connection = await this.options.connect();
    this.#connections.push(connection);
    return connection;
  }

  /** A complete spec with an identity that no other test has. */
  spec(overrides: Partial<MachineSpecInput> = {}): MachineSpec {
    const id = `conformance-${randomUUID()}`;
    const input = this.options.spec({ id, name: `conformance_${id.slice(-12)}`, ...overrides });
    this.#ids.add(input.id);
    return parseMachineSpec(input, this.hypervisor.name);
  }

  async define(overrides: Partial<MachineSpecInput> = {}): Promise<Machine> {
    return this.hypervisor.define(this.spec(overrides));
  }

  async start(overrides: Partial<MachineSpecInput> = {}): Promise<Machine> {
    const machine = await this.define(overrides);
    await machine.start();
    return machine;
  }

  /** A machine whose guest has come so far that it obeys a shutdown. */
  async boot(overrides: Partial<MachineSpecInput> = {}): Promise<Machine> {
    const machine = await this.start(overrides);
    await this.ready(machine);
    return machine;
  }

  async ready(machine: Machine): Promise<void> {
    const { guest } = this.options;
    if (guest.ready) return guest.ready(machine, AbortSignal.timeout(this.timeouts.bootMs));
    if (guest.agent) {
      await this.until(
        machine,
        'its guest agent connected',
        this.timeouts.bootMs,
        (o) => o.guestAgent.connected,
      );
      return;
    }
    if (!this.offers('consoles') || !guest.consoleOutput) {
      throw new Error('conformance: guest.ready is needed for a guest without agent and console output');
    }
    await poll('console output', this.timeouts.bootMs, async () =>
      (await machine.facet('consoles').log()).byteLength > 0 ? true : undefined,
    );
  }

  /** Observes until the condition holds. */
  until(
    machine: Machine,
    what: string,
    timeoutMs: number,
    condition: (observed: Observed) => boolean,
  ): Promise<Observed> {
    return poll(`machine ${machine.id}: ${what}`, timeoutMs, async () => {
      const observed = await machine.observe();
      return condition(observed) ? observed : undefined;
    });
  }

  untilState(machine: Machine, kind: MachineState['kind']): Promise<Observed> {
    return this.until(machine, kind, this.timeouts.stopMs, ({ state }) => state.kind === kind);
  }

  events(): EventRecorder {
    return new EventRecorder((signal) => this.hypervisor.events({ signal }), this.timeouts.callMs);
  }

  offers(ability: FacetName | SpecFeature): boolean {
    return !(this.options.lacks ?? []).includes(ability);
  }

  offeredFacets(): FacetName[] {
    return facetNames.filter((name) => this.offers(name));
  }

  /** This test's own folder, which the hypervisor may write to. */
  folder(): Promise<string> {
    const { folder } = this.options;
    if (folder === undefined)
      throw new Error('conformance: a folder is needed for hotplug, memoryDump and usbRedirection');
    return (this.#folder ??= mkdtemp(join(folder, 'test-')).then(async (path) => {
      await chmod(path, 0o777);
      return path;
    }));
  }

  /** A file of zeros, which the hypervisor may write to. */
  async file(name: string, sizeBytes: number): Promise<string> {
    const path = join(await this.folder(), name);
    await using file = await open(path, 'w');
    await file.truncate(sizeBytes);
    await file.chmod(0o666);
    return path;
  }

  /** In bytes, a whole number of mebibytes. */
  impossibleMemory(): number {
    return this.options.impossibleMemoryBytes ?? Math.ceil((totalmem() * 16) / mebibyte) * mebibyte;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Through a fresh connection: a test may have disposed the first one, and clean-up must not depend on it.
    await using cleaner = await this.options.connect();
    for (const id of this.#ids) await (await cleaner.machine(id))?.undefine();
    for (const connection of [this.hypervisor, ...this.#connections]) await connection[Symbol.asyncDispose]();
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true });
  }
}

/** The complete time limits of a suite. */
export function timeoutsOf(options: ConformanceOptions): ConformanceTimeouts {
  return { ...defaultTimeouts, ...options.timeouts };
}

/** Asks again until `probe` returns something, for conditions that announce nothing that could be waited on. */
export async function poll<T>(
  what: string,
  timeoutMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether an event gives reason to look at this machine. */
export function concerns(event: MachineEvent, id: string): boolean {
  return event.kind === 'resync' || event.id === id;
}
