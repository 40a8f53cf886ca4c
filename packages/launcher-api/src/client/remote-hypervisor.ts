import {
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
import { CapabilitiesSchema, MachineListSchema, MachineReferenceSchema } from '../contract/schemas.ts';
import { followEvents } from './event-reader.ts';
import { RemoteMachine } from './remote-machine.ts';
import type { Transport } from './transport.ts';

/** A launcher's hypervisor, reached through its socket. */
export class RemoteHypervisor implements Hypervisor {
  readonly name: string;
  readonly supports: ReadonlySet<FacetName>;
  readonly #transport: Transport;
  readonly #idleMs: number;

  constructor(transport: Transport, capabilities: HypervisorCapabilities, idleMs: number) {
    this.name = capabilities.name;
    this.supports = new Set(capabilities.supports);
    this.#transport = transport;
    this.#idleMs = idleMs;
  }

  capabilities(options: CallOptions = {}): Promise<HypervisorCapabilities> {
    return fetchCapabilities(this.#transport, options);
  }

  async define(spec: MachineSpec, options: CallOptions = {}): Promise<Machine> {
    const { id, name } = await this.#transport.json(MachineReferenceSchema, {
      method: 'POST',
      path: 'machines',
      body: spec,
      ...options,
    });
    if (id !== spec.id || name !== spec.name) throw mixedUp(spec.id, id);
    return this.#handle(id, name);
  }

  async machine(id: string, options: CallOptions = {}): Promise<Machine | undefined> {
    const path = `machines/${encodeURIComponent(id)}`;
    try {
      const found = await this.#transport.json(MachineReferenceSchema, { method: 'GET', path, ...options });
      if (found.id !== id) throw mixedUp(id, found.id);
      return this.#handle(id, found.name);
    } catch (error) {
      if (error instanceof HalError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  list(options: CallOptions = {}): Promise<{ id: string; name: string; labels: Record<string, string> }[]> {
    return this.#transport.json(MachineListSchema, { method: 'GET', path: 'machines', ...options });
  }

  events(options: CallOptions = {}): AsyncIterable<MachineEvent> {
    return followEvents<MachineEvent>(this.#transport, {
      signal: options.signal,
      idleMs: this.#idleMs,
      select: (event) => (event.kind === 'termination-requested' ? undefined : event),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#transport.close();
  }

  #handle(id: string, name: string): Machine {
    return new RemoteMachine(this.#transport, { id, name, hypervisor: this.name, supports: this.supports });
  }
}

/** Facets that this version does not know are left out. */
export async function fetchCapabilities(
  transport: Transport,
  options: CallOptions,
): Promise<HypervisorCapabilities> {
  const found = await transport.json(CapabilitiesSchema, { method: 'GET', path: 'capabilities', ...options });
  return { ...found, supports: facetNames.filter((name) => found.supports.includes(name)) };
}

function mixedUp(asked: string, got: string): HalError {
  return new HalError('failed', `the launcher answered about machine ${got} where ${asked} was asked for`);
}
