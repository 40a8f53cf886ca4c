import { rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import {
  HalError,
  type CallOptions,
  type FacetName,
  type Facets,
  type Machine,
  type MachineSpec,
  type Observed,
} from '@virtkit/hal';
import { doing, toHalError } from '../errors.ts';
import { createFacets } from '../facets/index.ts';
import { LibvirtError, PowerOff, Start, Undefine, type Domain } from '../native/index.ts';
import type { MachineHost } from './machine-host.ts';
import { MachineDirectory } from './machine-directory.ts';
import { lastDump } from './memory-dumps.ts';
import { isAlive, observeDomain } from './observe.ts';

/** A machine of the private daemon. Keeps no state of its own: the folder and libvirt hold everything. */
export class KvmQemuMachine implements Machine {
  readonly id: string;
  readonly name: string;
  readonly #host: MachineHost;
  readonly #directory: MachineDirectory;
  readonly #facets: Facets;

  constructor(host: MachineHost, id: string, name: string) {
    this.id = id;
    this.name = name;
    this.#host = host;
    this.#directory = host.directory(id);
    this.#facets = createFacets(this, host);
  }

  get directory(): MachineDirectory {
    return this.#directory;
  }

  facet<Name extends FacetName>(name: Name): Facets[Name] {
    const facet = this.#facets[name] as Facets[Name] | undefined;
    if (facet === undefined) throw new HalError('unsupported', `kvm-qemu has no ability named ${name}`);
    return facet;
  }

  async spec(options: CallOptions = {}): Promise<MachineSpec> {
    this.#host.checkUsable(options.signal);
    const spec = await this.#directory.readSpec();
    if (spec === undefined) throw this.#gone();
    return spec;
  }

  async start(options: CallOptions = {}): Promise<void> {
    await this.#host.exclusively(this.id, () =>
      doing(`starting ${this.name}`, async () => {
        const spec = await this.spec(options);
        using domain = await this.domain(options);
        const { state } = await domain.state(options);
        if (state !== 'shutoff' && state !== 'crashed') return;
        if (spec.memory.sizeBytes > totalmem())
          throw new HalError(
            'insufficient-resources',
            `${this.name} wants ${spec.memory.sizeBytes} bytes of memory, this machine has ${totalmem()}`,
            { field: '/memory/sizeBytes' },
          );
        const before = await this.#directory.readRecord();
        await this.#directory.writeRecord({ startedAt: new Date().toISOString() });
        try {
          await this.#createConnected(spec, domain, options);
        } catch (error) {
          if (!options.signal?.aborted) await this.#directory.writeRecord(before);
          throw error;
        }
      }),
    );
  }

  /** A guest without the network that it was to have is ended: starting it is tried again as a whole. */
  async #createConnected(spec: MachineSpec, domain: Domain, options: CallOptions): Promise<void> {
    const passt = await this.#host.passtFor(spec);
    passt?.expect(spec, this.#directory);
    await domain.create(spec.startPaused ? Start.paused : 0, options);
    try {
      await passt?.connect(spec);
    } catch (error) {
      passt?.forget(this.id);
      await ignoring('operation-invalid', () => domain.destroy());
      throw error;
    }
  }

  async stop(mode: 'graceful' | 'force', options: CallOptions = {}): Promise<void> {
    await doing(`stopping ${this.name}`, async () => {
      using domain = await this.domain(options);
      const { state } = await domain.state(options);
      if (state === 'shutoff' || state === 'crashed') return;
      if (mode === 'force') await ignoring('operation-invalid', () => domain.destroy(0, options));
      else await this.#shutDown(domain, options);
    });
  }

  async undefine(options: CallOptions = {}): Promise<void> {
    await this.#host.exclusively(this.id, () =>
      doing(`undefining ${this.name}`, async () => {
        await ignoring('no-domain', async () => {
          using domain = await this.#lookUp(options);
          await ignoring('operation-invalid', () => domain.destroy(0, options));
          await this.#removeSockets();
          // Variables outside of the machine's folder are somebody else's, who keeps them for a later machine.
          const nvram = (await this.#keepsVariables()) ? Undefine.keepNvram : Undefine.nvram;
          const tpm =
            (await this.#directory.readSpec())?.extraDevices?.tpm?.persistent === true ? Undefine.keepTpm : 0;
          await domain.undefine(Undefine.managedSave | Undefine.snapshotsMetadata | nvram | tpm, options);
        });
        await this.#directory.remove();
        this.#host.forgotten(this.id);
      }),
    );
  }

  /** QEMU leaves them behind when it is killed. */
  async #removeSockets(): Promise<void> {
    const { extraDevices } = (await this.#directory.readSpec()) ?? {};
    for (const socket of extraDevices?.usbRedirectionSockets ?? []) await rm(socket, { force: true });
  }

  async #keepsVariables(): Promise<boolean> {
    return (await this.#directory.readSpec())?.firmware.uefi?.variablesPath !== undefined;
  }

  async observe(options: CallOptions = {}): Promise<Observed> {
    return doing(`observing ${this.name}`, async () => {
      const spec = await this.spec(options);
      using domain = await this.domain(options);
      const [record, memoryDump] = await Promise.all([
        this.#directory.readRecord(),
        lastDump(this.#directory, domain, options),
      ]);
      const observed = await observeDomain(domain, spec, record, options.signal);
      if (isAlive(observed)) observed.interfaces = await this.#withProcesses(spec, observed);
      return { ...observed, ...(memoryDump && { memoryDump }) };
    });
  }

  async #withProcesses(spec: MachineSpec, { interfaces }: Observed): Promise<Observed['interfaces']> {
    const passt = await this.#host.passtFor(spec);
    const processes = await passt?.processes(spec, this.#directory);
    return interfaces.map((nic) => {
      const process = processes?.get(nic.id);
      return process === undefined ? nic : { ...nic, process };
    });
  }

  /** The libvirt domain; the caller disposes it. @throws HalError `not-found`. */
  async domain(options: CallOptions = {}): Promise<Domain> {
    try {
      return await this.#lookUp(options);
    } catch (error) {
      if (!(error instanceof LibvirtError && error.code === 'no-domain')) throw toHalError(error, this.name);
      // A folder with a spec but no domain: the process ended between the two steps of define.
      const spec = await this.spec(options);
      return this.#host.defineDomain(spec, this.#directory, options.signal);
    }
  }

  async #lookUp(options: CallOptions): Promise<Domain> {
    const connection = await this.#host.connection(options.signal);
    return connection.domainByName(this.name, options);
  }

  /** Through the agent when it answers, else by the power button; a paused guest cannot obey either. */
  async #shutDown(domain: Domain, options: CallOptions): Promise<void> {
    const record = await this.#directory.readRecord();
    if (record.stopRequestedAt === undefined)
      await this.#directory.writeRecord({ ...record, stopRequestedAt: new Date().toISOString() });
    this.#host.changed(this.id);
    const { guestAgent } = await this.observe(options);
    if (guestAgent.connected) {
      try {
        await domain.shutdown(PowerOff.guestAgent, options);
        return;
      } catch (error) {
        if (!(error instanceof LibvirtError && error.code.startsWith('agent-'))) throw error;
      }
    }
    await ignoring('operation-invalid', () => domain.shutdown(PowerOff.acpiPowerButton, options));
  }

  #gone(): HalError {
    return new HalError('not-found', `no machine ${this.id}`);
  }
}

/** For a verb that raced with the machine's own end: this outcome means that there is nothing left to do. */
async function ignoring(code: LibvirtError['code'], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LibvirtError && error.code === code)) throw error;
  }
}
