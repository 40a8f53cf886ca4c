/**
 * Flags of libvirt calls, by call, with libvirt's numbers (libvirt-domain.h, libvirt-host.h). Combine with `|`.
 */

/** Whether a change is for the running domain, its persistent definition, or (0) whatever state it is in. */
export const Affect = { current: 0, live: 1, config: 2 } as const;

/** For `Domain.create` and `Connection.createDomain`. */
export const Start = { paused: 1, autodestroy: 2, forceBoot: 8, validate: 16, resetNvram: 32 } as const;

/** For `Connection.defineDomain`. */
export const Define = { validate: 1 } as const;

/** For `Domain.shutdown` and `Domain.reboot`. */
export const PowerOff = { acpiPowerButton: 1, guestAgent: 2, initctl: 4, signal: 8, paravirt: 16 } as const;

/** For `Domain.destroy`. */
export const Destroy = { graceful: 1, removeLogs: 2 } as const;

/** For `Domain.undefine`. */
export const Undefine = {
  managedSave: 1,
  snapshotsMetadata: 2,
  nvram: 4,
  keepNvram: 8,
  checkpointsMetadata: 16,
  tpm: 32,
  keepTpm: 64,
} as const;

/** For `Domain.xml`. */
export const XmlFlag = { secure: 1, inactive: 2, updateCpu: 4, migratable: 8 } as const;

/** For `Domain.setVcpus`, beside {@link Affect}. */
export const VcpuFlag = { maximum: 4, guest: 8, hotpluggable: 16 } as const;

/** For `Domain.setMemory`, beside {@link Affect}. */
export const MemoryFlag = { maximum: 4 } as const;

/** For `Domain.setMetadata` and `Domain.metadata`. */
export const MetadataType = { description: 0, title: 1, element: 2 } as const;

/** For `Domain.openConsole`. `force` takes the console over from another client, `safe` needs locking support. */
export const ConsoleFlag = { force: 1, safe: 2 } as const;

/** For `DomainBlock.resize`: the size is in bytes (without it, in KiB). */
export const BlockResize = { bytes: 1 } as const;

/** For `DomainBlock.commit`. */
export const BlockCommit = { shallow: 1, delete: 2, active: 4, relative: 8, bandwidthBytes: 16 } as const;

/** For `DomainBlock.abortJob`. */
export const BlockJobAbort = { async: 1, pivot: 2 } as const;

/** For `DomainBlock.backupBegin`. */
export const BackupBegin = { reuseExternal: 1 } as const;

/** For `DomainMigration.toUri`. */
export const Migrate = {
  live: 1 << 0,
  peerToPeer: 1 << 1,
  tunnelled: 1 << 2,
  persistDestination: 1 << 3,
  undefineSource: 1 << 4,
  paused: 1 << 5,
  nonSharedDisk: 1 << 6,
  nonSharedIncremental: 1 << 7,
  changeProtection: 1 << 8,
  unsafe: 1 << 9,
  offline: 1 << 10,
  compressed: 1 << 11,
  abortOnError: 1 << 12,
  autoConverge: 1 << 13,
  postcopy: 1 << 15,
  tls: 1 << 16,
  parallel: 1 << 17,
  nonSharedSynchronousWrites: 1 << 18,
  postcopyResume: 1 << 19,
  zerocopy: 1 << 20,
} as const;

/** For `Domain.coreDump`: how the file is laid out. */
export const DumpFormat = { elf: 0, kdumpZlib: 1, kdumpLzo: 2, kdumpSnappy: 3 } as const;

/** For `Domain.coreDump`. Without `live` the vCPUs stand still meanwhile; `memoryOnly` leaves devices out. */
export const Dump = { crash: 1, live: 2, bypassCache: 4, reset: 8, memoryOnly: 16 } as const;

/** For `DomainMigration.jobStats`. */
export const JobStatsFlag = { completed: 1, keepCompleted: 2 } as const;

/** For `Connection.allDomainStats` and `Domain.stats`: which groups; 0 means all that the driver has. */
export const StatsGroup = {
  state: 1 << 0,
  cpuTotal: 1 << 1,
  balloon: 1 << 2,
  vcpu: 1 << 3,
  interface: 1 << 4,
  block: 1 << 5,
  perf: 1 << 6,
  iothread: 1 << 7,
  memory: 1 << 8,
  dirtyRate: 1 << 9,
  vm: 1 << 10,
} as const;

/** For `DomainGuest.info`; 0 means everything the agent can tell. */
export const GuestInfo = {
  users: 1 << 0,
  os: 1 << 1,
  timezone: 1 << 2,
  hostname: 1 << 3,
  filesystem: 1 << 4,
  disks: 1 << 5,
  interfaces: 1 << 6,
} as const;

/** For `DomainGuest.interfaceAddresses`: where the addresses come from. */
export const AddressSource = { lease: 0, agent: 1, arp: 2 } as const;

/** For `Connection.listDomains`; 0 means all. */
export const ListDomains = {
  active: 1 << 0,
  inactive: 1 << 1,
  persistent: 1 << 2,
  transient: 1 << 3,
  running: 1 << 4,
  paused: 1 << 5,
  shutoff: 1 << 6,
} as const;

/** For `Domain.sendKey`: the set that the key codes belong to. */
export const Keycodes = {
  linux: 0,
  xt: 1,
  atset1: 2,
  atset2: 3,
  atset3: 4,
  osx: 5,
  usb: 7,
  win32: 8,
  qnum: 9,
} as const;
