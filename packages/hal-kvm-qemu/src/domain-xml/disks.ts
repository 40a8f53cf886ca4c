import type { Disk } from '@virtkit/hal';
import type { XmlElement } from './element.ts';
import { aliasOf, type RenderContext } from './render.ts';

const prefixes: Record<Disk['bus'], string> = { virtio: 'vd', sata: 'sd', scsi: 'sd', usb: 'sd' };

/** Guest device names in the order of the spec: `vda`, `vdb`, `sda`, ... Buses that share a prefix share the letters. */
export function targetNames(disks: readonly Disk[]): Map<string, string> {
  const used = new Map<string, number>();
  return new Map(
    disks.map((disk) => {
      const prefix = prefixes[disk.bus];
      const index = used.get(prefix) ?? 0;
      used.set(prefix, index + 1);
      return [disk.id, prefix + letters(index)];
    }),
  );
}

/** 0 -> a, 25 -> z, 26 -> aa: how Linux numbers disks. */
function letters(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : letters(Math.floor(index / 26) - 1) + letter;
}

/** One `<disk>`. The source is the file that was prepared for it, never the image itself when that is read-only. */
export function diskElement(disk: Disk, target: string, context: RenderContext): XmlElement {
  const file = context.diskFiles.get(disk.id);
  if (file === undefined) throw new Error(`no file was prepared for disk ${disk.id}`);
  const block = 'device' in file;
  const readOnly = disk.readOnly || disk.device === 'cdrom' || disk.source.kind === 'seed';
  return {
    '@type': block ? 'block' : 'file',
    '@device': disk.device,
    driver: {
      '@name': 'qemu',
      '@type': block ? 'raw' : file.format,
      '@cache': disk.cache,
      '@error_policy': 'stop',
      '@discard': 'unmap',
    },
    source: block ? { '@dev': file.device } : { '@file': file.path },
    target: { '@dev': target, '@bus': disk.bus },
    ...(readOnly ? { readonly: {} } : {}),
    serial: disk.serial,
    boot: disk.bootOrder === undefined ? undefined : { '@order': disk.bootOrder },
    alias: { '@name': aliasOf('disk', disk.id) },
  };
}
