import type { MachineSpec } from '@virtkit/hal';
import type { XmlElement } from './element.ts';
import type { RenderContext } from './render.ts';

/** Name of the virtio port that the guest agent listens on. */
export const guestAgentChannel = 'org.qemu.guest_agent.0';

/** Everything below `<devices>` that is neither disk nor interface. */
export function deviceElements(spec: MachineSpec, context: RenderContext): XmlElement {
  const usesUsb = spec.disks.some((disk) => disk.bus === 'usb');
  return {
    controller: [
      { '@type': 'usb', '@index': 0, '@model': usesUsb ? 'qemu-xhci' : 'none' },
      ...(spec.disks.some((disk) => disk.bus === 'scsi')
        ? [{ '@type': 'scsi', '@index': 0, '@model': 'virtio-non-transitional' }]
        : []),
    ],
    ...serialElements(spec, context),
    channel: spec.guestAgentChannel
      ? {
          '@type': 'unix',
          source: { '@mode': 'bind', '@path': context.agentSocket },
          target: { '@type': 'virtio', '@name': guestAgentChannel },
        }
      : undefined,
    ...displayElements(spec, context),
    watchdog:
      spec.watchdog === undefined
        ? undefined
        : { '@model': spec.watchdog.model, '@action': spec.watchdog.action },
    rng: spec.rng
      ? { '@model': 'virtio', backend: { '@model': 'random', '#text': '/dev/urandom' } }
      : undefined,
    memballoon:
      spec.balloon === undefined
        ? { '@model': 'none' }
        : {
            '@model': 'virtio-non-transitional',
            '@freePageReporting': 'on',
            stats:
              spec.balloon.statsPeriodSeconds === 0
                ? undefined
                : { '@period': spec.balloon.statsPeriodSeconds },
          },
  };
}

function serialElements(spec: MachineSpec, context: RenderContext): XmlElement {
  if (spec.serialConsole === undefined) return {};
  return {
    serial: {
      '@type': 'pty',
      log: spec.serialConsole.log ? { '@file': context.serialLog, '@append': 'on' } : undefined,
      target: { '@port': 0 },
    },
    console: { '@type': 'pty', target: { '@type': 'serial', '@port': 0 } },
  };
}

function displayElements(spec: MachineSpec, context: RenderContext): XmlElement {
  if (spec.display === undefined) return {};
  const { videoModel } = spec.display;
  return {
    graphics: { '@type': 'vnc', listen: { '@type': 'socket', '@socket': context.vncSocket } },
    video: {
      model: { '@type': videoModel, ...(videoModel === 'vga' ? { '@vram': 16384 } : {}) },
    },
  };
}
