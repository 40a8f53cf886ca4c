import type { MachineEvent } from './events.ts';
import type { CallOptions, FacetName, Facets } from './facets.ts';
import type { MachineSpec } from './machine-spec.ts';
import type { Observed } from './observed.ts';

/** What a hypervisor can do on this host, as data. */
export interface HypervisorCapabilities {
  /** Backend name (`kvm-qemu`, `mock`, ...). */
  name: string;
  /** Version of the hypervisor software, for people. */
  version: string;
  architectures: readonly MachineSpec['architecture'][];
  /** Machine types that specs may name; the first is the default. */
  machineTypes: readonly string[];
  /** Whether guests run on the CPU's virtualisation; `reason` explains `unusable` and `absent`. */
  hardwareVirtualization: { state: 'usable' | 'unusable' | 'absent'; reason?: string };
  supports: readonly FacetName[];
}

/** A machine known to a hypervisor. Handles are cheap; two handles of one machine may be used side by side. */
export interface Machine {
  readonly id: string;
  readonly name: string;
  /**
   * Boots the machine. Idempotent while it runs. A stopped machine may be started again.
   * @throws HalError `hypervisor-unavailable` (acceleration asked for is unusable), `insufficient-resources`,
   *   `source-unavailable`, `not-found`, `failed`.
   */
  start(options?: CallOptions): Promise<void>;
  /**
   * `graceful` asks the guest to shut down and returns once it was asked; observe until `stopped`. `force` ends it and
   * returns once it is gone. Stopping a machine that does not run succeeds.
   */
  stop(mode: 'graceful' | 'force', options?: CallOptions): Promise<void>;
  /** Forgets the machine and removes everything that was made for it; a running one is destroyed first. Idempotent. */
  undefine(options?: CallOptions): Promise<void>;
  /** What the machine is like at this moment, asked of the hypervisor. @throws HalError `not-found` once it was undefined. */
  observe(options?: CallOptions): Promise<Observed>;
  /** The spec it was defined with, with what the `hotplug` facet changed since. */
  spec(options?: CallOptions): Promise<MachineSpec>;
  /** An optional ability. @throws HalError `unsupported` when the hypervisor does not declare it. */
  facet<Name extends FacetName>(name: Name): Facets[Name];
}

/**
 * A connection to one hypervisor on one host (or inside one launcher). Disposing it ends the connection only: machines
 * go on, and every later call through it or its machines throws HalError `closed`. A call whose `signal` is aborted
 * throws HalError `aborted`.
 */
export interface Hypervisor extends AsyncDisposable {
  readonly name: string;
  /** The facets that every machine of this hypervisor has. */
  readonly supports: ReadonlySet<FacetName>;
  /**
   * What this host can run, asked anew at each call.
   * @throws HalError `hypervisor-unavailable` when the software is missing.
   */
  capabilities(options?: CallOptions): Promise<HypervisorCapabilities>;
  /**
   * Makes the machine known without starting it. Idempotent for an equal spec of the same id (`parseMachineSpec` and
   * `sameMachineSpec` are what backends check and compare with).
   * @throws HalError `invalid-spec`, `unsupported` (with `field`), `conflict` (id or name taken by another spec).
   */
  define(spec: MachineSpec, options?: CallOptions): Promise<Machine>;
  /** The machine with this id, also one that an earlier process defined (adoption); undefined when there is none. */
  machine(id: string, options?: CallOptions): Promise<Machine | undefined>;
  /** Every machine this hypervisor knows, defined by whatever process. */
  list(options?: CallOptions): Promise<{ id: string; name: string; labels: Record<string, string> }[]>;
  /**
   * Hints about changes, from this call on (not from the first `next()`), until `signal` aborts or the hypervisor is
   * disposed; then the iteration ends without an error. What cannot be kept for a slow consumer becomes one `resync`.
   */
  events(options?: CallOptions): AsyncIterable<MachineEvent>;
}
