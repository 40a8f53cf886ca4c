import {
  VirtualMachineInstanceSpecSchema,
  evictionStrategies,
  unknownFields,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { carriedFields, uncarried } from '../src/index.ts';
import { instance } from './instances.ts';

type Change = (spec: VirtualMachineInstanceSpec) => void;
const paths = (change: Change): string[] => uncarried(instance(change).spec).map(({ path }) => path);

describe('uncarried', () => {
  it('finds nothing in an ordinary instance', () => {
    expect(uncarried(instance().spec)).toEqual([]);
  });

  const refused: [path: string, change: Change][] = [
    ['spec.domain.cpu.realtime', (s) => (s.domain.cpu!.realtime = {})],
    [
      'spec.domain.devices.gpus[0].claimName',
      (s) => (s.domain.devices.gpus = [{ name: 'g', claimName: 'c' }]),
    ],
    [
      'spec.domain.devices.interfaces[0].sriov',
      (s) => (s.domain.devices.interfaces![0] = { name: 'default', sriov: {} }),
    ],
    ['spec.domain.devices.interfaces[0].state', (s) => (s.domain.devices.interfaces![0]!.state = 'absent')],
    ['spec.networks[0].multus', (s) => (s.networks = [{ name: 'default', multus: { networkName: 'n' } }])],
    ['spec.volumes[0].downwardMetrics', (s) => (s.volumes![0] = { name: 'root', downwardMetrics: {} })],
  ];
  it.each(refused)('reports %s', (path, change) => {
    expect(paths(change)).toEqual([path]);
  });

  const claim = { persistentVolumeClaim: { claimName: 'c', readOnly: true } };
  const accepted: [what: string, change: Change][] = [
    ['claims', (s) => (s.volumes![0] = { name: 'root', ...claim })],
    ['claims of DataVolumes', (s) => (s.volumes![0] = { name: 'root', dataVolume: { name: 'd' } })],
    [
      'UEFI variables that outlive the instance',
      (s) => (s.domain.firmware!.bootloader = { efi: { secureBoot: false, persistent: true } }),
    ],
    ['layers on claims', (s) => (s.volumes![0] = { name: 'root', ephemeral: claim })],
    [
      'disks of the node',
      (s) =>
        (s.volumes![0] = { name: 'root', hostDisk: { path: '/a/b', type: 'DiskOrCreate', capacity: '1Gi' } }),
    ],
    ['probes', (s) => (s.readinessProbe = { tcpSocket: { port: 22 } })],
    [
      'node selectors, tolerations and affinity',
      (s) =>
        Object.assign(s, {
          nodeSelector: { a: 'b' },
          tolerations: [{ key: 'k' }],
          affinity: { nodeAffinity: {} },
        }),
    ],
    [
      'resources',
      (s) => (s.domain.resources = { requests: { memory: '1Gi', cpu: '1' }, limits: { cpu: '2' } }),
    ],
    [
      'switches that say what is the case anyway',
      (s) => Object.assign(s.domain.devices, { blockMultiQueue: false, disableHotplug: true }),
    ],
    [
      'clock, timers and platform features',
      (s) => {
        s.domain.clock = { utc: {}, timer: { hpet: { present: false } } };
        s.domain.features = { acpi: { enabled: false }, hyperv: { relaxed: {} }, kvm: { hidden: true } };
      },
    ],
    [
      'input devices, sound, USB devices of clients, VSOCK and how a disk is read',
      (s) => {
        s.domain.devices.inputs = [{ name: 'pen', type: 'tablet', bus: 'usb' }];
        s.domain.devices.sound = { name: 'audio' };
        s.domain.devices.clientPassthrough = {};
        s.domain.devices.autoattachVSOCK = true;
        Object.assign(s.domain.devices.disks![0]!, { io: 'threads', errorPolicy: 'report' });
      },
    ],
    [
      'files of ConfigMaps and Secrets',
      (s) => {
        s.volumes![0] = { name: 'root', configMap: { name: 'c', volumeLabel: 'l' } };
        s.volumes![1] = { name: 'seed', secret: { secretName: 's' } };
      },
    ],
    [
      'cloud-init data in Secrets',
      (s) =>
        (s.volumes![1]!.cloudInitNoCloud = {
          secretRef: { name: 'x' },
          networkDataSecretRef: { name: 'y' },
        }),
    ],
    [
      'I/O threads, shared disks and what storage tells of its blocks',
      (s) => {
        s.domain.ioThreadsPolicy = 'supplementalPool';
        s.domain.ioThreads = { supplementalPoolThreadCount: 2 };
        Object.assign(s.domain.devices.disks![1]!, {
          shareable: true,
          blockSize: { matchVolume: { enabled: true } },
        });
      },
    ],
    ['LUNs', (s) => (s.domain.devices.disks![0] = { name: 'root', lun: { bus: 'scsi', readonly: true } })],
    [
      'interfaces with several queues and of every model',
      (s) => {
        s.domain.devices.networkInterfaceMultiqueue = true;
        s.domain.devices.interfaces![0]!.model = 'igb';
      },
    ],
    [
      'the bridge binding and DHCP options',
      (s) =>
        (s.domain.devices.interfaces![0] = {
          name: 'default',
          bridge: {},
          dhcpOptions: { bootFileName: 'pxelinux.0', privateOptions: [{ option: 240, value: 'x' }] },
        }),
    ],
    [
      'a ConfigMap as a file system, and a TPM',
      (s) => {
        s.domain.devices.tpm = { enabled: true, persistent: true };
        s.domain.devices.filesystems = [{ name: 'files', virtiofs: {} }];
        s.volumes!.push({ name: 'files', configMap: { name: 'c' } });
      },
    ],
    [
      'the last features and devices',
      (s) => {
        s.domain.features!.apic = { enabled: true, endOfInterrupt: true };
        s.domain.devices.panicDevices = [{ model: 'pvpanic' }];
        s.domain.devices.autoattachInputDevice = true;
      },
    ],
    [
      'access credentials',
      (s) =>
        (s.accessCredentials = [
          {
            sshPublicKey: {
              source: { secret: { secretName: 'keys' } },
              propagationMethod: { qemuGuestAgent: { users: ['root'] } },
            },
          },
        ]),
    ],
    [
      'what only some nodes have',
      (s) => {
        Object.assign(s.domain.cpu!, {
          dedicatedCpuPlacement: true,
          isolateEmulatorThread: true,
          numa: { guestMappingPassthrough: {} },
        });
        s.domain.memory!.hugepages = { pageSize: '2Mi' };
        s.domain.launchSecurity = { sev: { policy: { encryptedState: true } } };
        s.domain.devices.gpus = [{ name: 'g', deviceName: 'example.org/gpu' }];
        s.domain.devices.hostDevices = [{ name: 'h', deviceName: 'example.org/card', tag: 't' }];
      },
    ],
    ['an empty list for absent', (s) => (s.resourceClaims = [])],
    ['null for absent', (s) => Object.assign(s, { resourceClaims: null })],
    [
      'Secure Boot',
      (s) => (s.domain.firmware!.bootloader = { efi: { secureBoot: true, persistent: false } }),
    ],
    ...evictionStrategies.map((strategy): [string, Change] => [
      `eviction strategy ${strategy}`,
      (s) => (s.evictionStrategy = strategy),
    ]),
  ];
  it.each(accepted)('carries %s', (_what, change) => {
    expect(paths(change)).toEqual([]);
  });

  it('reports under the root it is given, with what is missing', () => {
    const [field] = uncarried(
      instance((s) => (s.resourceClaims = [{ name: 'c' }])).spec,
      'spec.template.spec',
    );
    expect(field).toEqual({
      path: 'spec.template.spec.resourceClaims',
      reason: 'devices of dynamic resource claims are not looked up',
    });
  });

  it('reports fields that no schema knows', () => {
    expect(paths((s) => Object.assign(s.domain.devices, { warpDrive: {} }))).toEqual([
      'spec.domain.devices.warpDrive',
    ]);
  });

  it.each(carriedFields.map(({ path }) => path))(
    'has %s in the API, so that the table has no misspelt path',
    (path) => {
      // Builds the smallest object with this path; a segment that the schema does not know shows as an unknown field.
      const segments = path.replaceAll('[]', '.[]').split('.');
      const value = segments.reduceRight<unknown>(
        (inner, key) => (key === '[]' ? [inner] : { [key]: inner }),
        {},
      );
      expect(unknownFields(VirtualMachineInstanceSpecSchema, value)).toEqual([]);
    },
  );
});
