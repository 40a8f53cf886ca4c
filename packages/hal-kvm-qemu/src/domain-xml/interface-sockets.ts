import type { MachineSpec } from '@virtkit/hal';
import { isPasst, type PasstInterface } from '../passt/arguments.ts';
import { aliasOf } from './aliases.ts';
import type { XmlElement } from './element.ts';
import { escaped } from './qemu-arguments.ts';

/*
 * Interfaces whose packets QEMU exchanges with whoever connects to a socket. libvirt has no element for that: the interface is one of
 * user-mode networking to it, and the device is given another end.
 */

type Sockets = ReadonlyMap<string, string> | undefined;

interface SocketInterface {
  nic: PasstInterface;
  socket: string;
  /** QEMU's name of the device's other end. */
  end: string;
}

function socketInterfaces({ interfaces }: MachineSpec, sockets: Sockets): SocketInterface[] {
  return interfaces.filter(isPasst).flatMap((nic, index) => {
    const socket = sockets?.get(nic.id);
    return socket === undefined ? [] : [{ nic, socket, end: `passt${index}` }];
  });
}

/** QEMU listens, so that one that has gone can be followed by another. */
export function interfaceArguments(spec: MachineSpec, sockets: Sockets): string[] {
  return socketInterfaces(spec, sockets).flatMap(({ socket, end }) => [
    '-netdev',
    `stream,id=${end},server=on,addr.type=unix,addr.path=${escaped(socket)}`,
  ]);
}

/** `<qemu:override>`: the other end, and the MTU, which libvirt does not tell the devices of user-mode networking. */
export function interfaceOverrides(spec: MachineSpec, sockets: Sockets): XmlElement | undefined {
  const devices = socketInterfaces(spec, sockets).map(({ nic, end }) => {
    const tellsMtu = nic.model === 'virtio' && nic.mtu !== undefined;
    return {
      '@alias': aliasOf('net', nic.id),
      'qemu:frontend': {
        'qemu:property': [
          { '@name': 'netdev', '@type': 'string', '@value': end },
          ...(tellsMtu ? [{ '@name': 'host_mtu', '@type': 'unsigned', '@value': nic.mtu }] : []),
        ],
      },
    };
  });
  return devices.length === 0 ? undefined : { 'qemu:device': devices };
}
