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

export interface GuestUser {
  readonly userName: string;
  readonly domain?: string;
  /** Seconds since 1970, with a fraction. */
  readonly loginTime?: number;
}

export interface GuestFileSystem {
  readonly diskName: string;
  readonly mountPoint: string;
  readonly fileSystemType: string;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly disk?: readonly { readonly busType: string; readonly serial?: string }[];
}

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

export interface GuestUserList {
  readonly items: readonly GuestUser[];
}

export interface GuestFileSystemList {
  readonly items: readonly GuestFileSystem[];
}
