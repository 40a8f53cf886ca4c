import type { Connection } from '../native/index.ts';
import { type DomainCapabilities, parseDomainCapabilities } from './domain-capabilities.ts';
import { all, attribute, child, parseXml, text, type XmlNode } from './xml.ts';

/** A machine type of an emulator. */
export interface MachineType {
  /** `pc-q35-7.2`, or an alias such as `q35`. */
  readonly name: string;
  /** What an alias stands for. */
  readonly canonical?: string;
  readonly maxVcpus?: number;
}

/** What can be run for one guest architecture. */
export interface GuestArchitecture {
  /** `x86_64`, `i686`, ... */
  readonly arch: string;
  readonly emulator: string;
  /** `qemu` (software emulation), `kvm`. libvirt lists `kvm` when the device exists, not when it works. */
  readonly virtTypes: readonly string[];
  readonly machines: readonly MachineType[];
}

/** Capabilities of the host (libvirt: "Driver capabilities XML format"). */
export interface HostCapabilities {
  readonly arch: string;
  /** Name of libvirt's CPU model that is nearest to the host's CPU; absent when it knows none. */
  readonly cpuModel?: string;
  readonly cpuVendor?: string;
  /** Features of the host's CPU beyond that model. */
  readonly cpuFeatures: readonly string[];
  /** The time stamp counter: its frequency in hertz, and whether guests can be given another one. */
  readonly tsc?: { readonly frequency: number; readonly scalable: boolean };
  readonly guests: readonly GuestArchitecture[];
}

/** Host and domain capabilities together: what a node can tell about the virtual machines that it can run. */
export interface NodeCapabilities {
  readonly host: HostCapabilities;
  /** For the host's own architecture, libvirt's default machine type, and the kind of virtualisation asked for. */
  readonly domain: DomainCapabilities;
}

/**
 * Reads capabilities XML, as `Connection.capabilities` returns it. Pure.
 * @throws SyntaxError when it is not such a document
 */
export function parseHostCapabilities(xml: string): HostCapabilities {
  const root = parseXml(xml, 'capabilities');
  const cpu = child(child(root, 'host'), 'cpu');
  return {
    arch: text(cpu, 'arch') ?? '',
    cpuModel: text(cpu, 'model'),
    cpuVendor: text(cpu, 'vendor'),
    cpuFeatures: all(cpu, 'feature').map((feature) => attribute(feature, 'name') ?? ''),
    ...timeStampCounter(cpu),
    guests: all(root, 'guest').map((guest) => {
      const arch = child(guest, 'arch');
      return {
        arch: attribute(arch, 'name') ?? '',
        emulator: text(arch, 'emulator') ?? '',
        virtTypes: all(arch, 'domain').map((domain) => attribute(domain, 'type') ?? ''),
        machines: all(arch, 'machine').map((machine) => ({
          name: text(machine) ?? '',
          canonical: attribute(machine, 'canonical'),
          maxVcpus: number(attribute(machine, 'maxCpus')),
        })),
      };
    }),
  };
}

function timeStampCounter(cpu: XmlNode | undefined): Pick<HostCapabilities, 'tsc'> {
  const counter = all(cpu, 'counter').find((one) => attribute(one, 'name') === 'tsc');
  const frequency = number(attribute(counter, 'frequency'));
  if (frequency === undefined) return {};
  return { tsc: { frequency, scalable: attribute(counter, 'scaling') === 'yes' } };
}

function number(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** Asks a connection for what its host can run. @throws LibvirtError */
export async function hostCapabilities(
  connection: Connection,
  options: { virtType?: 'kvm' | 'qemu'; machine?: string; signal?: AbortSignal } = {},
): Promise<NodeCapabilities> {
  const { virtType = 'qemu', machine, signal } = options;
  const host = parseHostCapabilities(await connection.capabilities({ signal }));
  const domain = parseDomainCapabilities(
    await connection.domainCapabilities({ arch: host.arch, virtType, machine, signal }),
  );
  return { host, domain };
}
