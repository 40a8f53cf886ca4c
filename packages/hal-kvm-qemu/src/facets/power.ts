import { HalError, type PauseFacet, type ResetFacet, type SoftRebootFacet } from '@virtkit/hal';
import { doing } from '../errors.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import { LibvirtError, PowerOff } from '../native/index.ts';
import { setGuestClock } from './guest-clock.ts';

export function pauseFacet(machine: KvmQemuMachine): PauseFacet {
  return {
    pause: (options) =>
      doing(`pausing ${machine.name}`, async () => {
        using domain = await machine.domain(options);
        const { state } = await domain.state(options);
        if (state !== 'paused') await domain.suspend(options);
      }),
    resume: (options) =>
      doing(`resuming ${machine.name}`, async () => {
        using domain = await machine.domain(options);
        const { state } = await domain.state(options);
        if (state === 'shutoff' || state === 'crashed')
          throw new HalError('invalid-state', `${machine.name} does not run`);
        if (state !== 'paused') return;
        await domain.resume(options);
        void setGuestClock(machine);
      }),
  };
}

export function resetFacet(machine: KvmQemuMachine): ResetFacet {
  return {
    reset: (options) =>
      doing(`resetting ${machine.name}`, async () => {
        using domain = await machine.domain(options);
        await domain.reset(options);
      }),
  };
}

export function softRebootFacet(machine: KvmQemuMachine): SoftRebootFacet {
  return {
    softReboot: (options) =>
      doing(`rebooting ${machine.name}`, async () => {
        using domain = await machine.domain(options);
        const { guestAgent } = await machine.observe(options);
        if (guestAgent.connected) {
          try {
            await domain.reboot(PowerOff.guestAgent, options);
            return;
          } catch (error) {
            if (!(error instanceof LibvirtError && error.code.startsWith('agent-'))) throw error;
          }
        }
        await domain.reboot(PowerOff.acpiPowerButton, options);
      }),
  };
}
