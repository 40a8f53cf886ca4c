import { HalError, type DisplayFacet } from '@virtkit/hal';
import { doing } from '../errors.ts';
import type { MachineHost } from '../machine/machine-host.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import { connectUnix } from './unix-stream.ts';

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
        return connectUnix(host.vncSocket(machine.id), 'VNC socket', options);
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
