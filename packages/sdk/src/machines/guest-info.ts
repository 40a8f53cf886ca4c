/** What the guest agent reports (KubeVirt API: VirtualMachineInstanceGuestAgentInfo and its lists). */

export interface GuestOsInfo {
  readonly id?: string;
  readonly name?: string;
  readonly prettyName?: string;
  readonly version?: string;
  readonly versionId?: string;
  readonly kernelRelease?: string;
  readonly kernelVersion?: string;
  readonly machine?: string;
}

/** A user who is logged in to the guest. */
export interface GuestUser {
  readonly userName: string;
  readonly domain?: string;
  /** Seconds since 1970, with a fraction. */
  readonly loginTime?: number;
}

/** A mounted file system of the guest; sizes in bytes. */
export interface GuestFileSystem {
  readonly diskName: string;
  readonly mountPoint: string;
  readonly fileSystemType: string;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly disk?: readonly { readonly busType: string; readonly serial?: string }[];
}

/** All that the agent said at its last round; what is absent it did not say. */
export interface GuestAgentInfo {
  readonly guestAgentVersion?: string;
  readonly supportedCommands?: readonly { readonly name: string; readonly enabled?: boolean }[];
  readonly hostname?: string;
  readonly os?: GuestOsInfo;
  readonly timezone?: string;
  readonly userList?: readonly GuestUser[];
  readonly fsInfo?: { readonly disks: readonly GuestFileSystem[] };
  readonly fsFreezeStatus?: string;
}

/** Everybody who is logged in; empty when nobody is. */
export interface GuestUserList {
  readonly items: readonly GuestUser[];
}

/** All mounted file systems. */
export interface GuestFileSystemList {
  readonly items: readonly GuestFileSystem[];
}
