import type { Disk, MachineSpec } from '@virtkit/hal';
import { aliasOf } from './aliases.ts';
import type { XmlElement } from './element.ts';
import { pciElement } from './pci-address.ts';
import type { DiskFile, RenderContext } from './render.ts';
import { iommuOption, virtioModel } from './virtio.ts';

const prefixes: Record<Disk['bus'], string> = { virtio: 'vd', sata: 'sd', scsi: 'sd', usb: 'sd' };

/**
 * Guest device names: those that disks name, and for the others the first free ones in the order of the spec: `vda`, `vdb`,
 * `sda`, ... Buses that share a prefix share the letters.
 */
export function targetNames(disks: readonly Disk[]): Map<string, string> {
  const used = new Set(disks.flatMap(({ target }) => (target === undefined ? [] : [target])));
  const next = new Map<string, number>();
  return new Map(
    disks.map((disk) => {
      if (disk.target !== undefined) return [disk.id, disk.target];
      const prefix = prefixes[disk.bus];
      let index = next.get(prefix) ?? 0;
      while (used.has(prefix + letters(index))) index += 1;
      next.set(prefix, index + 1);
      return [disk.id, prefix + letters(index)];
    }),
  );
}

/** The first name on its bus that none of the others has. */
export function freeTarget(bus: Disk['bus'], used: readonly string[]): string {
  let index = 0;
  while (used.includes(prefixes[bus] + letters(index))) index += 1;
  return prefixes[bus] + letters(index);
}

/** 0 -> a, 25 -> z, 26 -> aa: how Linux numbers disks. */
function letters(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : letters(Math.floor(index / 26) - 1) + letter;
}

/** The other way: `vda` is 0. */
function letterIndex(target: string): number {
  return Array.from(target.slice(2)).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 96, 0) - 1;
}

/** One `<disk>`. The source is the file that was prepared for it, never the image itself when that is read-only. */
export function diskElement(
  disk: Disk,
  target: string,
  spec: MachineSpec,
  context: Pick<RenderContext, 'diskFiles'>,
): XmlElement {
  const file = fileOf(disk, context);
  const block = file === undefined || 'device' in file;
  return {
    '@type': block ? 'block' : 'file',
    '@device': disk.device,
    '@model': disk.bus === 'virtio' && disk.device === 'disk' ? virtioModel(spec) : undefined,
    driver: driverElement(disk, file, spec),
    source: file && sourceElement(disk, file),
    backingStore: backingElement(disk),
    target: {
      '@dev': target,
      '@bus': disk.bus,
      '@tray': disk.device === 'cdrom' ? (disk.trayOpen === true ? 'open' : 'closed') : undefined,
    },
    readonly: disk.readOnly || disk.device === 'cdrom' ? {} : undefined,
    shareable: disk.shareable === true ? {} : undefined,
    serial: disk.serial,
    boot: disk.bootOrder === undefined ? undefined : { '@order': disk.bootOrder },
    blockio: blockElement(disk),
    address: addressElement(disk, target),
    alias: { '@name': aliasOf('disk', disk.id) },
  };
}

function fileOf(disk: Disk, context: Pick<RenderContext, 'diskFiles'>): DiskFile | undefined {
  const file = context.diskFiles.get(disk.id);
  if (file === undefined && disk.source.kind !== 'empty')
    throw new Error(`no file was prepared for disk ${disk.id}`);
  return file;
}

function driverElement(disk: Disk, file: DiskFile | undefined, spec: MachineSpec): XmlElement {
  const virtio = disk.bus === 'virtio';
  const { source, ioThreads = [] } = disk;
  const discards = disk.device !== 'cdrom' || source.kind === 'ephemeral' || source.kind === 'empty';
  const [thread] = ioThreads;
  return {
    '@name': 'qemu',
    '@type': file === undefined || 'device' in file ? 'raw' : file.format,
    '@cache': disk.cache,
    '@error_policy': disk.errorPolicy ?? 'stop',
    '@io': disk.io,
    '@discard': discards && disk.discard !== false ? 'unmap' : undefined,
    '@iothread': virtio && ioThreads.length === 1 ? thread : undefined,
    '@queues': virtio ? disk.queues : undefined,
    '@iommu': virtio ? iommuOption(spec) : undefined,
    iothreads:
      virtio && ioThreads.length > 1 ? { iothread: ioThreads.map((id) => ({ '@id': id })) } : undefined,
  };
}

function sourceElement(disk: Disk, file: DiskFile): XmlElement {
  const socket = disk.reservationsSocket;
  return {
    ...('device' in file ? { '@dev': file.device } : { '@file': file.path }),
    reservations:
      socket === undefined
        ? undefined
        : {
            '@managed': 'no',
            '@migration': 'yes',
            source: { '@type': 'unix', '@path': socket, '@mode': 'client' },
          },
    dataStore:
      disk.source.kind === 'tracked'
        ? storeElement(disk.source.data.path, disk.source.data.block, 'raw')
        : undefined,
  };
}

/** What an overlay lies over; libvirt would have to open the overlay to find out. */
function backingElement({ source, device }: Disk): XmlElement | undefined {
  if (source.kind !== 'ephemeral' || device === 'cdrom') return undefined;
  return storeElement(source.path, source.block === true, source.format);
}

function storeElement(path: string, block: boolean, format: string): XmlElement {
  return {
    '@type': block ? 'block' : 'file',
    format: { '@type': format },
    source: block ? { '@dev': path } : { '@file': path },
  };
}

function blockElement({ blockSizes }: Disk): XmlElement | undefined {
  return (
    blockSizes && {
      '@logical_block_size': blockSizes.logical,
      '@physical_block_size': blockSizes.physical,
      '@discard_granularity': blockSizes.discardGranularity,
    }
  );
}

/** SCSI disks and LUNs keep the unit that their name stands for. */
function addressElement({ bus, device, pciAddress }: Disk, target: string): XmlElement | undefined {
  if (bus === 'virtio') return pciElement(pciAddress);
  if (bus !== 'scsi' || device === 'cdrom') return undefined;
  return { '@type': 'drive', '@controller': 0, '@bus': 0, '@unit': letterIndex(target) };
}
