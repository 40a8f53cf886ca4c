import type { Firmware } from '@virtkit/hal';
import type { XmlElement } from './element.ts';

/** Namespace of libvirt's way to give QEMU arguments that its own elements do not know. */
export const qemuNamespace = 'http://libvirt.org/schemas/domain/qemu/1.0';

/** `<qemu:commandline>`; undefined for no arguments. */
export function qemuArguments(values: readonly string[]): XmlElement | undefined {
  return values.length === 0 ? undefined : { 'qemu:arg': values.map((value) => ({ '@value': value })) };
}

/** Files for the firmware configuration device, and the firmware's debug port. */
export function firmwareArguments({ configurationFiles = [], debugLogPath }: Firmware): string[] {
  return [
    ...configurationFiles.flatMap(({ name, path }) => [
      '-fw_cfg',
      `name=${escaped(name)},file=${escaped(path)}`,
    ]),
    ...(debugLogPath === undefined
      ? []
      : [
          '-chardev',
          `file,id=firmwarelog,path=${escaped(debugLogPath)}`,
          '-device',
          'isa-debugcon,iobase=0x402,chardev=firmwarelog',
        ]),
  ];
}

/** QEMU ends an option's value at a comma unless there are two. */
export const escaped = (value: string): string => value.replaceAll(',', ',,');
