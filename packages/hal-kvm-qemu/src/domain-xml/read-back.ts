import { XMLParser } from 'fast-xml-parser';
import type { Disk, MachineSpec, Observed } from '@virtkit/hal';
import { z } from 'zod';
import { guestAgentChannel } from './devices.ts';
import { aliasOf } from './aliases.ts';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  isArray: (name) => ['disk', 'interface', 'channel', 'controller'].includes(name),
});

const AliasSchema = z.looseObject({ '@name': z.string() }).optional();

const DomainSchema = z.looseObject({
  domain: z.looseObject({
    '@type': z.string(),
    os: z.looseObject({ type: z.looseObject({ '@machine': z.string().optional() }) }),
    devices: z.looseObject({
      disk: z
        .array(
          z.looseObject({
            alias: AliasSchema,
            target: z.looseObject({ '@dev': z.string() }),
            source: z.unknown().optional(),
          }),
        )
        .default([]),
      interface: z
        .array(
          z.looseObject({
            alias: AliasSchema,
            mac: z.looseObject({ '@address': z.string() }),
            link: z.looseObject({ '@state': z.string() }).optional(),
            target: z.looseObject({ '@dev': z.string().optional() }).optional(),
          }),
        )
        .default([]),
      channel: z
        .array(
          z.looseObject({
            target: z
              .looseObject({ '@name': z.string().optional(), '@state': z.string().optional() })
              .optional(),
          }),
        )
        .default([]),
    }),
  }),
});

const PortsSchema = z.array(
  z.looseObject({ '@model': z.string().optional(), '@index': z.string().optional() }),
);

/** An interface as the domain has it. */
interface DomainInterface {
  id: string;
  mac: string;
  linkUp: boolean;
  /** Its device on the host, such as `tap0`; where it has one. */
  device?: string;
}

/** What a domain's XML says about the machine as it is, in the spec's names. */
export interface DomainFacts {
  virtType: string;
  machineType: string | undefined;
  disks: Observed['disks'];
  /** Names that are taken, also by disks that nobody named. */
  targets: string[];
  /** Ports of the PCI bus that have no device. */
  freePorts: number;
  interfaces: DomainInterface[];
  agentConnected: boolean;
}

/**
 * Reads a live domain's XML back; devices that the spec does not name are not ours and left out, but for disks that the guest was
 * asked to let go.
 */
export function readDomain(xml: string, spec: MachineSpec, leaving: readonly Disk[] = []): DomainFacts {
  const { domain } = DomainSchema.parse(parser.parse(xml));
  const { devices } = domain;
  const stays = new Map(spec.disks.map(({ id }) => [aliasOf('disk', id), id]));
  const leaves = new Map(leaving.map(({ id }) => [aliasOf('disk', id), id]));
  const interfaceIds = new Map(spec.interfaces.map(({ id }) => [aliasOf('net', id), id]));
  return {
    virtType: domain['@type'],
    machineType: domain.os.type['@machine'],
    disks: devices.disk.flatMap((disk) => {
      const alias = disk.alias?.['@name'] ?? '';
      const id = stays.get(alias) ?? leaves.get(alias);
      if (id === undefined) return [];
      return [
        {
          id,
          target: disk.target['@dev'],
          ...(isEmpty(disk.source) && { empty: true as const }),
          ...(!stays.has(alias) && { leaving: true as const }),
        },
      ];
    }),
    targets: devices.disk.map(({ target }) => target['@dev']),
    freePorts: countFreePorts(domain.devices),
    interfaces: devices.interface.flatMap((nic) => {
      const id = interfaceIds.get(nic.alias?.['@name'] ?? '');
      if (id === undefined) return [];
      const device = nic.target?.['@dev'];
      return [
        {
          id,
          mac: nic.mac['@address'],
          linkUp: nic.link?.['@state'] !== 'down',
          ...(device !== undefined && { device }),
        },
      ];
    }),
    agentConnected: devices.channel.some(
      ({ target }) => target?.['@name'] === guestAgentChannel && target['@state'] === 'connected',
    ),
  };
}

/** Ports are numbered as buses, and a device on one says so in its address. */
function countFreePorts(devices: Readonly<Record<string, unknown>>): number {
  const used = new Set(addresses(devices).map((address) => Number(address['@bus'])));
  const ports = PortsSchema.parse(devices['controller'] ?? []);
  return ports.filter((one) => one['@model'] === 'pcie-root-port' && !used.has(Number(one['@index']))).length;
}

/** PCI addresses of all devices, at whatever depth. */
function addresses(node: unknown): Record<string, unknown>[] {
  if (Array.isArray(node)) return node.flatMap(addresses);
  if (!isRecord(node)) return [];
  const own = node['address'];
  const here = isRecord(own) && own['@type'] === 'pci' ? [own] : [];
  return [...here, ...Object.values(node).flatMap(addresses)];
}

/** An empty drive keeps an element without a name in it. */
function isEmpty(source: unknown): boolean {
  return !isRecord(source) || (source['@file'] === undefined && source['@dev'] === undefined);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
