import { XMLParser } from 'fast-xml-parser';
import type { MachineSpec } from '@virtkit/hal';
import { z } from 'zod';
import { guestAgentChannel } from './devices.ts';
import { aliasOf } from './aliases.ts';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  isArray: (name) => name === 'disk' || name === 'interface' || name === 'channel',
});

const AliasSchema = z.looseObject({ '@name': z.string() }).optional();

const DomainSchema = z.looseObject({
  domain: z.looseObject({
    '@type': z.string(),
    os: z.looseObject({ type: z.looseObject({ '@machine': z.string().optional() }) }),
    devices: z.looseObject({
      disk: z
        .array(z.looseObject({ alias: AliasSchema, target: z.looseObject({ '@dev': z.string() }) }))
        .default([]),
      interface: z
        .array(
          z.looseObject({
            alias: AliasSchema,
            mac: z.looseObject({ '@address': z.string() }),
            link: z.looseObject({ '@state': z.string() }).optional(),
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

/** What a domain's XML says about the machine as it is, in the spec's names. */
export interface DomainFacts {
  virtType: string;
  machineType: string | undefined;
  disks: { id: string; target: string }[];
  interfaces: { id: string; mac: string; linkUp: boolean }[];
  agentConnected: boolean;
}

/** Reads a live domain's XML back; devices that the spec does not name are not ours and left out. */
export function readDomain(xml: string, spec: MachineSpec): DomainFacts {
  const { domain } = DomainSchema.parse(parser.parse(xml));
  const { devices } = domain;
  const diskIds = new Map(spec.disks.map(({ id }) => [aliasOf('disk', id), id]));
  const interfaceIds = new Map(spec.interfaces.map(({ id }) => [aliasOf('net', id), id]));
  return {
    virtType: domain['@type'],
    machineType: domain.os.type['@machine'],
    disks: devices.disk.flatMap((disk) => {
      const id = diskIds.get(disk.alias?.['@name'] ?? '');
      return id === undefined ? [] : [{ id, target: disk.target['@dev'] }];
    }),
    interfaces: devices.interface.flatMap((nic) => {
      const id = interfaceIds.get(nic.alias?.['@name'] ?? '');
      if (id === undefined) return [];
      return [{ id, mac: nic.mac['@address'], linkUp: nic.link?.['@state'] !== 'down' }];
    }),
    agentConnected: devices.channel.some(
      ({ target }) => target?.['@name'] === guestAgentChannel && target['@state'] === 'connected',
    ),
  };
}
