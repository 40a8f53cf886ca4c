import { HalError, type HostDevice, type MachineSpec, type Pci } from '@virtkit/hal';
import type { XmlElement } from './element.ts';

/** Slots of a PCI bus; on the root complex the first two and these two belong to the chipset. */
const slots = 0x20;
const chipsetSlots = new Set([0x00, 0x01, 0x1b, 0x1f]);
/** Ports beyond this many would need more buses than a guest's firmware numbers in time. */
const maxPorts = 31;

/** Lists of the devices that sit on the PCI bus, in the order in which they are given addresses. */
const placed = [
  'interface',
  'hostdev',
  'controller',
  'disk',
  'input',
  'watchdog',
  'rng',
  'memballoon',
] as const;

/**
 * Gives PCI devices their place as the spec wants it. Pure: takes and returns what is below `<devices>`. Devices that name an
 * address keep it; what is not placed here is placed by libvirt.
 * @throws HalError `invalid-spec` when the root complex has no slot left
 */
export function placePciDevices(devices: XmlElement, spec: MachineSpec): XmlElement {
  const { pci } = spec;
  if (pci === undefined) return devices;
  const numa = pci.numaAware ? hangFromNodes(devices, spec) : devices;
  switch (pci.placement.kind) {
    case 'root-complex':
      return onRootComplex(numa);
    case 'ports':
      return withSparePorts(numa, pci.placement);
  }
}

/** Every device on the root complex, one slot each. */
function onRootComplex(devices: XmlElement): XmlElement {
  const used = new Set(placed.flatMap((name) => listOf(devices[name]).map(explicitRootSlot)));
  let next = 0;
  const place = (device: XmlElement): XmlElement => {
    while (chipsetSlots.has(next) || used.has(next)) next += 1;
    if (next >= slots)
      throw new HalError('invalid-spec', 'the PCI root complex has no slot left', {
        field: '/pci/placement',
      });
    const slot = `0x${(next++).toString(16).padStart(2, '0')}`;
    const address = {
      '@type': 'pci',
      '@domain': '0x0000',
      '@bus': '0x00',
      '@slot': slot,
      '@function': '0x0',
    };
    return { ...device, address };
  };
  return mapPlaced(devices, (name, device) =>
    isPci(name, device) && device['address'] === undefined ? place(device) : device,
  );
}

function explicitRootSlot({ address }: XmlElement): number {
  if (!isElement(address) || address['@type'] !== 'pci' || Number(address['@bus']) !== 0) return -1;
  return Number(address['@slot']);
}

/**
 * A port for each device and for those that may come. libvirt puts devices on the ports that are there first, so what is left
 * of them is what was asked for.
 */
function withSparePorts(
  devices: XmlElement,
  placement: Extract<Pci['placement'], { kind: 'ports' }>,
): XmlElement {
  const count = placed.reduce(
    (sum, name) => sum + listOf(devices[name]).filter((device) => isPci(name, device)).length,
    0,
  );
  const spare = sparePorts(count, placement);
  if (spare === 0) return devices;
  const ports = Array.from({ length: Math.min(count + spare, maxPorts) }, () => ({
    '@type': 'pci',
    '@model': 'pcie-root-port',
  }));
  const controllers = listOf(devices['controller']);
  // Ports without a number take the first free one, and 0 is the root's.
  const rooted = controllers.some((one) => one['@model'] === 'pcie-root');
  const root = rooted ? [] : [{ '@type': 'pci', '@index': 0, '@model': 'pcie-root' }];
  return { ...devices, controller: [...controllers, ...root, ...ports] };
}

/**
 * How many ports stay free beside those of `deviceCount` devices: those kept for interfaces, and as many as are missing to the
 * total or, where that is more, the least number of free ones.
 */
function sparePorts(
  deviceCount: number,
  { spareInterfaces, totalPorts, minSparePorts }: Extract<Pci['placement'], { kind: 'ports' }>,
): number {
  const wanted = Math.max(totalPorts - deviceCount, minSparePorts);
  return spareInterfaces + Math.max(0, wanted - spareInterfaces);
}

/**
 * A bridge for each NUMA node of the guest whose host node has passed-through devices, and a port on it for each of these.
 * Buses are numbered from the top, so that libvirt's own keep theirs.
 */
function hangFromNodes(devices: XmlElement, { cpu, hostDevices = [] }: MachineSpec): XmlElement {
  const bridges: XmlElement[] = [];
  const addresses = new Map<string, XmlElement>();
  for (const [node, { hostNode }] of (cpu.numa ?? []).entries()) {
    const mine = hostDevices.filter((device) => belongsTo(device, hostNode));
    if (mine.length === 0) continue;
    const bridge = bridges.length + 1;
    const first = 255 - (bridges.length + 1 + mine.length) + 1;
    bridges.push({
      '@type': 'pci',
      '@index': bridge,
      '@model': 'pcie-expander-bus',
      target: { '@busNr': first, node },
    });
    for (const [slot, { id }] of mine.entries()) {
      const port = bridges.length + 1;
      bridges.push({
        '@type': 'pci',
        '@index': port,
        '@model': 'pcie-root-port',
        address: busAddress(bridge, slot),
      });
      addresses.set(id, busAddress(port, 0));
    }
  }
  const passed = listOf(devices['hostdev']).map((device, index) => {
    const address = addresses.get(hostDevices[index]?.id ?? '');
    return address === undefined ? device : { ...device, address };
  });
  return { ...devices, hostdev: passed, controller: [...listOf(devices['controller']), ...bridges] };
}

function belongsTo({ source, pciAddress }: HostDevice, hostNode: number | undefined): boolean {
  return source.kind === 'pci' && pciAddress === undefined && source.hostNode === hostNode;
}

function busAddress(bus: number, slot: number): XmlElement {
  const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;
  return { '@type': 'pci', '@domain': '0x0000', '@bus': hex(bus), '@slot': hex(slot), '@function': '0x0' };
}

/** Whether a device takes a place on the PCI bus. Roots and bridges are places themselves. */
function isPci(name: (typeof placed)[number], device: XmlElement): boolean {
  switch (name) {
    case 'interface':
    case 'rng':
      return true;
    case 'hostdev':
      return device['@type'] === 'pci' || device['@model'] === 'vfio-pci';
    case 'controller':
      return device['@type'] !== 'pci' && device['@model'] !== 'none';
    case 'disk':
      return isElement(device['target']) && device['target']['@bus'] === 'virtio';
    case 'input':
      return device['@bus'] === 'virtio';
    case 'watchdog':
      return device['@model'] === 'i6300esb';
    case 'memballoon':
      return device['@model'] !== 'none';
  }
}

function mapPlaced(
  devices: XmlElement,
  change: (name: (typeof placed)[number], device: XmlElement) => XmlElement,
): XmlElement {
  const result = { ...devices };
  for (const name of placed) {
    const list = listOf(devices[name]);
    if (list.length > 0) result[name] = list.map((device) => change(name, device));
  }
  return result;
}

function listOf(value: XmlElement[string]): XmlElement[] {
  if (Array.isArray(value)) return value;
  return isElement(value) ? [value] : [];
}

function isElement(value: XmlElement[string]): value is XmlElement {
  return typeof value === 'object' && !Array.isArray(value);
}
