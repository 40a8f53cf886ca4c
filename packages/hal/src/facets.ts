import type { Duplex } from 'node:stream';
import type { GuestFilesystem, GuestInfo, GuestUser } from './guest.ts';
import type { Disk, DiskSource } from './spec/disk.ts';
import type { MachineStatistics } from './statistics.ts';

/** Options of every call that may wait. */
export interface CallOptions {
  signal?: AbortSignal;
}

/** Stop and continue the guest's CPUs. */
export interface PauseFacet {
  /** Idempotent. @throws HalError `invalid-state` when the machine does not run. */
  pause(options?: CallOptions): Promise<void>;
  /**
   * Idempotent. A guest whose agent answers is then told what time it is, beside the call: its clock stood still too.
   * @throws HalError `invalid-state` when the machine does not run.
   */
  resume(options?: CallOptions): Promise<void>;
}

/** Hardware reset: as the reset button, nothing is flushed. */
export interface ResetFacet {
  /**
   * Returns once the machine is reset; the guest then boots.
   * @throws HalError `invalid-state` when the machine does not run.
   */
  reset(options?: CallOptions): Promise<void>;
}

/** A reboot that the guest carries out itself. */
export interface SoftRebootFacet {
  /** Through the guest agent when connected, else by ACPI. @throws HalError `guest-agent-unavailable` when neither works. */
  softReboot(options?: CallOptions): Promise<void>;
}

/** Byte streams to serial ports. */
export interface ConsolesFacet {
  /**
   * Opens serial port `index` (0-based). A second open takes the console over: the first stream ends with
   * HalError `conflict`. The stream ends when the machine stops.
   */
  open(index: number, options?: CallOptions): Promise<Duplex>;
  /** The last bytes (at most `maxBytes`, default 64 KiB) that the guest wrote to serial port 0, if logging is on. */
  log(options?: CallOptions & { maxBytes?: number }): Promise<Uint8Array>;
}

/** The guest's display. */
export interface DisplayFacet {
  /** A connection that speaks RFB (VNC), server side first. */
  openVnc(options?: CallOptions): Promise<Duplex>;
  /** A picture of the display. */
  screenshot(options?: CallOptions): Promise<{ mimeType: 'image/png'; data: Uint8Array }>;
}

/** USB devices of somebody elsewhere, plugged into the guest. */
export interface UsbRedirectionFacet {
  /**
   * Connects slot `slot` (0-based, as many as the spec names sockets) to whoever has the device. The stream speaks the
   * usbredir protocol with the guest as USB guest; both sides begin with a hello. It ends when the machine stops; when it is
   * closed, the device is unplugged and the slot free again.
   * @throws HalError `unsupported` (no such slot), `conflict` (the slot is taken), `invalid-state` (the machine does not run)
   */
  open(slot: number, options?: CallOptions): Promise<Duplex>;
}

/** Questions that the agent inside the guest answers. @throws HalError `guest-agent-unavailable` when it is not connected. */
export interface GuestAgentFacet {
  /** Resolves when the agent answers a ping. */
  ping(options?: CallOptions): Promise<void>;
  /**
   * Operating system, host name, time zone, addresses and what the agent can do.
   * @throws HalError `guest-agent-failed` while file systems are frozen: an agent then says next to nothing.
   */
  info(options?: CallOptions): Promise<GuestInfo>;
  /** Who is logged in, with the time of the log-in. */
  users(options?: CallOptions): Promise<GuestUser[]>;
  /** Mounted file systems with their sizes in bytes, and the disks that they are on. */
  filesystems(options?: CallOptions): Promise<GuestFilesystem[]>;
  /** Runs a program inside the guest and collects its result; `timeoutSeconds` bounds the wait. */
  exec(
    command: readonly [path: string, ...args: string[]],
    options?: CallOptions & { timeoutSeconds?: number },
  ): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Gives a user of the guest a password, in plain text. @throws HalError `guest-agent-failed` where there is no such user. */
  setPassword(user: string, password: string, options?: CallOptions): Promise<void>;
  /** Public SSH keys that let somebody in as this user, in no particular order. @throws HalError `guest-agent-failed` where there is no such user. */
  authorizedKeys(user: string, options?: CallOptions): Promise<string[]>;
  /** Lets in as this user whoever has one of these SSH keys, and nobody else by a key. Idempotent; throws as above. */
  setAuthorizedKeys(user: string, keys: readonly string[], options?: CallOptions): Promise<void>;
  /**
   * Writes everything out and holds back all further writes to the guest's file systems, for a consistent copy of its
   * disks. Does nothing while they are frozen. With `thawAfterSeconds` they are thawed after that time at the latest, by the
   * process that talks to the hypervisor and only while it lives.
   */
  freeze(options?: CallOptions & { thawAfterSeconds?: number }): Promise<void>;
  /** Lets writes go on. Does nothing where nothing is frozen. */
  thaw(options?: CallOptions): Promise<void>;
  /** Whether file systems are frozen, asked of the guest: it may also be frozen, or thawed, by somebody else. */
  frozen(options?: CallOptions): Promise<boolean>;
}

/**
 * Disks that come and go while the machine runs. What is changed here becomes part of the machine's spec at once, so `spec()`
 * and `define` know it too; what the guest makes of it is in `Observed.disks`.
 *
 * Every call is idempotent, and throws HalError `invalid-state` when the machine does not run.
 */
export interface HotplugFacet {
  /**
   * Plugs a disk in: on virtio or SCSI, over a file or a block device, on a machine with `diskHotplug`. Without a `target` it
   * gets the first name that is free.
   * @throws HalError `unsupported` (with the field), `invalid-spec`, `conflict` (another disk has this id, or one that the guest
   *   has not let go yet), `source-unavailable`, `insufficient-resources` (no PCI port is free).
   */
  attachDisk(disk: Disk, options?: CallOptions): Promise<void>;
  /**
   * Asks the guest to let a disk go, and returns once it was asked. Until it has, `Observed.disks` shows the disk as `leaving`;
   * a guest that did not hear, for example while it booted, is asked again by calling again, where the hypervisor can ask twice,
   * and loses the disk at the latest when it restarts. A disk that is not there is fine.
   * @throws HalError `unsupported` for a disk that the guest cannot let go: one on another bus, a CD-ROM drive, or one whose
   *   contents were made for the machine.
   */
  detachDisk(id: string, options?: CallOptions): Promise<void>;
  /**
   * Changes the medium of a CD-ROM drive to a file or block device, or takes it out (`empty`).
   * @throws HalError `not-found` (no such disk), `unsupported` (no drive, or a medium that was made for the machine),
   *   `source-unavailable`, `invalid-state` (the guest has locked the drive).
   */
  changeMedium(id: string, medium: DiskSource, options?: CallOptions): Promise<void>;
}

/** The guest's memory as a file. */
export interface MemoryDumpFacet {
  /**
   * Begins to write the guest's memory to a new file and returns; the guest stands still until it is written, as an ELF core
   * file. How far it is stands in `Observed.memoryDump`, also for a later process. It cannot be cancelled.
   *
   * Idempotent: a dump to the same path that runs or was completed is left as it is, a failed one is tried again.
   * @param path Absolute, in the folder that the hypervisor was told to allow; its folder exists, it does not.
   * @throws HalError `forbidden` (elsewhere), `source-unavailable` (no such folder), `conflict` (the file exists, or
   *   another dump of this machine runs), `invalid-state` (the machine does not run).
   */
  start(path: string, options?: CallOptions): Promise<void>;
}

/** Counters of what a machine uses. */
export interface StatisticsFacet {
  /** Reads them now; cheap enough for every few seconds. @throws HalError `invalid-state` when the machine does not run. */
  read(options?: CallOptions): Promise<MachineStatistics>;
}

/** Every optional ability, by name. Present exactly when the hypervisor declares it in `supports`. */
export interface Facets {
  pause: PauseFacet;
  reset: ResetFacet;
  softReboot: SoftRebootFacet;
  consoles: ConsolesFacet;
  display: DisplayFacet;
  guestAgent: GuestAgentFacet;
  usbRedirection: UsbRedirectionFacet;
  hotplug: HotplugFacet;
  memoryDump: MemoryDumpFacet;
  statistics: StatisticsFacet;
}

/** Name of an optional ability. */
export type FacetName = keyof Facets;

/** All facets there are, for backends that offer all and for checks at a process boundary. */
export const facetNames = [
  'pause',
  'reset',
  'softReboot',
  'consoles',
  'display',
  'guestAgent',
  'usbRedirection',
  'hotplug',
  'memoryDump',
  'statistics',
] as const satisfies readonly FacetName[];
