import type { VirtualMachineInstance } from '@virtkit/core-types';
import { onArm64, onS390x, type Case, type Row } from '../row.ts';
import { devices, encrypted, field, privateFolder } from './device-cases.ts';

const serial = { autoattachSerialConsole: false };
const efi = ({ spec }: VirtualMachineInstance): void => {
  spec.domain.firmware!.bootloader = { efi: { secureBoot: false } };
};
const video = (type: string, vram?: number): Case['domain'] => ({
  'devices/video/model@type': type,
  'devices/video/model@vram': vram,
  'devices/video/model@heads': 1,
});

/** Channels, consoles, display and input. */
export const consoleRows: readonly Row[] = [
  {
    id: 'DOM-8.1',
    what: 'a channel to the guest agent',
    cases: [
      {
        domain: {
          'devices/channel@type': 'unix',
          'devices/channel/target@name': 'org.qemu.guest_agent.0',
          'devices/channel/target@type': 'virtio',
        },
      },
    ],
  },
  {
    id: 'DOM-8.2',
    what: 'a channel for figures of the host',
    cases: [
      {
        vmi: devices({ downwardMetrics: {} }),
        domain: {
          'devices/channel[1]@type': 'unix',
          'devices/channel[1]/source@mode': 'bind',
          'devices/channel[1]/source@path': `${privateFolder}/downwardmetrics-channel/downwardmetrics.sock`,
          'devices/channel[1]/target@name': 'org.github.vhostmd.1',
        },
      },
    ],
  },
  {
    id: 'DOM-8.3',
    what: 'a serial console, with the controller that virtio ports hang from',
    cases: [
      {
        domain: {
          'devices/serial@type': 'pty',
          'devices/serial/target@port': 0,
          'devices/console@type': 'pty',
          'devices/console/target@type': 'serial',
          'devices/console/target@port': 0,
          'devices/controller[1]@type': 'virtio-serial',
          'devices/controller[1]@index': 0,
          'devices/controller[1]@model': 'virtio-non-transitional',
        },
      },
      { vmi: devices(serial), domain: { 'devices/serial': undefined, 'devices/console': undefined } },
      {
        vmi: encrypted,
        domain: { 'devices/controller[1]/driver@iommu': 'on' },
      },
    ],
  },
  {
    id: 'DOM-8.4',
    what: 'the log of the serial console',
    cases: [
      { domain: { 'devices/serial/log@file': '/machine/serial0.log', 'devices/serial/log@append': 'on' } },
      { vmi: devices({ logSerialConsole: false }), domain: { 'devices/serial/log': undefined } },
      { configuration: { disableSerialConsoleLog: true }, domain: { 'devices/serial/log': undefined } },
      {
        vmi: devices({ logSerialConsole: true }),
        configuration: { disableSerialConsoleLog: true },
        domain: { 'devices/serial/log@append': 'on' },
      },
    ],
  },
  {
    id: 'DOM-8.5',
    what: 'a display at a socket, but for guests of another architecture',
    cases: [
      {
        domain: {
          'devices/graphics@type': 'vnc',
          'devices/graphics/listen@type': 'socket',
          'devices/graphics/listen@socket': '/machine/vnc',
        },
      },
      {
        vmi: devices({ autoattachGraphicsDevice: false }),
        domain: { 'devices/graphics': undefined, 'devices/video': undefined },
      },
      {
        vmi: onArm64,
        facts: { architecture: 'x86_64' },
        configuration: { crossArchitecture: true },
        domain: { 'devices/graphics': undefined, 'devices/video': undefined },
      },
    ],
  },
  {
    id: 'DOM-8.6',
    what: 'the video adapter that is named',
    cases: [
      ...['vga', 'virtio', 'bochs', 'cirrus', 'ramfb'].map((type) => ({
        vmi: devices({ video: { type } }),
        domain: video(type, 16_384),
      })),
      {
        vmi: devices({ video: { type: 'mga' } }),
        refused: { code: 'unsupported', field: `${field}.video.type` },
      },
    ],
  },
  {
    id: 'DOM-8.7',
    what: 'the video adapter of amd64 guests',
    cases: [
      { domain: video('vga', 16_384) },
      { vmi: efi, domain: video('bochs') },
      { vmi: efi, configuration: { vgaForUefi: true }, domain: video('vga', 16_384) },
    ],
  },
  {
    id: 'DOM-8.8',
    what: 'the video adapter of other guests',
    cases: [
      { vmi: onArm64, domain: video('virtio') },
      { vmi: onS390x, domain: video('virtio') },
    ],
  },
  {
    id: 'DOM-8.9',
    what: 'tablets',
    cases: [
      {
        vmi: devices({ inputs: [{ name: 'pen', type: 'tablet', bus: 'virtio' }] }),
        domain: {
          'devices/input@type': 'tablet',
          'devices/input@bus': 'virtio',
          'devices/input@model': 'virtio',
          'devices/input/alias@name': 'ua-input-pen',
        },
      },
      {
        vmi: devices({ inputs: [{ name: 'pen', type: 'tablet' }] }),
        domain: { 'devices/input@bus': 'usb', 'devices/input@model': undefined },
      },
      {
        vmi: devices({ inputs: [{ name: 'pen', type: 'mouse' }] }),
        refused: { code: 'unsupported', field: `${field}.inputs[0].type` },
      },
      {
        vmi: devices({ inputs: [{ name: 'pen', type: 'tablet', bus: 'ps2' }] }),
        refused: { code: 'unsupported', field: `${field}.inputs[0].bus` },
      },
    ],
  },
  {
    id: 'DOM-8.10',
    what: 'arm64 guests with a display have a tablet and a keyboard',
    cases: [
      {
        vmi: onArm64,
        domain: {
          'devices/input#count': 2,
          'devices/input[0]@type': 'tablet',
          'devices/input[0]@bus': 'usb',
          'devices/input[1]@type': 'keyboard',
          'devices/input[1]@bus': 'usb',
        },
      },
      {
        vmi: devices({ inputs: [{ name: 'pen', type: 'tablet', bus: 'virtio' }] }, onArm64),
        domain: { 'devices/input#count': 2, 'devices/input[0]@bus': 'virtio' },
      },
      { vmi: devices({ autoattachGraphicsDevice: false }, onArm64), domain: { 'devices/input': undefined } },
    ],
  },
  {
    id: 'DOM-8.11',
    what: 's390x guests with a display have a keyboard',
    cases: [{ vmi: onS390x, domain: { 'devices/input@type': 'keyboard', 'devices/input@bus': 'virtio' } }],
  },
];
