import { halErrorCodes, MachineEventSchema } from '@virtkit/hal';
import { z } from 'zod';
import { limits } from './limits.ts';

const name = z.string().min(1).max(253);
const path = z.string().startsWith('/').max(4096);
/** A name that becomes part of a path in the Pod. */
const fileName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
const retry = z.enum(['never', 'backoff', 'on-change']);

/** An error on its way to the other side. A code that is not known there arrives as `failed`. */
export const WireErrorSchema = z.object({
  code: z.enum(halErrorCodes).catch('failed'),
  message: z.string().transform((text) => text.slice(0, 16_384)),
  retry: retry.catch('backoff'),
  /** JSON pointer into the request's body. */
  field: z.string().max(4096).optional(),
});

/** Which VM a launcher serves and in what condition it is. */
export const LauncherInfoSchema = z.object({
  /** `MAJOR.MINOR` of the contract that the launcher speaks. */
  apiVersion: z.string().max(16),
  vmi: z.object({ namespace: name, name, uid: name }),
  /** Backend name, for example `kvm-qemu`. */
  hypervisor: z.string().max(64),
  /** In the launcher's own PID namespace. */
  pid: z.int(),
  startedAt: z.iso.datetime(),
  /** When the launcher was told to end (SIGTERM); the node agent then asks for a graceful stop. */
  terminationRequestedAt: z.iso.datetime().optional(),
});

/** A disk in a folder of the Pod that outlives the machine: raw, whatever its content looks like. */
export const PersistentDiskSchema = z.strictObject({
  /** Its name in the volume's folder. */
  file: z
    .string()
    .max(255)
    .regex(/^[^/\0]+$/)
    .refine((text) => text !== '.' && text !== '..', 'is not the name of a file'),
  /** The guest cannot write to it. */
  readOnly: z.boolean().default(false),
  /** Other machines may write to it at the same time. */
  shared: z.boolean().default(false),
  /** Bytes with which it is made where there is none; absent: it has to be there. */
  sizeBytes: z.int().min(1).optional(),
  /** Between 0 and 1: what of its size is left to the file system when it is grown; absent: it is not. */
  overhead: z.number().min(0).max(1).optional(),
});

/** Bounds within which disks are made. */
const DiskRoomSchema = z.strictObject({
  /** Bytes that stay free on the file system. */
  reserveBytes: z.int().min(0).default(131_072),
  /** By how many per cent a disk may be smaller than asked for. */
  tolerancePercent: z.int().min(0).max(100).default(10),
});

/** What `facts` is to look up beyond what the launcher finds by itself. */
export const FactsRequestSchema = z.strictObject({
  /** For a container disk whose image holds its file elsewhere than in `/disk`: the file's path inside the image. */
  volumes: z.record(name, z.strictObject({ path })).default({}),
  /** By volume. */
  disks: z.record(fileName, PersistentDiskSchema).default({}),
  diskRoom: DiskRoomSchema.default({ reserveBytes: 131_072, tolerancePercent: 10 }),
  /** Files of the kernel boot image, as paths inside that image. */
  kernelBoot: z.strictObject({ kernelPath: path.optional(), initrdPath: path.optional() }).optional(),
  /** Names of resources of which devices were set aside for this Pod. */
  devices: z.array(z.string().min(1).max(317)).max(256).default([]),
  /** Whether to look at the CPUs of this Pod, and at the host's nodes. */
  cpus: z.boolean().default(false),
  /** Volumes whose cloud-init data stands in Secrets. */
  cloudInitSecrets: z.array(fileName).max(limits.volumes).default([]),
  /** Secrets with access credentials. */
  credentials: z.array(fileName).max(limits.volumes).default([]),
});

const FactErrorSchema = z.object({ error: WireErrorSchema });

const blockBytes = z
  .int()
  .min(1)
  .max(2 ** 31);
/** Block sizes of storage, in bytes. */
const BlockSizesFactSchema = z.object({
  logical: blockBytes,
  physical: blockBytes,
  discardGranularity: blockBytes.optional(),
});

/** The file behind a volume, as `qemu-img` found it. */
export const VolumeFactSchema = z.object({
  /** As seen by the hypervisor. */
  path,
  format: z.enum(['raw', 'qcow2']),
  /** Size that the guest sees. */
  virtualSizeBytes: z.int().min(0),
  /** All of its space is allocated; only of persistent disks. */
  allocated: z.boolean().optional(),
  /** Whether its file system lets it be used past the host's page cache; only of persistent disks. */
  directIo: z.boolean().optional(),
  /** It was just made, and smaller than asked for; bytes. */
  shortened: z.object({ asked: z.int().min(0), made: z.int().min(0) }).optional(),
  /** Of the storage that it is on; absent where that does not tell. */
  blockSizes: BlockSizesFactSchema.optional(),
});

/** Longest text of a Secret's key, in characters. */
const secretText = z.string().max(1024 * 1024);
const CloudInitSecretSchema = z.object({
  userData: secretText.optional(),
  networkData: secretText.optional(),
});
/** Keys of a Secret with their text; a record cannot be told from an error by its members, so it is named. */
const CredentialSchema = z.object({ keys: z.record(z.string().max(253), secretText) });

const number = z
  .int()
  .min(0)
  .max(2 ** 20);
/** Devices of the host that were set aside for the launcher's Pod, by the resource that it asked for. */
const DevicesFactSchema = z.object({
  /** PCI addresses by resource. */
  pci: z.record(z.string().max(317), z.array(z.string().max(64)).max(256)),
  /** UUIDs of mediated devices by resource. */
  mediated: z.record(z.string().max(317), z.array(z.string().max(64)).max(256)),
  usb: z.record(z.string().max(317), z.array(z.object({ bus: number, device: number })).max(256)),
});
/** CPUs of the launcher's Pod, and where the host's CPUs are. */
const CpusFactSchema = z.object({
  /** CPUs that this Pod may use. */
  own: z.array(number).max(65_536),
  /** NUMA nodes of the host: cores with their CPUs, and distances to other nodes. */
  nodes: z
    .array(
      z.object({
        id: number,
        cores: z.array(z.array(number).max(1024)).max(65_536),
        distances: z.array(z.object({ node: number, value: number })).max(1024),
      }),
    )
    .max(1024),
});

/** What only the launcher can see: the files of its Pod and the CPU's abilities. */
export const FactsSchema = z.object({
  volumes: z
    .record(name, z.union([VolumeFactSchema, FactErrorSchema]))
    .refine((volumes) => Object.keys(volumes).length <= limits.volumes, 'too many volumes'),
  /** Present when the request named kernel boot files. */
  kernelBoot: z
    .union([z.object({ path: path.optional(), initrdPath: path.optional() }), FactErrorSchema])
    .optional(),
  /** For the resources that the request named. */
  devices: DevicesFactSchema.optional(),
  /** When the request asked for it. */
  cpus: CpusFactSchema.optional(),
  /** Block sizes of the storage on which the hypervisor makes disks of its own. */
  ownDisks: BlockSizesFactSchema.optional(),
  /** By volume, for those that the request named. */
  cloudInitSecrets: z.record(name, z.union([FactErrorSchema, CloudInitSecretSchema])).optional(),
  /** By Secret, for those that the request named. */
  credentials: z.record(name, z.union([FactErrorSchema, CredentialSchema])).optional(),
  hardwareVirtualization: z.object({
    state: z.enum(['usable', 'unusable', 'absent']),
    reason: z.string().max(16_384).optional(),
  }),
});

const domainName = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/);

const cidr = z.union([z.literal('default'), z.cidrv4()]);
/** Text that stands in one DHCP option. */
const optionText = z.string().min(1).max(255);

/** Options of DHCP that say nothing of the network itself. */
const DhcpOptionsSchema = z.strictObject({
  bootFileName: optionText.optional(),
  tftpServerName: optionText.optional(),
  ntpServers: z.array(z.ipv4()).max(16).default([]),
  /** Site-specific options. */
  privateOptions: z
    .array(z.strictObject({ code: z.int().min(224).max(254), value: optionText }))
    .max(31)
    .default([]),
});

/** DHCP for guests behind bridges that exist already: one server and one client address per interface. */
export const DhcpSpecSchema = z.strictObject({
  interfaces: z
    .array(
      z.strictObject({
        /** Name of the bridge to serve on. */
        bridge: z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/),
        gateway: z.ipv4(),
        /** The bridge's own address, from which addresses are handed out. Default: the gateway. */
        serverAddress: z.ipv4().optional(),
        /** Network prefix length. */
        prefix: z.int().min(1).max(32),
        guestAddress: z.ipv4(),
        mac: z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
        /** Bytes. */
        mtu: z.int().min(68).max(65_535),
        hostname: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/),
        /** Default: the name servers of the launcher's Pod. */
        dns: z.array(z.ipv4()).max(16).optional(),
        /** Default: those of the launcher's Pod. */
        searchDomains: z.array(domainName).max(32).optional(),
        /** Whose domain is to be searched first. */
        subdomain: domainName.optional(),
        /** Networks beside the default one; without a gateway they are reached directly. */
        routes: z
          .array(z.strictObject({ destination: cidr, gateway: z.ipv4().optional() }))
          .max(64)
          .default([]),
        options: DhcpOptionsSchema.default({ ntpServers: [], privateOptions: [] }),
      }),
    )
    .max(limits.dhcpInterfaces),
  /** DHCPv6: the one address of each bridge's guest. Routers are not told by it; guests know theirs. */
  ipv6: z
    .array(
      z.strictObject({
        bridge: z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/),
        guestAddress: z.ipv6(),
        /** Default: the name servers of the launcher's Pod. */
        dns: z.array(z.ipv6()).max(16).optional(),
        /** Default: those of the launcher's Pod. */
        searchDomains: z.array(domainName).max(32).optional(),
        /** Whose domain is to be searched first. */
        subdomain: domainName.optional(),
      }),
    )
    .max(limits.dhcpInterfaces)
    .default([]),
});

/** What the server's event stream carries: the hypervisor's hints and the launcher's own news. */
export const LauncherEventSchema = z.union([
  MachineEventSchema,
  z.strictObject({ kind: z.literal('termination-requested'), at: z.iso.datetime() }),
]);

export const WireEventSchema = z.union([
  LauncherEventSchema,
  z.strictObject({ kind: z.literal('heartbeat') }),
]);

export const CapabilitiesSchema = z.object({
  name: z.string().max(64),
  version: z.string().max(1024),
  architectures: z.array(z.enum(['x86_64', 'aarch64', 's390x'])).max(16),
  machineTypes: z.array(z.string().max(128)).max(1024),
  hardwareVirtualization: FactsSchema.shape.hardwareVirtualization,
  /** Names that the client does not know are passed over: a newer server may have more. */
  supports: z.array(z.string().max(64)).max(64),
});

export const MachineReferenceSchema = z.object({ id: z.string().max(128), name: z.string().max(320) });

export const MachineListSchema = z
  .array(MachineReferenceSchema.extend({ labels: z.record(z.string().max(512), z.string().max(65_536)) }))
  .max(limits.machines);

/** How an upgraded stream ended, asked for once it has. */
export const StreamOutcomeSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('open') }),
  z.object({ state: z.literal('ended') }),
  z.object({ state: z.literal('failed'), error: WireErrorSchema }),
]);

export const StopRequestSchema = z.strictObject({ mode: z.enum(['graceful', 'force']) });

export const MemoryDumpRequestSchema = z.strictObject({ path });

export const ExecRequestSchema = z.strictObject({
  command: z.tuple([z.string().min(1).max(4096)], z.string().max(65_536)),
  timeoutSeconds: z.number().positive().max(86_400).optional(),
});

export const ExecResultSchema = z.object({ exitCode: z.int(), stdout: z.string(), stderr: z.string() });

export const FreezeRequestSchema = z.strictObject({
  thawAfterSeconds: z
    .number()
    .min(0)
    .max(2 ** 31 / 1000)
    .optional(),
});

/** A user of the guest and its new password. */
export const PasswordSchema = z.strictObject({
  user: z.string().min(1).max(256),
  password: z.string().max(65_536),
});

/** Public SSH keys of a user of the guest. */
export const AuthorizedKeysSchema = z.array(z.string().min(1).max(16_384)).max(1024);

export const FrozenSchema = z.object({ frozen: z.boolean() });

export type WireError = z.output<typeof WireErrorSchema>;
export type LauncherInfo = z.output<typeof LauncherInfoSchema>;
export type PersistentDisk = z.output<typeof PersistentDiskSchema>;
export type FactsRequest = z.output<typeof FactsRequestSchema>;
export type DevicesFact = z.output<typeof DevicesFactSchema>;
export type CpusFact = z.output<typeof CpusFactSchema>;
export type BlockSizesFact = z.output<typeof BlockSizesFactSchema>;
export type VolumeFact = z.output<typeof VolumeFactSchema>;
export type Facts = z.output<typeof FactsSchema>;
export type DhcpSpec = z.output<typeof DhcpSpecSchema>;
export type DhcpSpecInput = z.input<typeof DhcpSpecSchema>;
export type LauncherEvent = z.output<typeof LauncherEventSchema>;
export type WireEvent = z.output<typeof WireEventSchema>;
export type StreamOutcome = z.output<typeof StreamOutcomeSchema>;
