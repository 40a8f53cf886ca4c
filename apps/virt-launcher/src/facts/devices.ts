import { HalError } from '@virtkit/hal';
import type { DevicesFact } from '@virtkit/launcher-api';

/**
 * Devices that device plug-ins set aside for this Pod, as they tell it: in one variable of the environment per resource, with
 * addresses that commas separate (KubeVirt launcher pod, compute container).
 * @throws HalError `invalid-spec` for an address that is none
 */
export function readDevices(
  resources: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DevicesFact {
  const found: DevicesFact = { pci: {}, mediated: {}, usb: {} };
  for (const resource of new Set(resources)) {
    const suffix = resource.toUpperCase().replaceAll(/[/.]/g, '_');
    const listed = (prefix: string): string[] =>
      (environment[`${prefix}_${suffix}`] ?? '').split(',').filter((address) => address !== '');
    const [pci, mediated, usb] = [
      listed('PCI_RESOURCE'),
      listed('MDEV_PCI_RESOURCE'),
      listed('USB_RESOURCE'),
    ];
    if (pci.length > 0) found.pci[resource] = pci;
    if (mediated.length > 0) found.mediated[resource] = mediated;
    if (usb.length > 0) found.usb[resource] = usb.map((address) => usbAddress(address, resource));
  }
  return found;
}

function usbAddress(address: string, resource: string): { bus: number; device: number } {
  const match = /^(\d{1,6}):(\d{1,6})$/.exec(address);
  if (match !== null) return { bus: Number(match[1]), device: Number(match[2]) };
  throw new HalError(
    'invalid-spec',
    `${address}, set aside for ${resource}, is not an address of a USB device`,
  );
}
