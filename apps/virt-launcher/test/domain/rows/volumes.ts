import type { VirtualMachineInstance, Volume } from '@virtkit/core-types';
import type { MachineFacts } from '@virtkit/machine-plan';
import type { Case, Row } from '../row.ts';

/** A disk on one volume named `v`. */
export const volume =
  (source: Omit<Volume, 'name'>, target: 'disk' | 'cdrom' | 'lun' = 'disk') =>
  ({ spec }: VirtualMachineInstance) => {
    spec.domain.devices.disks = [{ name: 'v', [target]: { bus: target === 'disk' ? 'virtio' : 'scsi' } }];
    spec.volumes = [{ name: 'v', ...source }];
  };
const claim = { persistentVolumeClaim: { claimName: 'c' } };
const image = (fact: MachineFacts['images'][string]): Case['facts'] => ({ images: { v: fact } });
export const privateFolder = '/var/run/kubevirt-private';
const disk = 'devices/disk';
const type = (kind: string, format: string, discard: string | undefined = 'unmap'): Case['domain'] => ({
  [`${disk}@type`]: kind,
  [`${disk}/driver@type`]: format,
  [`${disk}/driver@discard`]: discard,
});
/** Where a folder's volume of files is made from. */
export const folder = (path: string, volumeLabel: string): Partial<Case> => ({
  domain: {
    ...type('file', 'raw'),
    [`${disk}/source@file`]: '/machine/disk-0.iso',
    [`${disk}/readonly`]: undefined,
  },
  spec: ({ disks: [only] }) => {
    const { source } = only!;
    if (source.kind !== 'folder' || source.path !== path || source.volumeLabel !== volumeLabel)
      throw new Error(JSON.stringify(source));
  },
});

/** What disks are made of. */
export const volumeRows: readonly Row[] = [
  {
    id: 'DOM-6.1.1',
    what: 'an image of a container, under an overlay',
    cases: (['raw', 'qcow2'] as const).map((format) => ({
      vmi: volume({ containerDisk: { image: 'i' } }),
      facts: image({ path: '/var/run/kubevirt/container-disks/v/disk.img', format }),
      domain: {
        ...type('file', 'qcow2'),
        [`${disk}/source@file`]: '/machine/disk-0.qcow2',
        [`${disk}/backingStore@type`]: 'file',
        [`${disk}/backingStore/format@type`]: format,
        [`${disk}/backingStore/source@file`]: '/var/run/kubevirt/container-disks/v/disk.img',
      },
    })),
  },
  {
    id: 'DOM-6.1.2',
    what: 'a claim that keeps nothing, under an overlay',
    cases: [
      {
        vmi: volume({ ephemeral: claim }),
        facts: image({ path: `${privateFolder}/vmi-disks/v/disk.img`, format: 'raw' }),
        domain: {
          ...type('file', 'qcow2'),
          [`${disk}/backingStore@type`]: 'file',
          [`${disk}/backingStore/format@type`]: 'raw',
          [`${disk}/backingStore/source@file`]: `${privateFolder}/vmi-disks/v/disk.img`,
        },
      },
      {
        vmi: volume({ ephemeral: claim }),
        facts: image({ path: '/dev/v', format: 'raw', block: true }),
        domain: { [`${disk}/backingStore@type`]: 'block', [`${disk}/backingStore/source@dev`]: '/dev/v' },
      },
    ],
  },
  {
    id: 'DOM-6.1.3',
    what: 'a file of a claim or DataVolume',
    cases: [claim, { dataVolume: { name: 'd' } }].map((source) => ({
      vmi: volume(source),
      facts: image({ path: `${privateFolder}/vmi-disks/v/disk.img`, format: 'raw' as const }),
      domain: {
        ...type('file', 'raw'),
        [`${disk}/source@file`]: `${privateFolder}/vmi-disks/v/disk.img`,
        [`${disk}/backingStore`]: undefined,
      },
    })),
  },
  {
    id: 'DOM-6.1.4',
    what: 'the device of a claim or DataVolume',
    cases: [
      {
        vmi: volume(claim),
        facts: image({ path: '/dev/v', format: 'raw', block: true }),
        domain: { ...type('block', 'raw'), [`${disk}/source@dev`]: '/dev/v' },
      },
      { vmi: volume(claim), refused: { code: 'missing-fact', field: 'spec.volumes[0]' } },
    ],
  },
  {
    id: 'DOM-6.1.5',
    what: 'a file that was plugged in',
    cases: [
      {
        vmi: volume(claim),
        facts: image({ path: '/var/run/kubevirt/hotplug-disks/v.img', format: 'raw' }),
        domain: { ...type('file', 'raw'), [`${disk}/source@file`]: '/var/run/kubevirt/hotplug-disks/v.img' },
      },
    ],
  },
  {
    id: 'DOM-6.1.6',
    what: 'a device that was plugged in',
    cases: [
      {
        vmi: volume(claim),
        facts: image({ path: '/var/run/kubevirt/hotplug-disks/v', format: 'raw', block: true }),
        domain: { ...type('block', 'raw'), [`${disk}/source@dev`]: '/var/run/kubevirt/hotplug-disks/v' },
      },
    ],
  },
  {
    id: 'DOM-6.1.7',
    what: 'changed blocks are tracked in front of the data',
    cases: [
      {
        vmi: (vmi) => {
          volume(claim)(vmi);
          vmi.spec.domain.devices.disks![0]!.changedBlockTracking = true;
        },
        facts: image({ path: `${privateFolder}/vmi-disks/v/disk.img`, format: 'raw' }),
        domain: {
          ...type('file', 'qcow2'),
          [`${disk}/source@file`]: `${privateFolder}/libvirt/qemu/cbt/v.qcow2`,
          [`${disk}/source/dataStore@type`]: 'file',
          [`${disk}/source/dataStore/format@type`]: 'raw',
          [`${disk}/source/dataStore/source@file`]: `${privateFolder}/vmi-disks/v/disk.img`,
        },
      },
      {
        vmi: (vmi) => {
          volume(claim)(vmi);
          vmi.spec.domain.devices.disks![0]!.changedBlockTracking = true;
        },
        facts: image({ path: '/dev/v', format: 'raw', block: true }),
        domain: {
          [`${disk}/source/dataStore@type`]: 'block',
          [`${disk}/source/dataStore/source@dev`]: '/dev/v',
        },
      },
    ],
  },
  {
    id: 'DOM-6.1.8',
    what: 'an image of the host',
    cases: [
      {
        vmi: volume({ hostDisk: { path: '/data/x.img', type: 'Disk' } }),
        facts: image({ path: `${privateFolder}/vmi-disks/v/x.img`, format: 'raw' }),
        domain: { ...type('file', 'raw'), [`${disk}/source@file`]: `${privateFolder}/vmi-disks/v/x.img` },
      },
    ],
  },
  {
    id: 'DOM-6.1.9',
    what: 'an empty disk',
    cases: [
      {
        vmi: volume({ emptyDisk: { capacity: '2Gi' } }),
        domain: { ...type('file', 'qcow2'), [`${disk}/source@file`]: '/machine/disk-0.qcow2' },
        spec: ({ disks: [only] }) => {
          const { source } = only!;
          if (source.kind !== 'scratch' || source.sizeBytes !== 2 * 2 ** 30) throw new Error(source.kind);
        },
      },
    ],
  },
  {
    id: 'DOM-6.1.10',
    what: 'data for cloud-init, as a volume of files',
    cases: [{ cloudInitNoCloud: { userData: 'x' } }, { cloudInitConfigDrive: { userData: 'x' } }].map(
      (source) => ({
        vmi: volume(source),
        domain: { ...type('file', 'raw'), [`${disk}/source@file`]: '/machine/disk-0.iso' },
      }),
    ),
  },
  {
    id: 'DOM-6.1.11',
    what: 'ConfigMaps, Secrets, fields of the instance and answer files, as volumes of files',
    cases: [
      { vmi: volume({ configMap: { name: 'c' } }), ...folder(`${privateFolder}/config-map/v`, 'cfgdata') },
      { vmi: volume({ secret: { secretName: 's' } }), ...folder(`${privateFolder}/secret/v`, 'cfgdata') },
      { vmi: volume({ downwardAPI: {} }), ...folder(`${privateFolder}/downwardapi/v`, 'cfgdata') },
      {
        vmi: volume({ sysprep: { secret: { name: 's' } } }),
        ...folder(`${privateFolder}/sysprep/v`, 'unattendCD'),
      },
    ],
  },
  {
    id: 'DOM-6.1.12',
    what: 'the token of a service account, as a volume of files',
    cases: [
      {
        vmi: volume({ serviceAccount: { serviceAccountName: 'a' } }),
        ...folder('/var/run/secrets/kubernetes.io/serviceaccount', 'cfgdata'),
      },
    ],
  },
  {
    id: 'DOM-6.1.13',
    what: 'figures of the host on a disk that is only read',
    cases: [
      {
        vmi: volume({ downwardMetrics: {} }),
        domain: {
          ...type('file', 'raw'),
          [`${disk}@model`]: 'virtio-non-transitional',
          [`${disk}/source@file`]: `${privateFolder}/downwardapi-disks/vhostmd0`,
          [`${disk}/readonly`]: '',
        },
      },
    ],
  },
  {
    id: 'DOM-6.1.14',
    what: 'a drive without a medium',
    cases: [
      {
        vmi: ({ spec }) => (spec.domain.devices.disks = [{ name: 'v', cdrom: { bus: 'sata' } }]),
        domain: { ...type('block', 'raw'), [`${disk}/source`]: undefined },
      },
    ],
  },
  {
    id: 'DOM-6.1.15',
    what: 'a LUN of a file is refused',
    cases: [
      { containerDisk: { image: 'i' } },
      { emptyDisk: { capacity: '1Mi' } },
      { cloudInitNoCloud: { userData: 'x' } },
      { sysprep: { configMap: { name: 'c' } } },
    ].map((source) => ({
      vmi: volume(source, 'lun'),
      facts: image({ path: '/i', format: 'raw' as const }),
      refused: { code: 'invalid', field: 'spec.volumes[0]' },
    })),
  },
  {
    id: 'DOM-6.1.16',
    what: 'space that was allocated on purpose is kept',
    cases: [
      {
        vmi: volume(claim),
        facts: image({ path: '/v', format: 'raw', preallocated: true }),
        domain: { [`${disk}/driver@discard`]: undefined },
      },
    ],
  },
];
