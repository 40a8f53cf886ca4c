import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { MachineSpecInput, Watchdog } from '@virtkit/hal';
import type { PlanConfiguration } from '../facts.ts';

/** Console, display, agent channel, random numbers, balloon and watchdog; what is attached unless switched off. */
export function planDevices(
  { domain }: VirtualMachineInstanceSpec,
  configuration: PlanConfiguration,
): Pick<
  MachineSpecInput,
  'serialConsole' | 'display' | 'guestAgentChannel' | 'rng' | 'balloon' | 'watchdog'
> {
  const { devices } = domain;
  return {
    guestAgentChannel: true,
    rng: devices.rng !== undefined,
    ...(devices.autoattachSerialConsole === false
      ? {}
      : { serialConsole: { log: devices.logSerialConsole !== false } }),
    ...(devices.autoattachGraphicsDevice === false
      ? {}
      : { display: { videoModel: devices.video?.type === 'virtio' ? 'virtio' : 'vga' } }),
    ...(devices.autoattachMemBalloon === false
      ? {}
      : { balloon: { statsPeriodSeconds: configuration.memBalloonStatsPeriod ?? 10 } }),
    ...(devices.watchdog === undefined ? {} : { watchdog: watchdog(devices.watchdog) }),
  };
}

const actions = ['reset', 'shutdown', 'poweroff'] as const;

function watchdog({
  name,
  i6300esb,
}: NonNullable<VirtualMachineInstanceSpec['domain']['devices']['watchdog']>): Watchdog {
  return {
    id: name,
    model: 'i6300esb',
    action: actions.find((action) => action === i6300esb?.action) ?? 'reset',
  };
}
