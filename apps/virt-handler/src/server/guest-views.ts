import type { GuestFilesystem, GuestInfo, GuestUser } from '@virtkit/hal';

/** What the guest agent said, in the shapes of `subresources.kubevirt.io/v1`. */

/** At most this many users and file systems are part of `guestosinfo`; the lists of their own are complete. */
const summaryLimit = 10;

const userView = (user: GuestUser) => ({
  userName: user.name,
  ...(user.domain === undefined ? {} : { domain: user.domain }),
  loginTime: user.loginTime,
});

const filesystemView = (fs: GuestFilesystem) => ({
  diskName: fs.diskName,
  mountPoint: fs.mountPoint,
  fileSystemType: fs.type,
  usedBytes: fs.usedBytes ?? 0,
  totalBytes: fs.totalBytes ?? 0,
  disk: fs.disks.map((disk) => ({
    busType: disk.busType,
    ...(disk.serial === undefined ? {} : { serial: disk.serial }),
  })),
});

const listMeta = { apiVersion: 'subresources.kubevirt.io/v1', metadata: {} };

/** `VirtualMachineInstanceGuestAgentInfo`. */
export function guestAgentInfoView(
  info: GuestInfo,
  users: GuestUser[],
  filesystems: GuestFilesystem[],
  frozen: boolean,
): object {
  return {
    apiVersion: 'subresources.kubevirt.io/v1',
    kind: 'VirtualMachineInstanceGuestAgentInfo',
    guestAgentVersion: info.agentVersion,
    // Go leaves out what is false.
    supportedCommands: [
      ...info.supportedCommands.map((name) => ({ name, enabled: true })),
      ...(info.disabledCommands ?? []).map((name) => ({ name })),
    ],
    ...(info.hostname === undefined ? {} : { hostname: info.hostname }),
    os: info.os ?? {},
    ...(info.timezone === undefined
      ? {}
      : { timezone: `${info.timezone.name}, ${info.timezone.offsetSeconds}` }),
    userList: users.slice(0, summaryLimit).map(userView),
    fsInfo: { disks: filesystems.slice(0, summaryLimit).map(filesystemView) },
    fsFreezeStatus: frozen ? 'frozen' : 'thawed',
  };
}

/** `VirtualMachineInstanceGuestOSUserList`. */
export const userListView = (users: GuestUser[]): object => ({
  ...listMeta,
  kind: 'VirtualMachineInstanceGuestOSUserList',
  items: users.map(userView),
});

/** `VirtualMachineInstanceFileSystemList`. */
export const filesystemListView = (filesystems: GuestFilesystem[]): object => ({
  ...listMeta,
  kind: 'VirtualMachineInstanceFileSystemList',
  items: filesystems.map(filesystemView),
});
