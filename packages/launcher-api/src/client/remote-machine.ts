import {
  HalError,
  MachineSpecSchema,
  ObservedSchema,
  type CallOptions,
  type FacetName,
  type Facets,
  type Machine,
  type MachineSpec,
  type Observed,
} from '@virtkit/hal';
import { remoteFacets } from './remote-facets.ts';
import type { Exchange, Transport } from './transport.ts';

/** A machine of a launcher, reached through its socket. */
export class RemoteMachine implements Machine {
  readonly id: string;
  readonly name: string;
  readonly #transport: Transport;
  readonly #path: string;
  readonly #hypervisor: string;
  readonly #supports: ReadonlySet<FacetName>;

  constructor(
    transport: Transport,
    machine: { id: string; name: string; hypervisor: string; supports: ReadonlySet<FacetName> },
  ) {
    this.#transport = transport;
    this.id = machine.id;
    this.name = machine.name;
    this.#hypervisor = machine.hypervisor;
    this.#supports = machine.supports;
    this.#path = `machines/${encodeURIComponent(machine.id)}`;
  }

  start(options: CallOptions = {}): Promise<void> {
    return this.#transport.send({ method: 'POST', path: `${this.#path}/start`, ...options });
  }

  stop(mode: 'graceful' | 'force', options: CallOptions = {}): Promise<void> {
    return this.#transport.send({ method: 'POST', path: `${this.#path}/stop`, body: { mode }, ...options });
  }

  undefine(options: CallOptions = {}): Promise<void> {
    return this.#transport.send({ method: 'DELETE', path: this.#path, ...options });
  }

  async observe(options: CallOptions = {}): Promise<Observed> {
    const observed = await this.#transport.json(ObservedSchema, this.#get('observed', options));
    this.#requireSame(observed.id);
    return observed;
  }

  async spec(options: CallOptions = {}): Promise<MachineSpec> {
    const spec = await this.#transport.json(MachineSpecSchema, this.#get('spec', options));
    this.#requireSame(spec.id);
    return spec;
  }

  facet<Name extends FacetName>(name: Name): Facets[Name] {
    if (!this.#supports.has(name)) {
      throw new HalError('unsupported', `the ${this.#hypervisor} hypervisor has no facet ${name}`);
    }
    return remoteFacets(this.#transport, this.#path)[name];
  }

  #get(what: string, options: CallOptions): Exchange {
    return { method: 'GET', path: `${this.#path}/${what}`, ...options };
  }

  #requireSame(id: string): void {
    if (id !== this.id)
      throw new HalError('failed', `the launcher answered about another machine than ${this.id}`);
  }
}
