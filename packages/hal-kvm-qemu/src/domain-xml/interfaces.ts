import type { Interface } from '@virtkit/hal';
import type { XmlElement } from './element.ts';
import { aliasOf } from './render.ts';

/** One `<interface>`. A tap is opened, never made or configured; boot ROMs are left out unless the guest boots from it. */
export function interfaceElement(nic: Interface): XmlElement {
  return {
    ...attachment(nic),
    mac: { '@address': nic.mac },
    model: { '@type': nic.model === 'virtio' ? 'virtio-non-transitional' : nic.model },
    mtu: nic.mtu === undefined ? undefined : { '@size': nic.mtu },
    boot: nic.bootOrder === undefined ? undefined : { '@order': nic.bootOrder },
    rom: nic.bootOrder === undefined ? { '@enabled': 'no' } : undefined,
    link: nic.linkUp ? undefined : { '@state': 'down' },
    alias: { '@name': aliasOf('net', nic.id) },
  };
}

function attachment(nic: Interface): XmlElement {
  switch (nic.backend.kind) {
    case 'tap':
      return { '@type': 'ethernet', target: { '@dev': nic.backend.device, '@managed': 'no' } };
    case 'user':
      return { '@type': 'user' };
  }
}
