import type { Firmware, MachineSpec } from '@virtkit/hal';
import type { XmlElement } from './element.ts';
import type { RenderContext, UefiFiles } from './render.ts';

/** `<os>`: machine type, firmware, direct kernel boot. Devices carry their own boot order. */
export function osElement(spec: MachineSpec, context: RenderContext): XmlElement {
  const { kernel, acpiTables = [], serialOutput, bootMenuMs } = spec.firmware;
  return {
    type: {
      '@arch': spec.architecture,
      '@machine': spec.machineType === '' ? defaultMachineType[spec.architecture] : spec.machineType,
      '#text': 'hvm',
    },
    ...uefiElements(spec, context.uefi),
    kernel: kernel?.path,
    initrd: kernel?.initrdPath,
    cmdline: kernel === undefined || kernel.commandLine === '' ? undefined : kernel.commandLine,
    bootmenu: bootMenuMs === undefined ? undefined : { '@enable': 'yes', '@timeout': bootMenuMs },
    bios: serialOutput === true ? { '@useserial': 'yes' } : undefined,
    acpi:
      acpiTables.length === 0
        ? undefined
        : { table: acpiTables.map(({ kind, path }) => ({ '@type': kind, '#text': path })) },
    smbios: spec.architecture === 's390x' ? undefined : { '@mode': 'sysinfo' },
  };
}

/** Files of the firmware, or the features by which libvirt chooses it. Guests that are measured boot from a ROM. */
function uefiElements(
  { firmware, launchSecurity, architecture }: MachineSpec,
  files?: UefiFiles,
): XmlElement {
  if (files === undefined) return {};
  const { uefi } = firmware;
  if (uefi?.automatic === true)
    return {
      '@firmware': 'efi',
      firmware: {
        feature: ['secure-boot', 'enrolled-keys'].map((name) => ({ '@enabled': 'yes', '@name': name })),
      },
      nvram:
        files.variables === undefined || architecture === 'aarch64'
          ? undefined
          : { '@format': 'raw', '#text': files.variables },
    };
  const measured = launchSecurity?.kind === 'sev-snp' || launchSecurity?.kind === 'tdx';
  const secure = uefi === undefined ? undefined : uefi.secureBoot && launchSecurity?.kind !== 'tdx';
  return {
    loader: {
      '@readonly': 'yes',
      '@secure': secure === undefined ? undefined : secure ? 'yes' : 'no',
      '@type': measured ? 'rom' : 'pflash',
      '#text': files.code,
    },
    nvram:
      measured || files.variables === undefined
        ? undefined
        : { '@template': files.variablesTemplate, '#text': files.variables },
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
  const { manufacturer, version, serial, asset, sku } = { asset: smbios.assetTag, ...firmware.chassis };
  const chassis = entries({ manufacturer, version, serial, asset, sku });
  return {
    '@type': 'smbios',
    system: {
      entry: entries({
        uuid: firmware.uuid,
        serial: firmware.serial,
        manufacturer: smbios.manufacturer,
        family: smbios.family,
        product: smbios.product,
        sku: smbios.sku,
        version: smbios.version,
      }),
    },
    chassis: chassis.length === 0 ? undefined : { entry: chassis },
  };
}
