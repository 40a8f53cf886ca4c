import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { Firmware } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { MachineFacts, PlanConfiguration } from '../facts.ts';

/** SMBIOS strings when the cluster configures none (KubeVirt domain facts). */
const defaultSmbios = { manufacturer: 'KubeVirt', product: 'None', family: 'KubeVirt' };

/** Firmware kind, SMBIOS identity and direct kernel boot. */
export function planFirmware(
  { metadata, spec }: VirtualMachineInstance,
  facts: MachineFacts,
  { smbios }: PlanConfiguration,
): Firmware {
  const { firmware, chassis } = spec.domain;
  const uuid = firmware?.uuid ?? metadata.uid;
  if (uuid === undefined)
    throw new PlanError('invalid-instance', 'spec.domain.firmware.uuid', 'there is no uuid');
  const kernelBoot = firmware?.kernelBoot;
  if (kernelBoot?.container !== undefined && facts.kernelBoot === undefined)
    throw new PlanError(
      'missing-fact',
      'spec.domain.firmware.kernelBoot',
      'the kernel image was not looked up',
    );
  return {
    kind: firmware?.bootloader?.efi === undefined ? 'bios' : 'uefi',
    uuid,
    ...(firmware?.serial === undefined || firmware.serial === '' ? {} : { serial: firmware.serial }),
    ...(facts.kernelBoot === undefined || kernelBoot === undefined
      ? {}
      : { kernel: { ...facts.kernelBoot, commandLine: kernelBoot.kernelArgs ?? '' } }),
    smbios: {
      ...defaultSmbios,
      ...smbios,
      ...(chassis?.asset === undefined ? {} : { assetTag: chassis.asset }),
    },
  };
}
