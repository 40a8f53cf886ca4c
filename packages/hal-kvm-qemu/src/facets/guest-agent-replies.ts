import type { GuestFilesystem, GuestInfo } from '@virtkit/hal';
import { z } from 'zod';

/** Replies of the QEMU guest agent (QGA protocol), as far as they are used. The guest may write anything: all bounded. */

const name = z.string().max(1024);

export const empty = z.looseObject({});

export const info = z.looseObject({
  version: name,
  supported_commands: z.array(z.looseObject({ name, enabled: z.boolean() })).max(1000),
});

/** At most as many as a file of keys may hold. */
export const authorizedKeys = z.looseObject({ keys: z.array(z.string().max(16_384)).max(1024) });

export const osInfo = z.looseObject({
  id: name.optional(),
  name: name.optional(),
  'pretty-name': name.optional(),
  version: name.optional(),
  'version-id': name.optional(),
  'kernel-release': name.optional(),
  'kernel-version': name.optional(),
  machine: name.optional(),
});

export function toOs(os: z.output<typeof osInfo>): NonNullable<GuestInfo['os']> {
  const entries = {
    id: os.id,
    name: os.name,
    prettyName: os['pretty-name'],
    version: os.version,
    versionId: os['version-id'],
    kernelRelease: os['kernel-release'],
    kernelVersion: os['kernel-version'],
    machine: os.machine,
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

export const hostName = z.looseObject({ 'host-name': name });

export const timezone = z.looseObject({ zone: name.optional(), offset: z.int() });

export const interfaces = z
  .array(
    z.looseObject({
      name,
      'hardware-address': name.optional(),
      'ip-addresses': z
        .array(
          z.looseObject({ 'ip-address': name, 'ip-address-type': z.enum(['ipv4', 'ipv6']), prefix: z.int() }),
        )
        .max(1000)
        .default([]),
    }),
  )
  .max(1000);

export function toInterface(nic: z.output<typeof interfaces>[number]): GuestInfo['interfaces'][number] {
  return {
    name: nic.name,
    ...(nic['hardware-address'] === undefined ? {} : { mac: nic['hardware-address'].toLowerCase() }),
    addresses: nic['ip-addresses'].map((address) => ({
      family: address['ip-address-type'],
      address: address['ip-address'],
      prefix: address.prefix,
    })),
  };
}

export const users = z
  .array(z.looseObject({ user: name, domain: name.optional(), 'login-time': z.number() }))
  .max(10_000);

export const filesystems = z
  .array(
    z.looseObject({
      name,
      mountpoint: z.string().max(4096),
      type: name,
      'used-bytes': z.int().optional(),
      'total-bytes': z.int().optional(),
      disk: z
        .array(z.looseObject({ 'bus-type': name, serial: name.optional() }))
        .max(1000)
        .default([]),
    }),
  )
  .max(10_000);

export function toFilesystem(fs: z.output<typeof filesystems>[number]): GuestFilesystem {
  return {
    diskName: fs.name,
    mountPoint: fs.mountpoint,
    type: fs.type,
    ...(fs['used-bytes'] === undefined ? {} : { usedBytes: fs['used-bytes'] }),
    ...(fs['total-bytes'] === undefined ? {} : { totalBytes: fs['total-bytes'] }),
    disks: fs.disk.map((disk) => ({
      busType: disk['bus-type'],
      ...(disk.serial === undefined ? {} : { serial: disk.serial }),
    })),
  };
}

export const freezeStatus = z.enum(['frozen', 'thawed']);

export const execStarted = z.looseObject({ pid: z.int() });

export const execStatus = z.looseObject({
  exited: z.boolean(),
  exitcode: z.int().optional(),
  signal: z.int().optional(),
  'out-data': z.string().optional(),
  'err-data': z.string().optional(),
});
