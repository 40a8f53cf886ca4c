import type { PodVolume, VolumeDevice, VolumeMount } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { claimNames, type ClaimFacts } from '../../../src/index.ts';
import { instanceOf } from '../../builders.ts';
import { computeOf, gated, podWith, type Change } from './rendering.ts';

interface Storage {
  readonly volumes?: readonly PodVolume[];
  readonly mounts?: readonly VolumeMount[];
  readonly devices?: readonly VolumeDevice[];
}

const disk = (name: string): Change['devices'] => ({ disks: [{ name, disk: {} }], disableHotplug: true });
const withClaim = (facts: Partial<ClaimFacts> = {}): Change['facts'] => ({
  claims: new Map([['claim', { volumeMode: 'Filesystem', accessModes: [], ...facts }]]),
});

/** What the Pod of the change has that the Pod of a bare instance does not have. */
function added(change: Change): Required<Storage> {
  const pod = podWith({ devices: { disableHotplug: true }, ...change });
  const bare = podWith({ devices: { disableHotplug: true } });
  const known = new Set(bare.spec.volumes!.map(({ name }) => name));
  const mountsKnown = new Set(computeOf(bare).volumeMounts!.map(({ name }) => name));
  return {
    volumes: pod.spec.volumes!.filter(({ name }) => !known.has(name)),
    mounts: computeOf(pod).volumeMounts!.filter(({ name }) => !mountsKnown.has(name)),
    devices: computeOf(pod).volumeDevices ?? [],
  };
}

const claimed: PodVolume = { name: 'v', persistentVolumeClaim: { claimName: 'claim' } };
const private_ = '/var/run/kubevirt-private';
const ro = true;

const rows: [string, Change, Storage][] = [
  [
    'a claim with a file system',
    { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'claim' } }] }, facts: withClaim() },
    { volumes: [claimed], mounts: [{ name: 'v', mountPath: `${private_}/vmi-disks/v` }] },
  ],
  [
    'a claim that is a block device',
    {
      spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'claim', readOnly: true } }] },
      facts: withClaim({ volumeMode: 'Block' }),
    },
    {
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'claim', readOnly: true } }],
      devices: [{ name: 'v', devicePath: '/dev/v' }],
    },
  ],
  [
    'a DataVolume',
    { spec: { volumes: [{ name: 'v', dataVolume: { name: 'claim' } }] }, facts: withClaim() },
    { volumes: [claimed], mounts: [{ name: 'v', mountPath: `${private_}/vmi-disks/v` }] },
  ],
  [
    'an ephemeral disk over a claim',
    {
      spec: {
        volumes: [
          { name: 'v', ephemeral: { persistentVolumeClaim: { claimName: 'claim', readOnly: true } } },
        ],
      },
      facts: withClaim(),
    },
    {
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'claim', readOnly: true } }],
      mounts: [{ name: 'v', mountPath: `${private_}/vmi-disks/v` }],
    },
  ],
  [
    'a disk of the node',
    { spec: { volumes: [{ name: 'v', hostDisk: { path: '/data/vm/disk.img', type: 'DiskOrCreate' } }] } },
    {
      volumes: [{ name: 'v', hostPath: { path: '/data/vm', type: 'DirectoryOrCreate' } }],
      mounts: [{ name: 'v', mountPath: `${private_}/vmi-disks/v` }],
    },
  ],
  [
    'a disk of the node that must be there',
    { spec: { volumes: [{ name: 'v', hostDisk: { path: '/disk.img', type: 'Disk' } }] } },
    {
      volumes: [{ name: 'v', hostPath: { path: '/', type: 'Directory' } }],
      mounts: [{ name: 'v', mountPath: `${private_}/vmi-disks/v` }],
    },
  ],
  [
    'network data of cloud-init',
    { spec: { volumes: [{ name: 'v', cloudInitConfigDrive: { networkDataSecretRef: { name: 'net' } } }] } },
    {
      volumes: [{ name: 'v-ndata', secret: { secretName: 'net' } }],
      mounts: ['networkdata', 'networkData'].map((subPath) => ({
        name: 'v-ndata',
        mountPath: `${private_}/secret/v/${subPath}`,
        subPath,
        readOnly: ro,
      })),
    },
  ],
  [
    'Windows answer files of a Secret',
    { spec: { volumes: [{ name: 'v', sysprep: { secret: { name: 'answers' } } }] } },
    {
      volumes: [{ name: 'v', secret: { secretName: 'answers' } }],
      mounts: [{ name: 'v', mountPath: `${private_}/sysprep/v`, readOnly: ro }],
    },
  ],
  [
    'Windows answer files of a ConfigMap',
    { spec: { volumes: [{ name: 'v', sysprep: { configMap: { name: 'answers' } } }] } },
    {
      volumes: [{ name: 'v', configMap: { name: 'answers' } }],
      mounts: [{ name: 'v', mountPath: `${private_}/sysprep/v`, readOnly: ro }],
    },
  ],
  [
    'a Secret as a disk',
    { devices: disk('v'), spec: { volumes: [{ name: 'v', secret: { secretName: 's', optional: true } }] } },
    {
      volumes: [{ name: 'v', secret: { secretName: 's', optional: true } }],
      mounts: [{ name: 'v', mountPath: `${private_}/secret/v`, readOnly: ro }],
    },
  ],
  [
    'a Secret with an ACPI table',
    {
      domain: { firmware: { acpi: { slicNameRef: 'v' } } },
      spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] },
    },
    {
      volumes: [{ name: 'v', secret: { secretName: 's' } }],
      mounts: [{ name: 'v', mountPath: `${private_}/secret/v`, readOnly: ro }],
    },
  ],
  [
    'a ConfigMap that is no disk',
    { spec: { volumes: [{ name: 'v', configMap: { name: 'c' } }] } },
    { volumes: [{ name: 'v', configMap: { name: 'c', optional: undefined } }] },
  ],
  [
    'fields of the Pod as a disk',
    {
      devices: disk('v'),
      spec: {
        volumes: [
          {
            name: 'v',
            downwardAPI: { fields: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] },
          },
        ],
      },
    },
    {
      volumes: [
        {
          name: 'v',
          downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] },
        },
      ],
      mounts: [{ name: 'v', mountPath: `${private_}/downwardapi/v`, readOnly: ro }],
    },
  ],
  [
    'metrics of the host',
    { spec: { volumes: [{ name: 'v', downwardMetrics: {} }] } },
    {
      volumes: [{ name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
      mounts: [{ name: 'v', mountPath: `${private_}/downwardmetric-disk` }],
    },
  ],
  ['an empty disk', { spec: { volumes: [{ name: 'v', emptyDisk: { capacity: '1Gi' } }] } }, {}],
  ['a memory dump', { spec: { volumes: [{ name: 'v', memoryDump: { claimName: 'claim' } }] } }, {}],
  [
    'a volume that is attached later',
    { spec: { volumes: [{ name: 'v', dataVolume: { name: 'claim', hotpluggable: true } }] } },
    {},
  ],
  [
    'a volume that was attached later',
    {
      spec: { volumes: [{ name: 'v', dataVolume: { name: 'claim' } }] },
      status: { volumeStatus: [{ name: 'v', target: 'sda', hotplugVolume: {} }] },
    },
    {},
  ],
  [
    'kernel and initrd',
    {
      domain: {
        devices: { disableHotplug: true },
        firmware: { kernelBoot: { container: { image: 'k:1', imagePullPolicy: 'Always' } } },
      },
    },
    {
      volumes: [{ name: 'kernel-boot-volume', image: { reference: 'k:1', pullPolicy: 'Always' } }],
      mounts: [
        {
          name: 'kernel-boot-volume',
          mountPath: '/var/run/kubevirt/container-disks/kernel-boot-volume',
          readOnly: ro,
        },
      ],
    },
  ],
  [
    'huge pages',
    {
      domain: {
        devices: { disableHotplug: true },
        memory: { guest: '1Gi', hugepages: { pageSize: '2Mi' } },
      },
    },
    {
      volumes: ['hugepages', 'hugetblfs-dir'].map((name) => ({ name, emptyDir: { medium: 'HugePages' } })),
      mounts: [
        { name: 'hugepages', mountPath: '/dev/hugepages' },
        { name: 'hugetblfs-dir', mountPath: '/dev/hugepages/libvirt/qemu' },
      ],
    },
  ],
  [
    'what Multus gave to SR-IOV',
    { devices: { disableHotplug: true, interfaces: [{ name: 'a', sriov: {} }] } },
    {
      volumes: [
        {
          name: 'network-info-annotation',
          downwardAPI: {
            items: [
              {
                path: 'network-info',
                fieldRef: { fieldPath: "metadata.annotations['kubevirt.io/network-info']" },
              },
            ],
          },
        },
      ],
      mounts: [{ name: 'network-info-annotation', mountPath: '/etc/podinfo' }],
    },
  ],
  [
    'sockets of plug-ins',
    { configuration: gated('Plugins') },
    {
      volumes: [{ name: 'kubevirt-plugin-sockets', emptyDir: {} }],
      mounts: [{ name: 'kubevirt-plugin-sockets', mountPath: '/var/run/kubevirt-plugin' }],
    },
  ],
  [
    'credentials, each Secret once',
    {
      spec: {
        accessCredentials: [
          {
            sshPublicKey: {
              source: { secret: { secretName: 'keys' } },
              propagationMethod: { noCloud: {} },
            },
          },
          {
            userPassword: {
              source: { secret: { secretName: 'keys' } },
              propagationMethod: { qemuGuestAgent: {} },
            },
          },
        ],
      },
    },
    {
      volumes: [{ name: 'keys-access-cred', secret: { secretName: 'keys' } }],
      mounts: [{ name: 'keys-access-cred', mountPath: `${private_}/secret/keys-access-cred`, readOnly: ro }],
    },
  ],
];

describe('volumes of the launcher pod', () => {
  it.each(rows)('%s', (_title, change, { volumes = [], mounts = [], devices = [] }) => {
    expect(added(change)).toEqual({ volumes, mounts, devices });
  });

  it('have a folder for what is attached later, unless that is ruled out', () => {
    const names = (change: Change) => podWith(change).spec.volumes!.map(({ name }) => name);
    expect(names({})).toContain('hotplug-disks');
    expect(names({ devices: { disableHotplug: true } })).not.toContain('hotplug-disks');
  });

  const state: [string, Change, [subPath: string, mountPath: string][]][] = [
    [
      'a TPM',
      { devices: { tpm: { persistent: true } } },
      [
        ['meta', '/run/kubevirt-private/backend-storage-meta'],
        ['swtpm', `${private_}/libvirt/qemu/swtpm`],
        ['swtpm-localca', `${private_}/var/lib/swtpm-localca`],
      ],
    ],
    [
      'UEFI variables, as root',
      {
        domain: { firmware: { bootloader: { efi: { persistent: true } } } },
        status: { runtimeUser: 0 },
      },
      [
        ['meta', '/run/kubevirt-private/backend-storage-meta'],
        ['nvram', '/var/lib/libvirt/qemu/nvram'],
      ],
    ],
    [
      'changed blocks',
      { status: { changedBlockTracking: { state: 'Enabled' } } },
      [
        ['meta', '/run/kubevirt-private/backend-storage-meta'],
        ['cbt', `${private_}/libvirt/qemu/cbt`],
      ],
    ],
  ];
  it.each(state)('keep the state of %s on a claim', (_title, change, expected) => {
    const pod = podWith({ ...change, facts: { stateClaim: 'state' } });
    const mounts = computeOf(pod).volumeMounts!.filter(({ name }) => name === 'vm-state');
    expect(mounts.map(({ subPath, mountPath }) => [subPath, mountPath])).toEqual(expected);
    expect(pod.spec.volumes).toContainEqual({
      name: 'vm-state',
      persistentVolumeClaim: { claimName: 'state' },
    });
    expect(() => podWith(change)).toThrow(expect.objectContaining({ code: 'missing-claim' }));
  });

  it('name the claims that have to be looked up', () => {
    const volumes = [
      { name: 'a', persistentVolumeClaim: { claimName: 'one' } },
      { name: 'b', dataVolume: { name: 'two' } },
      { name: 'c', ephemeral: { persistentVolumeClaim: { claimName: 'one' } } },
      { name: 'd', dataVolume: { name: 'later', hotpluggable: true } },
      { name: 'e', emptyDisk: { capacity: '1Gi' } },
    ];
    expect(claimNames(instanceOf({}, {}, { volumes }))).toEqual(['one', 'two']);
  });

  it('tell the launcher which folders others may write to as well', () => {
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'claim' } }];
    const shared = podWith({ spec: { volumes }, facts: withClaim({ accessModes: ['ReadWriteMany'] }) });
    expect(computeOf(shared).env).toContainEqual({
      name: 'SHARED_FILESYSTEM_PATHS',
      value: `${private_}/vmi-disks/v`,
    });
    const own = podWith({ spec: { volumes }, facts: withClaim({ accessModes: ['ReadWriteOnce'] }) });
    expect(computeOf(own).env!.map(({ name }) => name)).not.toContain('SHARED_FILESYSTEM_PATHS');
  });
});
