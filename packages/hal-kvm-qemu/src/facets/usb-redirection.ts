import type { Socket } from 'node:net';
import { HalError, type UsbRedirectionFacet } from '@virtkit/hal';
import { doing } from '../errors.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import { connectUnix } from './unix-stream.ts';

/** Sockets that this process is connected to, or about to be: QEMU would let a second client wait without a word. */
const taken = new Set<string>();

export function usbRedirectionFacet(machine: KvmQemuMachine): UsbRedirectionFacet {
  return {
    open: (slot, options = {}) =>
      doing(`opening USB slot ${slot} of ${machine.name}`, async () => {
        const { extraDevices } = await machine.spec(options);
        const path = extraDevices?.usbRedirectionSockets[slot];
        if (path === undefined) throw new HalError('unsupported', `${machine.name} has no USB slot ${slot}`);
        const { state } = await machine.observe(options);
        if (state.kind === 'defined' || state.kind === 'stopped')
          throw new HalError('invalid-state', `${machine.name} does not run`);
        if (taken.has(path)) throw new HalError('conflict', `USB slot ${slot} of ${machine.name} is taken`);
        return take(path, options.signal);
      }),
  };
}

async function take(path: string, signal: AbortSignal | undefined): Promise<Socket> {
  taken.add(path);
  try {
    const socket = await connectUnix(path, 'USB redirection', {});
    socket.once('close', () => taken.delete(path));
    if (signal?.aborted === true) socket.destroy();
    signal?.throwIfAborted();
    return socket;
  } catch (error) {
    taken.delete(path);
    throw error;
  }
}
