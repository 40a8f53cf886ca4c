import type { ExtraDevices, Input, MachineSpec } from '@virtkit/hal';
import { aliasOf } from './aliases.ts';
import type { XmlElement } from './element.ts';

/** Requests that a virtiofs device holds at a time; KubeVirt's. */
const virtiofsQueue = 1024;

/** Devices that few machines have. */
export function extraDeviceElements({ extraDevices }: MachineSpec): XmlElement {
  if (extraDevices === undefined) return {};
  const { inputs, sound, vsock, panicDevices, sharedDirectories, usbRedirectionSockets } = extraDevices;
  return {
    input: inputs.map(inputElement),
    sound: sound && { '@model': sound.model, alias: { '@name': aliasOf('sound', sound.id) } },
    tpm: tpmElement(extraDevices.tpm),
    panic: panicDevices.map(({ model }) => ({ '@model': model })),
    vsock: vsock && {
      '@model': 'virtio-non-transitional',
      cid: { '@auto': 'no', '@address': vsock.cid },
    },
    filesystem: sharedDirectories.map(({ tag, socket }) => ({
      '@type': 'mount',
      '@accessmode': 'passthrough',
      driver: { '@type': 'virtiofs', '@queue': virtiofsQueue },
      source: { '@socket': socket },
      target: { '@dir': tag },
    })),
    redirdev: usbRedirectionSockets.map((path) => ({
      '@bus': 'usb',
      '@type': 'unix',
      source: { '@mode': 'bind', '@path': path },
    })),
  };
}

function inputElement({ id, type, bus }: Input): XmlElement {
  return {
    '@type': type,
    '@bus': bus,
    '@model': bus === 'virtio' ? 'virtio' : undefined,
    alias: id === undefined ? undefined : { '@name': aliasOf('input', id) },
  };
}

/** The interface of a persistent one is the newer of the two, as KubeVirt has it. */
function tpmElement(tpm: ExtraDevices['tpm']): XmlElement | undefined {
  if (tpm === undefined) return undefined;
  return {
    '@model': tpm.persistent ? 'tpm-crb' : 'tpm-tis',
    backend: {
      '@type': 'emulator',
      '@version': '2.0',
      '@persistent_state': tpm.persistent ? 'yes' : undefined,
    },
  };
}
