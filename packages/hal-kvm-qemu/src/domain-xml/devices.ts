import type { Balloon, Display, MachineSpec } from '@virtkit/hal';
import { aliasOf } from './aliases.ts';
import type { XmlElement } from './element.ts';
import type { RenderContext } from './render.ts';
import { iommuDriver, virtioModel } from './virtio.ts';

/** Name of the virtio port that the guest agent listens on. */
export const guestAgentChannel = 'org.qemu.guest_agent.0';
/** Name of the virtio port by which guests ask for figures of the host. */
const hostMetricsChannel = 'org.github.vhostmd.1';

/** Consoles, channels, display and the small devices that most machines have. */
export function deviceElements(spec: MachineSpec, context: RenderContext): XmlElement {
  const { watchdog, rng, extraDevices } = spec;
  return {
    ...serialElements(spec, context),
    channel: [
      ...(spec.guestAgentChannel ? [channel(guestAgentChannel, context.agentSocket)] : []),
      ...(extraDevices?.hostMetricsSocket === undefined
        ? []
        : [channel(hostMetricsChannel, extraDevices.hostMetricsSocket)]),
    ],
    ...displayElements(spec.display, context),
    watchdog: watchdog && {
      '@model': watchdog.model,
      '@action': watchdog.action,
      alias: { '@name': aliasOf('watchdog', watchdog.id) },
    },
    rng: rng
      ? {
          '@model': virtioModel(spec),
          driver: iommuDriver(spec),
          backend: { '@model': 'random', '#text': '/dev/urandom' },
        }
      : undefined,
    memballoon: balloonElement(spec.balloon, spec),
  };
}

function channel(name: string, path: string): XmlElement {
  return {
    '@type': 'unix',
    source: { '@mode': 'bind', '@path': path },
    target: { '@type': 'virtio', '@name': name },
  };
}

function balloonElement(balloon: Balloon | undefined, spec: MachineSpec): XmlElement {
  if (balloon === undefined) return { '@model': 'none' };
  const { statsPeriodSeconds, freePageReporting = true } = balloon;
  return {
    '@model': virtioModel(spec),
    '@freePageReporting': freePageReporting ? 'on' : 'off',
    stats: statsPeriodSeconds === 0 ? undefined : { '@period': statsPeriodSeconds },
    driver: iommuDriver(spec),
  };
}

/** A pseudo-terminal, because libvirt hands out no other kind of console. */
function serialElements({ serialConsole }: MachineSpec, context: RenderContext): XmlElement {
  if (serialConsole === undefined) return {};
  return {
    serial: {
      '@type': 'pty',
      log: serialConsole.log ? { '@file': context.serialLog, '@append': 'on' } : undefined,
      target: { '@port': 0 },
    },
    console: { '@type': 'pty', target: { '@type': 'serial', '@port': 0 } },
  };
}

function displayElements(display: Display | undefined, context: RenderContext): XmlElement {
  if (display === undefined) return {};
  const { videoModel, videoMemoryBytes = videoModel === 'vga' ? 2 ** 24 : undefined } = display;
  return {
    graphics: { '@type': 'vnc', listen: { '@type': 'socket', '@socket': context.vncSocket } },
    video: {
      model: {
        '@type': videoModel,
        '@heads': videoModel === 'none' ? undefined : 1,
        '@vram': videoMemoryBytes === undefined ? undefined : Math.floor(videoMemoryBytes / 1024),
      },
    },
  };
}
