import type { VirtualMachineInstance } from '@virtkit/core-types';
import { onArm64, uuid, type Case, type Row } from '../row.ts';

type Domain = VirtualMachineInstance['spec']['domain'];
type Change = (vmi: VirtualMachineInstance) => void;
const firmware =
  (given: Domain['firmware'], also: Partial<Domain> = {}): Change =>
  ({ spec }) => {
    Object.assign(spec.domain, { firmware: { uuid, ...given } }, also);
  };
const smm = { features: { smm: {} } };
const withSecureBoot = firmware({ bootloader: { efi: { secureBoot: true } } }, smm);
const withoutSecureBoot = (also: Partial<Domain> = {}): Change =>
  firmware({ bootloader: { efi: { secureBoot: false } } }, also);
const kernel = firmware({
  kernelBoot: {
    container: { image: 'k', kernelPath: '/boot/vmlinuz', initrdPath: '/boot/initrd' },
    kernelArgs: 'console=ttyS0 a="b" & c<d',
  },
});
const kernelFiles = {
  kernelBoot: { path: '/kernel-boot/boot/vmlinuz', initrdPath: '/kernel-boot/boot/initrd' },
};
const ovmf = (code: string, variables?: string): Case['domain'] => ({
  'os/loader': `/usr/share/OVMF/${code}`,
  'os/nvram@template': variables === undefined ? undefined : `/usr/share/OVMF/${variables}`,
});
const secret = { name: 'licence', secret: { secretName: 's' } };

/** Firmware, direct kernel boot and ACPI tables. */
export const firmwareRows: readonly Row[] = [
  {
    id: 'DOM-1.1.1',
    what: 'the BIOS writes to the serial port',
    cases: [
      {
        vmi: firmware({ bootloader: { bios: { useSerial: true } } }),
        domain: { 'os/bios@useserial': 'yes' },
      },
      {
        vmi: firmware({ bootloader: { bios: {} } }),
        domain: { 'os/bios': undefined, 'os/loader': undefined },
      },
    ],
  },
  {
    id: 'DOM-1.1.2',
    what: 'UEFI firmware in flash, with variables of its own',
    cases: [
      {
        vmi: withoutSecureBoot(),
        domain: {
          'os/loader@readonly': 'yes',
          'os/loader@secure': 'no',
          'os/loader@type': 'pflash',
          'os/nvram': '/machine/uefi-variables.fd',
        },
      },
      {
        vmi: firmware({ bootloader: { efi: { secureBoot: false, persistent: true } } }),
        domain: { 'os/nvram': '/var/run/kubevirt-private/libvirt/qemu/nvram/guest_VARS.fd' },
      },
      {
        vmi: withoutSecureBoot({ launchSecurity: { sev: { policy: { encryptedState: true } } } }),
        domain: { 'os/loader@type': 'pflash' },
      },
    ],
  },
  {
    id: 'DOM-1.1.3',
    what: 'UEFI firmware that is measured is a ROM without variables',
    cases: [
      {
        vmi: withoutSecureBoot({ launchSecurity: { snp: {} } }),
        domain: { 'os/loader@type': 'rom', 'os/loader@readonly': 'yes', 'os/nvram': undefined },
      },
      {
        vmi: withoutSecureBoot({ launchSecurity: { tdx: {} } }),
        domain: { 'os/loader@type': 'rom', 'os/nvram': undefined },
      },
    ],
  },
  {
    id: 'DOM-1.1.4',
    what: 'libvirt chooses firmware for Secure Boot by its features',
    cases: [
      {
        vmi: withSecureBoot,
        configuration: { firmwareAutoSelection: true },
        domain: {
          'os@firmware': 'efi',
          'os/firmware/feature[0]@name': 'secure-boot',
          'os/firmware/feature[0]@enabled': 'yes',
          'os/firmware/feature[1]@name': 'enrolled-keys',
          'os/loader': undefined,
          'os/nvram@format': 'raw',
          'os/nvram': '/machine/uefi-variables.fd',
        },
      },
      {
        vmi: withoutSecureBoot(),
        configuration: { firmwareAutoSelection: true },
        domain: { 'os@firmware': undefined },
      },
      {
        vmi: (vmi) => {
          onArm64(vmi);
          vmi.spec.domain.firmware!.bootloader = { efi: { secureBoot: true } };
        },
        configuration: { firmwareAutoSelection: true },
        domain: { 'os@firmware': 'efi', 'os/nvram': undefined },
      },
    ],
  },
  {
    id: 'DOM-1.1.5',
    what: 'Secure Boot is on unless it is switched off, but on arm64, and TDX measures instead',
    cases: [
      { vmi: firmware({ bootloader: { efi: {} } }, smm), domain: { 'os/loader@secure': 'yes' } },
      { vmi: withoutSecureBoot(), domain: { 'os/loader@secure': 'no' } },
      {
        vmi: (vmi) => {
          onArm64(vmi);
          vmi.spec.domain.firmware!.bootloader = { efi: {} };
        },
        domain: { 'os/loader@secure': 'no' },
      },
      {
        vmi: firmware({ bootloader: { efi: {} } }, { ...smm, launchSecurity: { tdx: {} } }),
        domain: { 'os/loader@secure': 'no' },
      },
    ],
  },
  {
    id: 'DOM-1.1.6',
    what: 'kernel and initial RAM disk of an image',
    cases: [
      {
        vmi: kernel,
        facts: kernelFiles,
        domain: {
          'os/kernel': '/kernel-boot/boot/vmlinuz',
          'os/initrd': '/kernel-boot/boot/initrd',
        },
      },
      {
        vmi: kernel,
        refused: {
          code: 'missing-fact',
          field: 'spec.domain.firmware.kernelBoot.container.kernelPath',
        },
      },
    ],
  },
  {
    id: 'DOM-1.1.7',
    what: 'arguments of the kernel',
    cases: [{ vmi: kernel, facts: kernelFiles, domain: { 'os/cmdline': 'console=ttyS0 a="b" & c<d' } }],
  },
  {
    id: 'DOM-1.1.8',
    what: 'ACPI tables of a Secret',
    cases: [
      {
        vmi: (vmi) => {
          firmware({ acpi: { slicNameRef: 'licence' } })(vmi);
          vmi.spec.volumes = [secret];
        },
        domain: {
          'os/acpi/table@type': 'slic',
          'os/acpi/table': '/var/run/kubevirt-private/secret/licence/slic.bin',
        },
      },
      {
        vmi: (vmi) => {
          firmware({ acpi: { slicNameRef: 'licence', msdmNameRef: 'licence' } })(vmi);
          vmi.spec.volumes = [secret];
        },
        domain: {
          'os/acpi/table[1]@type': 'msdm',
          'os/acpi/table[1]': '/var/run/kubevirt-private/secret/licence/msdm.bin',
        },
      },
      {
        vmi: (vmi) => {
          firmware({ acpi: { slicNameRef: 'licence' } })(vmi);
          vmi.spec.volumes = [{ name: 'licence', configMap: { name: 'c' } }];
        },
        refused: { code: 'invalid', field: 'spec.domain.firmware.acpi.slicNameRef' },
      },
      { vmi: firmware({ acpi: {} }), refused: { code: 'invalid', field: 'spec.domain.firmware.acpi' } },
    ],
  },
  {
    id: 'DOM-1.1.9',
    what: 'x86 firmware with Secure Boot',
    cases: [{ vmi: withSecureBoot, domain: ovmf('OVMF_CODE.secboot.fd', 'OVMF_VARS.secboot.fd') }],
  },
  {
    id: 'DOM-1.1.10',
    what: 'x86 firmware without Secure Boot',
    cases: [{ vmi: withoutSecureBoot(), domain: ovmf('OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd') }],
  },
  {
    id: 'DOM-1.1.11',
    what: 'firmware for SEV',
    cases: [
      {
        vmi: withoutSecureBoot({ launchSecurity: { sev: {} } }),
        domain: ovmf('OVMF_CODE.cc.fd', 'OVMF_VARS.fd'),
      },
    ],
  },
  {
    id: 'DOM-1.1.12',
    what: 'firmware for SEV-SNP',
    cases: [{ vmi: withoutSecureBoot({ launchSecurity: { snp: {} } }), domain: ovmf('OVMF.amdsev.fd') }],
  },
  {
    id: 'DOM-1.1.13',
    what: 'firmware for TDX, with and without Secure Boot',
    cases: [
      { vmi: withoutSecureBoot({ launchSecurity: { tdx: {} } }), domain: ovmf('OVMF.inteltdx.fd') },
      {
        vmi: firmware({ bootloader: { efi: {} } }, { ...smm, launchSecurity: { tdx: {} } }),
        domain: ovmf('OVMF.inteltdx.secboot.fd'),
      },
    ],
  },
  {
    id: 'DOM-1.1.14',
    what: 'firmware of arm64',
    cases: [{ vmi: onArm64, domain: ovmf('AAVMF_CODE.fd', 'AAVMF_VARS.fd') }],
  },
  {
    id: 'DOM-8.27',
    what: "the firmware's debug port is written down when the launcher logs that much",
    cases: [
      {
        vmi: ({ metadata }) => (metadata.labels = { logVerbosity: '6' }),
        domain: {
          'qemu:commandline/qemu:arg[0]@value': '-chardev',
          'qemu:commandline/qemu:arg[1]@value':
            'file,id=firmwarelog,path=/var/run/kubevirt-private/QEMUSeaBiosDebugPipe',
          'qemu:commandline/qemu:arg[2]@value': '-device',
          'qemu:commandline/qemu:arg[3]@value': 'isa-debugcon,iobase=0x402,chardev=firmwarelog',
        },
      },
      {
        vmi: ({ metadata }) => (metadata.labels = { logVerbosity: '5' }),
        configuration: { launcherVerbosity: 9 },
        domain: { 'qemu:commandline': undefined },
      },
    ],
  },
  {
    id: 'DOM-6.2.11',
    what: 'Ignition data is a file of the firmware configuration device',
    cases: [
      {
        vmi: ({ metadata }) =>
          (metadata.annotations = { 'kubevirt.io/ignitiondata': '{"ignition":{"version":"3.3.0"}}' }),
        domain: {
          'qemu:commandline/qemu:arg[0]@value': '-fw_cfg',
          'qemu:commandline/qemu:arg[1]@value':
            'name=opt/com.coreos/config,file=/var/run/kubevirt-ephemeral-disks/ignition-data/default/guest/data.ign',
        },
      },
      {
        vmi: ({ metadata }) => (metadata.annotations = { 'kubevirt.io/ignitiondata': '{}' }),
        domain: { 'qemu:commandline': undefined },
      },
    ],
  },
];
