import {
  HalError,
  type CallOptions,
  type Facets,
  type GuestAgentFacet,
  type MachineSpec,
} from '@virtkit/hal';
import type { Operation } from './faults.ts';
import { runInGuest } from './guest-shell.ts';
import type { MockHypervisor } from './hypervisor.ts';
import { encodePng } from './png.ts';
import type { VirtualMachine } from './virtual-machine.ts';

/** Every facet of one simulated machine. */
export function createFacets(hypervisor: MockHypervisor, id: string): Facets {
  const on = <T>(
    operation: Operation,
    options: CallOptions,
    body: (machine: VirtualMachine) => T,
  ): Promise<T> => hypervisor.call(operation, id, options, () => body(hypervisor.host.require(id)));

  return {
    pause: {
      pause: (options = {}) => on('pause', options, (machine) => machine.pause()),
      resume: (options = {}) => on('resume', options, (machine) => machine.resume()),
    },
    reset: { reset: (options = {}) => on('reset', options, (machine) => machine.reset()) },
    softReboot: {
      softReboot: (options = {}) => on('softReboot', options, (machine) => machine.softReboot()),
    },
    consoles: {
      open: (index, options = {}) => on('console', options, (machine) => machine.openConsole(index)),
      log: (options = {}) => on('consoleLog', options, (machine) => machine.consoleLog(options.maxBytes)),
    },
    display: {
      openVnc: (options = {}) => on('vnc', options, (machine) => machine.openVnc()),
      screenshot: (options = {}) =>
        on('screenshot', options, (machine) => ({
          mimeType: 'image/png',
          data: encodePng(machine.picture()),
        })),
    },
    hotplug: {
      attachDisk: (disk, options = {}) =>
        hypervisor.call('attachDisk', id, options, () => hypervisor.host.attachDisk(id, disk)),
      detachDisk: (diskId, options = {}) =>
        on('detachDisk', options, (machine) => machine.detachDisk(diskId)),
      changeMedium: (diskId, medium, options = {}) =>
        hypervisor.call('changeMedium', id, options, () => hypervisor.host.changeMedium(id, diskId, medium)),
    },
    memoryDump: {
      start: (path, options = {}) =>
        hypervisor.call('memoryDump', id, options, () => hypervisor.host.startMemoryDump(id, path)),
    },
    statistics: { read: (options = {}) => on('statistics', options, (machine) => machine.statistics()) },
    usbRedirection: {
      open: (slot, options = {}) => on('usb', options, (machine) => machine.openUsb(slot)),
    },
    guestAgent: guestAgent((options, body) => on('guestAgent', options, body)),
  };
}

function guestAgent(
  on: <T>(options: CallOptions, body: (machine: VirtualMachine) => T) => Promise<T>,
): GuestAgentFacet {
  return {
    ping: (options = {}) => on(options, (machine) => void machine.requireAgent()),
    info: (options = {}) =>
      on(options, (machine) => {
        machine.requireThawedAgent();
        return guestInfo(machine.spec);
      }),
    users: (options = {}) =>
      on(options, (machine) => {
        machine.requireThawedAgent();
        return [];
      }),
    filesystems: (options = {}) =>
      on(options, (machine) => {
        machine.requireThawedAgent();
        return [
          {
            diskName: 'vda1',
            mountPoint: '/',
            type: 'ext4',
            usedBytes: 2 ** 20,
            totalBytes: 2 ** 30,
            disks: [],
          },
        ];
      }),
    setPassword: (user, password, options = {}) =>
      on(options, (machine) => void (machine.requireThawedAgent().account(user).password = password)),
    authorizedKeys: (user, options = {}) =>
      on(options, (machine) => [...machine.requireThawedAgent().account(user).keys]),
    setAuthorizedKeys: (user, keys, options = {}) =>
      on(options, (machine) => void (machine.requireThawedAgent().account(user).keys = [...keys])),
    exec: (command, options = {}) =>
      on(options, (machine) => {
        const guest = machine.requireThawedAgent();
        const result = runInGuest(command, {
          disks: () => machine.diskNames(),
          now: () => guest.now,
          reboot: () => guest.reboot(),
          powerOff: () => guest.shutdown(),
        });
        if (result) return result;
        throw new HalError('guest-agent-failed', `the guest has no program ${command[0]}`);
      }),
    freeze: ({ thawAfterSeconds = 0, ...options } = {}) =>
      on(options, (machine) => machine.requireAgent().freeze(thawAfterSeconds * 1000)),
    thaw: (options = {}) => on(options, (machine) => machine.requireAgent().thaw()),
    frozen: (options = {}) => on(options, (machine) => machine.requireAgent().frozen),
  };
}

function guestInfo({ name, interfaces }: MachineSpec) {
  return {
    agentVersion: '1.0.0-mock',
    supportedCommands: [
      'guest-ping',
      'guest-info',
      'guest-exec',
      'guest-get-fsinfo',
      'guest-get-users',
      'guest-set-user-password',
      'guest-ssh-get-authorized-keys',
      'guest-ssh-add-authorized-keys',
      'guest-ssh-remove-authorized-keys',
      'guest-fsfreeze-freeze',
      'guest-fsfreeze-thaw',
      'guest-fsfreeze-status',
    ],
    hostname: name.split('_').at(-1),
    os: { id: 'mock', name: 'Mock Guest', prettyName: 'Mock Guest 1', version: '1', versionId: '1' },
    timezone: { name: 'UTC', offsetSeconds: 0 },
    interfaces: interfaces.map(({ mac }, index) => ({
      name: `eth${index}`,
      mac,
      addresses: [{ family: 'ipv4' as const, address: `10.0.2.${2 + index}`, prefix: 24 }],
    })),
  };
}
