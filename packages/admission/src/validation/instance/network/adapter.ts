import { invalid, notSupported } from '../../finding.ts';
import { isMacAddress, isPciAddress } from '../../formats.ts';
import type { InterfaceRule } from './place.ts';

const models = ['e1000', 'e1000e', 'igb', 'ne2k_pci', 'pcnet', 'rtl8139', 'virtio'];

/** The network adapter that the guest sees. */
export const adapterRules: readonly InterfaceRule[] = [
  {
    id: 'NET-26',
    *check({ nic: { name }, field }) {
      if (!/^[A-Za-z0-9-_]+$/.test(name))
        yield invalid(`${field}.name`, `"${name}" may have letters, digits, hyphens and underscores only`);
    },
  },
  {
    id: 'NET-27',
    *check({ nic: { model = '' }, field }) {
      if (model !== '' && !models.includes(model))
        yield notSupported(`${field}.model`, `model "${model}" is not one of ${models.join(', ')}`);
    },
  },
  {
    id: 'NET-28',
    *check({ nic: { macAddress = '' }, field }) {
      if (macAddress !== '' && !isMacAddress(macAddress))
        yield invalid(`${field}.macAddress`, `"${macAddress}" is not a MAC address of six octets`);
    },
  },
  {
    id: 'NET-29',
    *check({ nic: { pciAddress = '' }, field }) {
      if (pciAddress !== '' && !isPciAddress(pciAddress))
        yield invalid(`${field}.pciAddress`, `"${pciAddress}" is not a PCI address such as 0000:81:00.0`);
    },
  },
];
