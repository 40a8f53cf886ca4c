import type { GuestInfo, GuestUser } from '@virtkit/hal';
import { expect, it } from 'vitest';
import { filesystemListView, guestAgentInfoView, userListView } from '../src/server/guest-views.ts';

const info: GuestInfo = {
  agentVersion: '7.2.0',
  supportedCommands: ['guest-ping'],
  disabledCommands: ['guest-exec'],
  hostname: 'guest',
  os: { id: 'debian' },
  timezone: { name: 'CET', offsetSeconds: 3600 },
  interfaces: [],
};
const users: GuestUser[] = Array.from({ length: 11 }, (_, index) => ({
  name: `user-${index}`,
  loginTime: index,
}));
const root = { diskName: 'vda1', mountPoint: '/', type: 'ext4', disks: [{ busType: 'virtio' }] };

it('what the agent said is told in the shapes of the API, with a part of the lists', () => {
  expect(guestAgentInfoView(info, users, [root], false)).toEqual({
    apiVersion: 'subresources.kubevirt.io/v1',
    kind: 'VirtualMachineInstanceGuestAgentInfo',
    guestAgentVersion: '7.2.0',
    supportedCommands: [{ name: 'guest-ping', enabled: true }, { name: 'guest-exec' }],
    hostname: 'guest',
    os: { id: 'debian' },
    timezone: 'CET, 3600',
    userList: users.slice(0, 10).map(({ name, loginTime }) => ({ userName: name, loginTime })),
    fsInfo: {
      disks: [
        {
          diskName: 'vda1',
          mountPoint: '/',
          fileSystemType: 'ext4',
          usedBytes: 0,
          totalBytes: 0,
          disk: [{ busType: 'virtio' }],
        },
      ],
    },
    fsFreezeStatus: 'thawed',
  });
});

it('lists of their own are complete', () => {
  expect(userListView(users)).toMatchObject({ items: { length: 11 } });
  expect(filesystemListView(Array.from({ length: 12 }, () => root))).toMatchObject({ items: { length: 12 } });
});
