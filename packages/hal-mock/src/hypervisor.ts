import {
  EventQueue,
  facetNames,
  HalError,
  type CallOptions,
  type FacetName,
  type Hypervisor,
  type HypervisorCapabilities,
  type Machine,
  type MachineEvent,
  type MachineSpec,
} from '@virtkit/hal';
import type { Operation } from './faults.ts';
import { MockHost, type MockHostOptions } from './host.ts';
import { MockMachine } from './machine.ts';
import { mockName } from './name.ts';

const architectures = ['x86_64', 'aarch64', 's390x'] as const;
export const defaultMachineType = 'mock-q35';
const machineTypes = [defaultMachineType, 'q35', 'virt', 's390-ccw-virtio', 'pc'] as const;

/** How to get a mock hypervisor. */
export interface MockHypervisorOptions extends MockHostOptions {
  /** The host to connect to; several connections may share one. Without it a host of its own is made. */
  host?: MockHost;
  /** Directory in which the host of its own keeps its machines, for adoption by a later process. */
  stateDir?: string;
  /** Facets to offer; default all. */
  supports?: readonly FacetName[];
}

/**
 * A hypervisor without virtualisation: guests are simulated in memory, with boot output, agent, faults and a clock that
 * a test can hold. Complete on every facet.
 */
export async function createMockHypervisor(options: MockHypervisorOptions = {}): Promise<Hypervisor> {
  const { host, stateDir, supports, ...hostOptions } = options;
  const own =
    host ?? (stateDir === undefined ? new MockHost(hostOptions) : await MockHost.open(stateDir, hostOptions));
  return new MockHypervisor(own, new Set(supports ?? facetNames));
}

/** One connection to a MockHost. */
export class MockHypervisor implements Hypervisor {
  readonly name = mockName;
  readonly host: MockHost;
  readonly supports: ReadonlySet<FacetName>;
  readonly #queues = new Set<EventQueue>();
  #closed = false;

  constructor(host: MockHost, supports: ReadonlySet<FacetName> = new Set(facetNames)) {
    this.host = host;
    this.supports = supports;
  }

  capabilities(options: CallOptions = {}): Promise<HypervisorCapabilities> {
    const state = this.host.hardwareVirtualization;
    return this.call('capabilities', undefined, options, () => ({
      name: this.name,
      version: 'mock 1',
      architectures,
      machineTypes,
      hardwareVirtualization:
        state === 'usable' ? { state } : { state, reason: 'the mock host was told to say so' },
      supports: [...this.supports],
    }));
  }

  define(spec: MachineSpec, options: CallOptions = {}): Promise<Machine> {
    return this.call('define', spec.id, options, () => new MockMachine(this, this.host.define(spec).spec));
  }

  machine(id: string, options: CallOptions = {}): Promise<Machine | undefined> {
    return this.call('machine', id, options, () => {
      const found = this.host.inspect(id);
      return found && new MockMachine(this, found.spec);
    });
  }

  list(options: CallOptions = {}): Promise<{ id: string; name: string; labels: Record<string, string> }[]> {
    return this.call('list', undefined, options, () =>
      Array.from(this.host.machines(), ({ spec: { id, name, labels } }) => ({
        id,
        name,
        labels: { ...labels },
      })),
    );
  }

  events(options: CallOptions = {}): AsyncIterable<MachineEvent> {
    this.#requireOpen();
    const queue = new EventQueue({
      signal: options.signal,
      onClose: (closed) => {
        this.#queues.delete(closed);
        this.host.unsubscribe(closed);
      },
    });
    // A signal that was aborted before has closed the queue already.
    if (options.signal?.aborted) return queue;
    this.#queues.add(queue);
    this.host.subscribe(queue);
    return queue;
  }

  /**
   * Does one call of this connection or of a machine reached through it.
   * @throws HalError `closed`, `aborted`, what a scripted fault says, and what `body` throws
   */
  async call<T>(
    operation: Operation,
    machineId: string | undefined,
    { signal }: CallOptions,
    body: () => T | Promise<T>,
  ): Promise<T> {
    this.#requireOpen();
    if (signal?.aborted) throw new HalError('aborted', `${operation} was aborted`, { cause: signal.reason });
    return this.host.call(operation, machineId, signal, body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const queue of this.#queues) queue.close();
  }

  #requireOpen(): void {
    if (this.#closed) throw new HalError('closed', 'the connection to the mock host was disposed');
  }
}
