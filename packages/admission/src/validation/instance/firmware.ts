import type { Firmware } from '@virtkit/core-types';
import { invalid, required, type Finding } from '../finding.ts';
import { isCleanAbsolutePath } from '../formats.ts';
import { applyRules, type Rule } from '../rule.ts';
import type { InstanceRule } from './subject.ts';

interface FirmwareSubject {
  readonly firmware: Firmware | undefined;
  /** `spec.domain.firmware`. */
  readonly field: string;
}

const bootRules: readonly Rule<FirmwareSubject>[] = [
  {
    id: 'FW-1',
    *check({ firmware, field }) {
      const { bios, efi } = firmware?.bootloader ?? {};
      if (bios !== undefined && efi !== undefined)
        yield invalid(`${field}.bootloader`, 'a machine boots by BIOS or by UEFI, not by both');
    },
  },
  {
    id: 'FW-2',
    *check({ firmware, field }) {
      const { container, kernelArgs = '' } = firmware?.kernelBoot ?? {};
      if (container === undefined && kernelArgs !== '')
        yield invalid(`${field}.kernelBoot.kernelArgs`, 'there is no kernel to pass them to');
    },
  },
  {
    id: 'FW-3',
    *check({ firmware, field }) {
      if (firmware?.kernelBoot?.container?.image === '')
        yield required(`${field}.kernelBoot.container.image`, 'an image must be named');
    },
  },
  {
    id: 'FW-4',
    *check({ firmware, field }) {
      const container = firmware?.kernelBoot?.container;
      if (container !== undefined && !container.kernelPath && !container.initrdPath)
        yield required(
          `${field}.kernelBoot.container`,
          'kernelPath or initrdPath must say what to take from the image',
        );
    },
  },
  {
    id: 'FW-5',
    *check({ firmware, field }) {
      const container = firmware?.kernelBoot?.container;
      for (const member of ['kernelPath', 'initrdPath'] as const) {
        const path = container?.[member] ?? '';
        if (path !== '' && !isCleanAbsolutePath(path))
          yield invalid(
            `${field}.kernelBoot.container.${member}`,
            `"${path}" is not an absolute path of a file`,
          );
      }
    },
  },
];

/**
 * How the firmware boots (KubeVirt rules FW-1 to FW-5), of instances and of presets.
 *
 * @param field path of the firmware: `spec.domain.firmware`
 */
export function firmwareFindings(firmware: Firmware | undefined, field: string): Finding[] {
  return applyRules(bootRules, { firmware, field });
}

/** Secure Boot is on unless it is switched off. */
export const secureBootRule: InstanceRule = {
  id: 'FW-6',
  *check({ spec: { domain }, root }) {
    const { firmware, features, launchSecurity } = domain;
    const efi = firmware?.bootloader?.efi;
    const isSecure = efi !== undefined && efi.secureBoot !== false;
    const hasSmm = features?.smm !== undefined && features.smm.enabled !== false;
    if (isSecure && !hasSmm && launchSecurity?.tdx === undefined)
      yield invalid(
        `${root}.domain`,
        'Secure Boot needs system management mode, and is on unless firmware.bootloader.efi.secureBoot is false',
      );
  },
};
