import { architectureSettings } from '../../configuration/lookups.ts';
import { invalid, notSupported, required } from '../finding.ts';
import { isCleanAbsolutePath, matchesGlob } from '../formats.ts';
import type { InstanceRule } from './subject.ts';

const architectures = ['amd64', 'arm64', 's390x'];
const videoModels = ['vga', 'cirrus', 'virtio', 'ramfb', 'bochs'];

/** Machine type, firmware, and devices that depend on them. */
export const machineRules: readonly InstanceRule[] = [
  {
    id: 'VMI-011',
    *check({ spec, root, configuration }) {
      const type = spec.domain.machine?.type ?? '';
      const { emulatedMachines } = architectureSettings(configuration, spec.architecture ?? '');
      if (type !== '' && !emulatedMachines.some((pattern) => matchesGlob(type, pattern)))
        yield invalid(
          `${root}.domain.machine.type`,
          `machine type "${type}" is not one of ${emulatedMachines.join(', ')}`,
        );
    },
  },
  {
    id: 'VMI-054',
    *check({ spec, root }) {
      const { video, autoattachGraphicsDevice } = spec.domain.devices;
      if (video !== undefined && autoattachGraphicsDevice === false)
        yield invalid(`${root}.domain.devices.video`, 'there is no video device without a graphics device');
    },
  },
  {
    id: 'ARCH-1',
    *check({ spec: { architecture = 'amd64' }, root }) {
      if (!architectures.includes(architecture))
        yield invalid(`${root}.architecture`, `"${architecture}" is not one of ${architectures.join(', ')}`);
    },
  },
  {
    id: 'ARCH-2',
    *check({ spec, root }) {
      const { watchdog } = spec.domain.devices;
      if (watchdog !== undefined && (watchdog.i6300esb === undefined || watchdog.diag288 !== undefined))
        yield notSupported(`${root}.domain.devices.watchdog`, 'machines of amd64 have the i6300esb only');
    },
  },
  {
    id: 'ARCH-3',
    *check({ spec, root }) {
      const type = spec.domain.devices.video?.type;
      if (type !== undefined && !videoModels.includes(type))
        yield notSupported(
          `${root}.domain.devices.video.type`,
          `video adapter "${type}" is not one of ${videoModels.join(', ')}`,
        );
    },
  },
  {
    id: 'FW-1',
    *check({ spec, root }) {
      const { bios, efi } = spec.domain.firmware?.bootloader ?? {};
      if (bios !== undefined && efi !== undefined)
        yield invalid(
          `${root}.domain.firmware.bootloader`,
          'a machine boots by BIOS or by UEFI, not by both',
        );
    },
  },
  {
    id: 'FW-2',
    *check({ spec, root }) {
      const { container, kernelArgs = '' } = spec.domain.firmware?.kernelBoot ?? {};
      if (container === undefined && kernelArgs !== '')
        yield invalid(`${root}.domain.firmware.kernelBoot.kernelArgs`, 'there is no kernel to pass them to');
    },
  },
  {
    id: 'FW-3',
    *check({ spec, root }) {
      if (spec.domain.firmware?.kernelBoot?.container?.image === '')
        yield required(`${root}.domain.firmware.kernelBoot.container.image`, 'an image must be named');
    },
  },
  {
    id: 'FW-4',
    *check({ spec, root }) {
      const container = spec.domain.firmware?.kernelBoot?.container;
      if (container !== undefined && !container.kernelPath && !container.initrdPath)
        yield required(
          `${root}.domain.firmware.kernelBoot.container`,
          'kernelPath or initrdPath must say what to take from the image',
        );
    },
  },
  {
    id: 'FW-5',
    *check({ spec, root }) {
      const container = spec.domain.firmware?.kernelBoot?.container;
      for (const member of ['kernelPath', 'initrdPath'] as const) {
        const path = container?.[member] ?? '';
        if (path !== '' && !isCleanAbsolutePath(path))
          yield invalid(
            `${root}.domain.firmware.kernelBoot.container.${member}`,
            `"${path}" is not an absolute path of a file`,
          );
      }
    },
  },
  {
    id: 'FW-6',
    *check({ spec, root }) {
      const { firmware, features } = spec.domain;
      const efi = firmware?.bootloader?.efi;
      const secure = efi !== undefined && efi.secureBoot !== false;
      if (secure && (features?.smm === undefined || features.smm.enabled === false))
        yield invalid(
          `${root}.domain.firmware.bootloader.efi.secureBoot`,
          'Secure Boot needs system management mode and is on unless this is false',
        );
    },
  },
];
