import {
  HalError,
  type CallOptions,
  type FacetName,
  type Facets,
  type Machine,
  type MachineSpec,
  type Observed,
} from '@virtkit/hal';
import { createFacets } from './facets.ts';
import { defaultMachineType, type MockHypervisor } from './hypervisor.ts';

/** A handle of one simulated machine. */
export class MockMachine implements Machine {
  readonly id: string;
  readonly name: string;
  readonly #hypervisor: MockHypervisor;
  readonly #facets: Facets;

  constructor(hypervisor: MockHypervisor, { id, name }: MachineSpec) {
    this.id = id;
    this.name = name;
    this.#hypervisor = hypervisor;
    this.#facets = createFacets(hypervisor, id);
  }

  start(options: CallOptions = {}): Promise<void> {
    return this.#hypervisor.call('start', this.id, options, () => this.#hypervisor.host.start(this.id));
  }

  stop(mode: 'graceful' | 'force', options: CallOptions = {}): Promise<void> {
    return this.#hypervisor.call('stop', this.id, options, () => {
      const machine = this.#hypervisor.host.require(this.id);
      if (mode === 'graceful') machine.shutdown();
      else machine.destroy();
    });
  }

  undefine(options: CallOptions = {}): Promise<void> {
    return this.#hypervisor.call('undefine', this.id, options, () => this.#hypervisor.host.undefine(this.id));
  }

  observe(options: CallOptions = {}): Promise<Observed> {
    const { host, name } = this.#hypervisor;
    return this.#hypervisor.call('observe', this.id, options, () =>
      host.require(this.id).observe(name, defaultMachineType),
    );
  }

  spec(options: CallOptions = {}): Promise<MachineSpec> {
    const { host } = this.#hypervisor;
    return this.#hypervisor.call('spec', this.id, options, () => structuredClone(host.require(this.id).spec));
  }

  facet<Name extends FacetName>(name: Name): Facets[Name] {
    if (!this.#hypervisor.supports.has(name)) {
      throw new HalError('unsupported', `the ${this.#hypervisor.name} hypervisor has no facet ${name}`);
    }
    return this.#facets[name];
  }
}
