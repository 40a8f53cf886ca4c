import {
  launcherPaths,
  annotations as keys,
  labels,
  type DomainSpec,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import type { Firmware, Uefi } from '@virtkit/hal';
import { smbiosStrings, type PlanConfiguration } from '../configuration.ts';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';
import { architectureOf } from './architecture.ts';

/** KubeVirt: how long the boot menu of a machine that starts paused waits, in milliseconds. */
const bootMenuMs = 10_000;
/** KubeVirt: where the variables of persistent UEFI firmware are kept. */
const variablesFolder = `${launcherPaths.private}/libvirt/qemu/nvram`;
const debugLogPath = `${launcherPaths.private}/QEMUSeaBiosDebugPipe`;
const ignitionFolder = `${launcherPaths.ephemeralDisks}/ignition-data`;

/**
 * Firmware, direct kernel boot and SMBIOS strings.
 * @throws PlanError `invalid` (no UUID, a kernel boot image without kernel, an ACPI table of no Secret), `missing-fact`
 */
export function planFirmware(
  vmi: VirtualMachineInstance,
  facts: MachineFacts,
  configuration: PlanConfiguration,
): Firmware {
  const { domain, startStrategy } = vmi.spec;
  const { firmware, chassis } = domain;
  if (firmware?.uuid === undefined || firmware.uuid === '')
    throw new PlanError('invalid', 'the firmware UUID is not set', {
      field: 'spec.domain.firmware.uuid',
    });
  const kernel = planKernel(domain, facts);
  const uefi = planUefi(vmi, configuration);
  const acpiTables = planAcpiTables(vmi);
  return {
    kind: uefi === undefined ? 'bios' : 'uefi',
    ...(uefi && { uefi }),
    ...(firmware.bootloader?.bios?.useSerial === true && { serialOutput: true }),
    ...(startStrategy === 'Paused' && { bootMenuMs }),
    uuid: firmware.uuid.toLowerCase(),
    ...(firmware.serial !== undefined && { serial: firmware.serial }),
    ...(kernel && { kernel }),
    ...(acpiTables.length > 0 && { acpiTables }),
    ...planIgnition(vmi),
    ...(isVerbose(vmi, configuration) && { debugLogPath }),
    smbios: smbiosStrings(configuration.smbios),
    ...(chassis && { chassis }),
  };
}

/** KubeVirt: the firmware's debug port of x86 guests is read when the launcher is to log that much. */
function isVerbose({ spec, metadata }: VirtualMachineInstance, { launcherVerbosity = 0 }: PlanConfiguration) {
  const label = metadata.labels?.[labels.logVerbosity];
  const verbosity = label !== undefined && /^\d+$/.test(label) ? Number(label) : launcherVerbosity;
  return verbosity > 5 && architectureOf(spec) === 'x86_64';
}

function planUefi(
  { spec, metadata }: VirtualMachineInstance,
  { firmwareAutoSelection }: PlanConfiguration,
): Uefi | undefined {
  const { firmware, launchSecurity } = spec.domain;
  const efi = firmware?.bootloader?.efi;
  if (efi === undefined) return undefined;
  const secureBoot = efi.secureBoot ?? spec.architecture !== 'arm64';
  return {
    secureBoot,
    automatic: secureBoot && firmwareAutoSelection === true && launchSecurity === undefined,
    ...(efi.persistent === true && { variablesPath: `${variablesFolder}/${metadata.name}_VARS.fd` }),
  };
}

function planAcpiTables({ spec }: VirtualMachineInstance): NonNullable<Firmware['acpiTables']> {
  const { acpi } = spec.domain.firmware ?? {};
  if (acpi === undefined) return [];
  const field = 'spec.domain.firmware.acpi';
  const tables = (['slic', 'msdm'] as const).flatMap((kind) => {
    const volume = acpi[`${kind}NameRef`];
    if (!volume) return [];
    if (spec.volumes?.find(({ name }) => name === volume)?.secret === undefined)
      throw new PlanError('invalid', `volume ${volume} is no Secret`, { field: `${field}.${kind}NameRef` });
    return [{ kind, path: `${launcherPaths.private}/secret/${volume}/${kind}.bin` }];
  });
  if (tables.length === 0) throw new PlanError('invalid', 'no ACPI table is named', { field });
  return tables;
}

/** KubeVirt: an annotation holds the data; the launcher's Pod has it as a file. */
function planIgnition({ metadata }: VirtualMachineInstance): Pick<Firmware, 'configurationFiles'> {
  const { namespace = 'default', name = '', annotations = {} } = metadata;
  if (annotations[keys.ignitionData]?.includes('ignition') !== true) return {};
  const path = `${ignitionFolder}/${namespace}/${name}/data.ign`;
  return { configurationFiles: [{ name: 'opt/com.coreos/config', path }] };
}

function planKernel({ firmware }: DomainSpec, facts: MachineFacts): Firmware['kernel'] {
  const boot = firmware?.kernelBoot;
  if (boot?.container === undefined) return undefined;
  const field = 'spec.domain.firmware.kernelBoot.container';
  const { kernelPath, initrdPath } = boot.container;
  if (!kernelPath)
    throw new PlanError('invalid', 'a kernel boot image needs the path of its kernel', {
      field: `${field}.kernelPath`,
    });
  const found = facts.kernelBoot;
  if (found === undefined)
    throw new PlanError('missing-fact', 'the kernel was not looked up', {
      field: `${field}.kernelPath`,
    });
  if (initrdPath && found.initrdPath === undefined)
    throw new PlanError('missing-fact', 'the initial RAM disk was not looked up', {
      field: `${field}.initrdPath`,
    });
  return {
    path: found.path,
    ...(found.initrdPath !== undefined && { initrdPath: found.initrdPath }),
    commandLine: boot.kernelArgs ?? '',
  };
}
