import type { Devices, LaunchSecurity, VirtualMachineInstance } from '@virtkit/core-types';
import type { DeviceFacts } from '@virtkit/machine-plan';
import { onArm64, onS390x, type Case, type Row } from '../row.ts';

const devices =
  (given: Partial<Devices>) =>
  ({ spec }: VirtualMachineInstance) => {
    Object.assign(spec.domain.devices, given);
  };
const security =
  (launchSecurity: LaunchSecurity) =>
  ({ spec }: VirtualMachineInstance) => {
    spec.domain.launchSecurity = launchSecurity;
  };
const allocated: DeviceFacts = {
  pci: { 'vendor.example/gpu': ['0000:41:00.0', '0000:42:00.0'], 'vendor.example/nic': ['0000:43:00.1'] },
  mediated: {
    'vendor.example/vgpu': ['8b5c1a9e-0f1c-4d49-9d5e-0e2f5f9a1c01', '8b5c1a9e-0f1c-4d49-9d5e-0e2f5f9a1c02'],
  },
  usb: { 'vendor.example/stick': [{ bus: 3, device: 7 }] },
  networks: {},
  claims: {
    'claim/card': { kind: 'pci', address: '0000:44:00.0' },
    'claim/crypto': { kind: 'mediated', uuid: '8b5c1a9e-0f1c-4d49-9d5e-0e2f5f9a1c03', model: 'vfio-ap' },
  },
};
const facts: Case['facts'] = { devices: allocated };
const hostdev = 'devices/hostdev';

/** Devices of the host, and memory that the host cannot read. */
export const passthroughRows: readonly Row[] = [
  {
    id: 'DOM-8.1.1',
    what: 'PCI devices',
    cases: [
      {
        vmi: devices({
          gpus: [{ name: 'g', deviceName: 'vendor.example/gpu' }],
          hostDevices: [{ name: 'h', deviceName: 'vendor.example/nic' }],
        }),
        facts,
        domain: {
          [`${hostdev}[0]@type`]: 'pci',
          [`${hostdev}[0]@managed`]: 'no',
          [`${hostdev}[0]@display`]: undefined,
          [`${hostdev}[0]/alias@name`]: 'ua-gpu-g',
          [`${hostdev}[0]/source/address@bus`]: '0x41',
          [`${hostdev}[1]/alias@name`]: 'ua-hostdevice-h',
          [`${hostdev}[1]/source/address@function`]: '0x1',
        },
      },
    ],
  },
  {
    id: 'DOM-8.1.2',
    what: 'mediated devices, of which the first GPU draws into the display',
    cases: [
      {
        vmi: devices({
          gpus: [
            { name: 'a', deviceName: 'vendor.example/vgpu' },
            { name: 'b', deviceName: 'vendor.example/vgpu' },
          ],
        }),
        facts,
        domain: {
          [`${hostdev}[0]@type`]: 'mdev',
          [`${hostdev}[0]@mode`]: 'subsystem',
          [`${hostdev}[0]@model`]: 'vfio-pci',
          [`${hostdev}[0]/source/address@uuid`]: '8b5c1a9e-0f1c-4d49-9d5e-0e2f5f9a1c01',
          [`${hostdev}[0]@display`]: 'on',
          [`${hostdev}[0]@ramfb`]: 'on',
          [`${hostdev}[1]@display`]: undefined,
        },
      },
      {
        vmi: devices({
          gpus: [
            {
              name: 'a',
              deviceName: 'vendor.example/vgpu',
              virtualGPUOptions: { display: { enabled: false } },
            },
            {
              name: 'b',
              deviceName: 'vendor.example/vgpu',
              virtualGPUOptions: { display: { enabled: true, ramFB: { enabled: false } } },
            },
          ],
        }),
        facts,
        domain: {
          [`${hostdev}[0]@display`]: undefined,
          [`${hostdev}[1]@display`]: 'on',
          [`${hostdev}[1]@ramfb`]: undefined,
        },
      },
    ],
  },
  {
    id: 'DOM-8.1.3',
    what: 'USB devices',
    cases: [
      {
        vmi: devices({ hostDevices: [{ name: 'u', deviceName: 'vendor.example/stick' }] }),
        facts,
        domain: {
          [`${hostdev}@type`]: 'usb',
          [`${hostdev}@mode`]: 'subsystem',
          [`${hostdev}/alias@name`]: 'ua-usb-host-u',
          [`${hostdev}/source/address@bus`]: 3,
          [`${hostdev}/source/address@device`]: 7,
          'devices/controller[0]@model': 'qemu-xhci',
        },
      },
    ],
  },
  {
    id: 'DOM-8.1.4',
    what: 'devices of claims',
    cases: [
      {
        vmi: devices({
          gpus: [{ name: 'g', claimName: 'claim', requestName: 'card' }],
          hostDevices: [{ name: 'h', claimName: 'claim', requestName: 'crypto' }],
        }),
        facts,
        domain: {
          [`${hostdev}[0]@type`]: 'pci',
          [`${hostdev}[0]/alias@name`]: 'ua-dra-gpu-g',
          [`${hostdev}[1]@type`]: 'mdev',
          [`${hostdev}[1]@model`]: 'vfio-ap',
          [`${hostdev}[1]/alias@name`]: 'ua-dra-hostdevice-h',
        },
      },
    ],
  },
  {
    id: 'DOM-8.1.5',
    what: 'each device is used once, and there must be one for each',
    cases: [
      {
        vmi: devices({
          gpus: ['a', 'b'].map((name) => ({ name, deviceName: 'vendor.example/gpu' })),
        }),
        facts,
        domain: {
          [`${hostdev}[0]/source/address@bus`]: '0x41',
          [`${hostdev}[1]/source/address@bus`]: '0x42',
        },
      },
      {
        vmi: devices({
          gpus: ['a', 'b', 'c'].map((name) => ({ name, deviceName: 'vendor.example/gpu' })),
        }),
        facts,
        refused: { code: 'missing-fact', field: 'spec.domain.devices.gpus[2]' },
      },
    ],
  },
  {
    id: 'DOM-8.2.1',
    what: 'SEV and SEV-ES',
    cases: [
      {
        vmi: security({ sev: {} }),
        domain: {
          'launchSecurity@type': 'sev',
          'launchSecurity/policy': '0x1',
          'launchSecurity/session': undefined,
        },
      },
      {
        vmi: security({
          sev: { policy: { encryptedState: true }, dhCert: 'Y2VydA==', session: 'c2Vzc2lvbg==' },
        }),
        domain: {
          'launchSecurity/policy': '0x5',
          'launchSecurity/dhCert': 'Y2VydA==',
          'launchSecurity/session': 'c2Vzc2lvbg==',
        },
      },
    ],
  },
  {
    id: 'DOM-8.2.2',
    what: 'SEV-SNP',
    cases: [
      {
        vmi: security({ snp: {} }),
        domain: { 'launchSecurity@type': 'sev-snp', 'launchSecurity/policy': '0x30000' },
      },
    ],
  },
  {
    id: 'DOM-8.2.3',
    what: 'TDX',
    cases: [
      {
        vmi: (vmi) => {
          security({ tdx: {} })(vmi);
          vmi.metadata.annotations = { 'kubevirt.io/qgs-socket-path': '/var/run/tdx-qgs/qgs.socket' };
        },
        domain: {
          'launchSecurity@type': 'tdx',
          'launchSecurity/quoteGenerationService@path': '/var/run/tdx-qgs/qgs.socket',
        },
      },
    ],
  },
  {
    id: 'DOM-8.2.4',
    what: 'Secure Execution only changes how devices reach memory',
    cases: [
      {
        vmi: (vmi) => {
          onS390x(vmi);
          vmi.spec.domain.launchSecurity = {};
          vmi.spec.domain.devices.rng = {};
        },
        domain: { launchSecurity: undefined, 'devices/rng/driver@iommu': 'on' },
      },
    ],
  },
  {
    id: 'DOM-8.2.5',
    what: 'arm64 guests have none',
    cases: [
      {
        vmi: (vmi) => {
          onArm64(vmi);
          vmi.spec.domain.launchSecurity = {};
        },
        domain: { launchSecurity: undefined },
      },
    ],
  },
];
