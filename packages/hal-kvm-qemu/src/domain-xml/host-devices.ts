import type { HostDevice } from '@virtkit/hal';
import { aliasOf } from './aliases.ts';
import type { XmlElement } from './element.ts';
import { pciElement, pciParts } from './pci-address.ts';

const onIf = (on: boolean | undefined): 'on' | undefined => (on === true ? 'on' : undefined);

/** One `<hostdev>`. Its driver on the host was bound by whoever set the device aside. */
export function hostDeviceElement(device: HostDevice): XmlElement {
  return {
    '@mode': 'subsystem',
    ...sourceElements(device),
    boot: device.bootOrder === undefined ? undefined : { '@order': device.bootOrder },
    address: pciElement(device.pciAddress),
    alias: { '@name': aliasOf('host', device.id) },
  };
}

function sourceElements({ source, display, ramFramebuffer }: HostDevice): XmlElement {
  const shown = { '@display': onIf(display), '@ramfb': onIf(ramFramebuffer) };
  switch (source.kind) {
    case 'pci':
      return { '@type': 'pci', '@managed': 'no', ...shown, source: { address: pciParts(source.address) } };
    case 'mediated':
      return {
        '@type': 'mdev',
        '@model': source.model,
        ...shown,
        source: { address: { '@uuid': source.uuid } },
      };
    case 'usb':
      return {
        '@type': 'usb',
        source: { address: { '@bus': source.bus, '@device': source.device } },
      };
  }
}
