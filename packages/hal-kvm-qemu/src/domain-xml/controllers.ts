import type { MachineSpec } from '@virtkit/hal';
import type { XmlElement } from './element.ts';
import { iommuDriver, iommuOption, virtioModel } from './virtio.ts';

/** Controllers that are named instead of left to libvirt: which virtio dialect they speak, or that there is none. */
export function controllerElements(spec: MachineSpec): XmlElement[] {
  return [
    { '@type': 'usb', '@index': 0, '@model': usesUsb(spec) ? 'qemu-xhci' : 'none' },
    ...(usesScsi(spec) ? [scsiController(spec)] : []),
    ...(spec.serialConsole === undefined
      ? []
      : [
          {
            '@type': 'virtio-serial',
            '@index': 0,
            '@model': virtioModel(spec),
            driver: iommuDriver(spec),
          },
        ]),
    ...(spec.pci?.hole64Bytes === undefined
      ? []
      : [
          {
            '@type': 'pci',
            '@index': 0,
            '@model': 'pcie-root',
            pcihole64: { '@unit': 'KiB', '#text': Math.floor(spec.pci.hole64Bytes / 1024) },
          },
        ]),
  ];
}

/** Whether anything hangs from a USB bus. arm64 guests always have one; s390x machines never. */
function usesUsb({ architecture, disks, hostDevices = [], extraDevices }: MachineSpec): boolean {
  if (architecture === 's390x') return false;
  return (
    architecture === 'aarch64' ||
    disks.some(({ bus }) => bus === 'usb') ||
    hostDevices.some(({ source }) => source.kind === 'usb') ||
    (extraDevices?.usbRedirectionSockets.length ?? 0) > 0 ||
    (extraDevices?.inputs.some(({ bus }) => bus === 'usb') ?? false)
  );
}

function usesScsi({ disks, diskHotplug }: MachineSpec): boolean {
  return diskHotplug === true || disks.some(({ bus }) => bus === 'scsi');
}

function scsiController(spec: MachineSpec): XmlElement {
  const { ioThread, queues } = spec.ioThreads?.scsi ?? {};
  const iommu = iommuOption(spec);
  const plain = ioThread === undefined && iommu === undefined;
  return {
    '@type': 'scsi',
    '@index': 0,
    '@model': spec.architecture === 's390x' ? 'virtio-scsi' : virtioModel(spec),
    driver: plain ? undefined : { '@iothread': ioThread, '@queues': queues, '@iommu': iommu },
  };
}
