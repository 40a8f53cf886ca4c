import type { Devices, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { MachineSpec } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { PlanConfiguration } from '../facts.ts';

type DevicePart = Pick<
  MachineSpec,
  'serialConsole' | 'display' | 'guestAgentChannel' | 'rng' | 'watchdog' | 'balloon'
>;

/** Console, display, guest agent channel and the small devices. @throws PlanError */
export function planDevices(
  { domain, architecture }: VirtualMachineInstanceSpec,
  { memBalloonStatsPeriod = 10 }: PlanConfiguration,
): DevicePart {
  const { devices } = domain;
  const watchdog = planWatchdog(devices);
  return {
    ...(devices.autoattachSerialConsole !== false && {
      serialConsole: { log: devices.logSerialConsole !== false },
    }),
    ...(devices.autoattachGraphicsDevice !== false && {
      display: { videoModel: videoModel(devices, architecture) },
    }),
    guestAgentChannel: true,
    rng: devices.rng !== undefined,
    ...(watchdog && { watchdog }),
    ...(devices.autoattachMemBalloon !== false && {
      balloon: { statsPeriodSeconds: memBalloonStatsPeriod },
    }),
  };
}

function videoModel(
  { video }: Devices,
  architecture: string | undefined,
): NonNullable<MachineSpec['display']>['videoModel'] {
  switch (video?.type) {
    case 'vga':
    case 'virtio':
      return video.type;
    case undefined:
    case '':
      return architecture === 'arm64' || architecture === 's390x' ? 'virtio' : 'vga';
    default:
      throw new PlanError('unsupported', `there is no video adapter ${video!.type}`, {
        field: 'spec.domain.devices.video.type',
      });
  }
}

const actions = ['reset', 'shutdown', 'poweroff'] as const;

function planWatchdog({ watchdog }: Devices): MachineSpec['watchdog'] {
  if (watchdog === undefined) return undefined;
  const model = watchdog.diag288 === undefined ? 'i6300esb' : 'diag288';
  const wanted = watchdog[model]?.action || 'reset';
  const action = actions.find((candidate) => candidate === wanted);
  if (action !== undefined) return { id: watchdog.name, model, action };
  throw new PlanError('unsupported', `a watchdog cannot ${wanted}`, {
    field: `spec.domain.devices.watchdog.${model}.action`,
  });
}
