import type { DomainSpec } from '@virtkit/core-types';
import type { Firmware } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import { smbiosStrings, type MachineFacts, type PlanConfiguration } from '../facts.ts';

/**
 * Firmware, direct kernel boot and SMBIOS strings.
 * @throws PlanError `invalid` (no UUID, or a kernel boot image without kernel), `missing-fact`
 */
export function planFirmware(
  domain: DomainSpec,
  facts: MachineFacts,
  configuration: PlanConfiguration,
): Firmware {
  const { firmware, chassis } = domain;
  if (firmware?.uuid === undefined)
    throw new PlanError('invalid', 'the firmware UUID is not set', {
      field: 'spec.domain.firmware.uuid',
    });
  const kernel = planKernel(domain, facts);
  return {
    kind: firmware.bootloader?.efi === undefined ? 'bios' : 'uefi',
    uuid: firmware.uuid.toLowerCase(),
    ...(firmware.serial !== undefined && { serial: firmware.serial }),
    ...(kernel && { kernel }),
    smbios: { ...smbiosStrings(configuration.smbios), ...(chassis?.asset && { assetTag: chassis.asset }) },
  };
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
