/** Facts about one domain as libvirt reports them. Numbers from 64-bit fields are exact to 2^53 and rounded above. */

/** Name, identity and, when it runs, number of a domain. Known without asking the daemon. */
export interface DomainIdentity {
  readonly name: string;
  /** Canonical lower-case form with hyphens. */
  readonly uuid: string;
  /** Number of the running domain; -1 when it was not running as the handle was made. */
  readonly id: number;
}

/** `virDomainInfo`. */
export interface DomainInfo {
  /** `virDomainState`; see `domainStateName`. */
  readonly state: number;
  readonly maxMemoryKiB: number;
  readonly memoryKiB: number;
  readonly vcpus: number;
  /** CPU time used since the start, in nanoseconds. */
  readonly cpuTimeNs: number;
}

/** `virNodeInfo`: the machine that the hypervisor runs on. */
export interface NodeInfo {
  /** Architecture, such as `x86_64`. */
  readonly model: string;
  readonly memoryKiB: number;
  /** Active CPUs. */
  readonly cpus: number;
  readonly mhz: number;
  /** NUMA nodes. */
  readonly nodes: number;
  /** Sockets per node. */
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
}

/** `virDomainMemoryStats`: KiB unless said otherwise; what neither the guest's driver nor QEMU reports is absent. */
export interface DomainMemoryStats {
  readonly swapIn?: number;
  readonly swapOut?: number;
  /** Count since boot. */
  readonly majorFault?: number;
  /** Count since boot. */
  readonly minorFault?: number;
  readonly unused?: number;
  readonly available?: number;
  readonly actualBalloon?: number;
  /** Resident memory of the QEMU process. */
  readonly rss?: number;
  readonly usable?: number;
  /** Seconds since the epoch. */
  readonly lastUpdate?: number;
  readonly diskCaches?: number;
  /** Count. */
  readonly hugetlbPgalloc?: number;
  /** Count. */
  readonly hugetlbPgfail?: number;
}

/** `virDomainBlockInfo`, all in bytes. */
export interface DomainBlockInfo {
  readonly capacity: number;
  /** Highest extent used in the file or volume. */
  readonly allocation: number;
  /** Size of the container (file or device). */
  readonly physical: number;
}

/** `virDomainInterfaceStats`; a counter that the driver lacks is -1. */
export interface DomainInterfaceStats {
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly rxErrors: number;
  readonly rxDropped: number;
  readonly txBytes: number;
  readonly txPackets: number;
  readonly txErrors: number;
  readonly txDropped: number;
}

/** `virDomainBlockJobInfo`. */
export interface DomainBlockJobInfo {
  /** `virDomainBlockJobType`: 1 pull, 2 copy, 3 commit, 4 active commit, 5 backup. */
  readonly type: number;
  /** Bytes/s; 0 means no limit. */
  readonly bandwidth: number;
  /** Progress: finished (or ready to pivot) when equal to `end`. */
  readonly current: number;
  readonly end: number;
}

/** `virDomainJobInfo`, sizes in bytes, times in milliseconds. */
export interface DomainJobInfo {
  /** `virDomainJobType`: 0 none, 1 bounded, 2 unbounded, 3 completed, 4 failed, 5 cancelled. */
  readonly type: number;
  readonly timeElapsedMs: number;
  readonly timeRemainingMs: number;
  readonly dataTotal: number;
  readonly dataProcessed: number;
  readonly dataRemaining: number;
  readonly memTotal: number;
  readonly memProcessed: number;
  readonly memRemaining: number;
  readonly fileTotal: number;
  readonly fileProcessed: number;
  readonly fileRemaining: number;
}

/** One address of a guest interface. */
export interface GuestAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
}

/** `virDomainInterface`: an interface as the guest agent, the ARP table or a DHCP lease shows it. */
export interface GuestInterface {
  readonly name: string;
  readonly mac?: string;
  readonly addresses: readonly GuestAddress[];
}

/** `virDomainFSInfo`: a mounted filesystem of the guest. */
export interface GuestFilesystem {
  readonly mountpoint: string;
  /** Device name in the guest, such as `vda1`. */
  readonly name: string;
  readonly type: string;
  /** Target names (`vda`) of the disks below it. */
  readonly disks: readonly string[];
}

/** A picture of a graphics screen. */
export interface Screenshot {
  /** As libvirt names it; QEMU's is `image/x-portable-pixmap` or `image/png`, by version. */
  readonly mimeType: string;
  readonly data: Buffer;
}
