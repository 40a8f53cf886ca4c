import type { XmlElement } from './element.ts';

/** The attributes of a PCI address, of `0000:01:00.0`. */
export function pciParts(address: string): XmlElement {
  const [domain, bus, slot, fn] = address.split(/[:.]/);
  return {
    '@domain': `0x${domain}`,
    '@bus': `0x${bus}`,
    '@slot': `0x${slot}`,
    '@function': `0x${fn}`,
  };
}

/** `<address type="pci">`; undefined for none. */
export function pciElement(address: string | undefined): XmlElement | undefined {
  return address === undefined ? undefined : { '@type': 'pci', ...pciParts(address) };
}
