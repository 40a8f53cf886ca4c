import type { Interface, InterfaceBackend, MachineSpec } from '@virtkit/hal';
import { aliasOf } from './aliases.ts';
import type { XmlElement } from './element.ts';
import { pciElement } from './pci-address.ts';
import type { RenderContext, VirtType } from './render.ts';
import { iommuOption, virtioModel } from './virtio.ts';

/** One `<interface>`. A tap is opened, never made or configured; boot ROMs are left out unless the guest boots from it. */
export function interfaceElement(
  nic: Interface,
  spec: MachineSpec,
  { virtType, passtSockets }: Pick<RenderContext, 'virtType' | 'passtSockets'>,
): XmlElement {
  const overSocket = nic.backend.kind === 'passt' && passtSockets !== undefined;
  const tunableRom = spec.architecture !== 's390x' && (nic.backend.kind !== 'passt' || overSocket);
  const withoutRom = nic.bootOrder === undefined || spec.launchSecurity !== undefined;
  return {
    ...(overSocket ? { '@type': 'user' } : attachment(nic.backend)),
    mac: { '@address': nic.mac },
    model: { '@type': nic.model === 'virtio' ? virtioModel(spec) : nic.model },
    driver: driverElement(nic, spec, virtType),
    mtu: nic.mtu === undefined || overSocket ? undefined : { '@size': nic.mtu },
    boot: nic.bootOrder === undefined ? undefined : { '@order': nic.bootOrder },
    rom: tunableRom && withoutRom ? { '@enabled': 'no' } : undefined,
    link: nic.linkUp ? undefined : { '@state': 'down' },
    acpi: nic.acpiIndex === undefined ? undefined : { '@index': nic.acpiIndex },
    address: pciElement(nic.pciAddress),
    alias: { '@name': aliasOf('net', nic.id) },
  };
}

/** An emulated guest's queues are the kernel's where it can serve them, and QEMU's own elsewhere. */
function driverElement(
  { model, queues }: Interface,
  spec: MachineSpec,
  virtType: VirtType,
): XmlElement | undefined {
  const iommu = iommuOption(spec);
  if (model !== 'virtio' || (queues === undefined && iommu === undefined)) return undefined;
  const inKernel = queues !== undefined && virtType !== 'qemu';
  return { '@name': inKernel ? 'vhost' : undefined, '@queues': queues, '@iommu': iommu };
}

function attachment(backend: InterfaceBackend): XmlElement {
  switch (backend.kind) {
    case 'tap':
      return { '@type': 'ethernet', target: { '@dev': backend.device, '@managed': 'no' } };
    case 'user':
      return { '@type': 'user' };
    case 'passt':
      return {
        '@type': 'vhostuser',
        source: { '@dev': backend.device },
        backend: { '@type': 'passt', '@logFile': backend.logPath },
        portForward: backend.forwards.map(({ protocol, ranges }) => ({
          '@proto': protocol,
          range: ranges.map(({ start, end, exclude }) => ({
            '@start': start,
            '@end': end,
            '@exclude': exclude ? 'yes' : undefined,
          })),
        })),
      };
  }
}
