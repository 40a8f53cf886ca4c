import type { Firmware, MachineSpec } from '@virtkit/hal';
import type { XmlElement } from './element.ts';
import type { RenderContext } from './render.ts';

/** `<os>`: machine type, firmware, direct kernel boot. Devices carry their own boot order. */
export function osElement(spec: MachineSpec, context: RenderContext): XmlElement {
  const { kernel } = spec.firmware;
  const { uefi } = context;
  return {
    type: {
      '@arch': spec.architecture,
      '@machine': spec.machineType === '' ? defaultMachineType[spec.architecture] : spec.machineType,
      '#text': 'hvm',
    },
    loader: uefi === undefined ? undefined : { '@readonly': 'yes', '@type': 'pflash', '#text': uefi.code },
    nvram: uefi === undefined ? undefined : { '@template': uefi.variablesTemplate, '#text': uefi.variables },
    kernel: kernel?.path,
    initrd: kernel?.initrdPath,
    cmdline: kernel === undefined || kernel.commandLine === '' ? undefined : kernel.commandLine,
    smbios: spec.architecture === 's390x' ? undefined : { '@mode': 'sysinfo' },
  };
}

/** What a machine is when the spec does not say. */
export const defaultMachineType: Record<MachineSpec['architecture'], string> = {
  x86_64: 'q35',
  aarch64: 'virt',
  s390x: 's390-ccw-virtio',
};

/** SMBIOS type 1 and 3 strings. */
export function sysinfoElement(firmware: Firmware): XmlElement {
  const { smbios = {} } = firmware;
  const entries = (values: Record<string, string | undefined>): XmlElement[] =>
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => ({ '@name': name, '#text': value }));
  const chassis = entries({ asset: smbios.assetTag });
  return {
    '@type': 'smbios',
    system: {
      entry: entries({
        uuid: firmware.uuid,
        serial: firmware.serial,
        manufacturer: smbios.manufacturer,
        product: smbios.product,
        version: smbios.version,
        family: smbios.family,
        sku: smbios.sku,
      }),
    },
    chassis: chassis.length === 0 ? undefined : { entry: chassis },
  };
}
