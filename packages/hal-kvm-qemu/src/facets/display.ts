import { connect } from 'node:net';
import { HalError, type DisplayFacet } from '@virtkit/hal';
import { doing, toHalError } from '../errors.ts';
import type { MachineHost } from '../machine/machine-host.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';

export function displayFacet(machine: KvmQemuMachine, host: MachineHost): DisplayFacet {
  const mustHaveDisplay = async (): Promise<void> => {
    const { display } = await machine.spec();
    if (display === undefined) throw new HalError('unsupported', `${machine.name} has no display`);
    const { state } = await machine.observe();
    if (state.kind === 'defined' || state.kind === 'stopped')
      throw new HalError('invalid-state', `${machine.name} does not run`);
  };
  return {
    openVnc: (options = {}) =>
      doing(`opening the display of ${machine.name}`, async () => {
        await mustHaveDisplay();
        return new Promise((resolve, reject) => {
          const socket = connect({
            path: host.vncSocket(machine.id),
            ...(options.signal && { signal: options.signal }),
          });
          const fail = (error: Error): void => reject(toHalError(error, 'VNC socket', {}));
          socket.once('error', fail);
          socket.once('connect', () => {
            socket.off('error', fail);
            resolve(socket);
          });
        });
      }),
    screenshot: (options) =>
      doing(`taking a screenshot of ${machine.name}`, async () => {
        await mustHaveDisplay();
        using domain = await machine.domain(options);
        const { mimeType, data } = await domain.screenshot({ ...options, maxBytes: 32 * 1024 * 1024 });
        if (mimeType !== 'image/png')
          throw new HalError(
            'unsupported',
            `this QEMU takes screenshots as ${mimeType}; PNG needs QEMU 7.1 or newer`,
          );
        return { mimeType, data };
      }),
  };
}
