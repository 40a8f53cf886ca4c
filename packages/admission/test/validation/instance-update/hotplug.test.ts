import type { Disk, Volume } from '@virtkit/core-types';
import { hotplugDiskFindings, instanceUpdateFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { updateOf, type Change } from './changes.ts';

type Edit = NonNullable<Change['after']>;

const claim = (claimName: string) => ({ persistentVolumeClaim: { claimName, hotpluggable: true } });
const plug =
  (volume: Volume, disk?: Disk): Edit =>
  ({ spec }) => {
    spec.volumes!.push(volume);
    if (disk !== undefined) spec.domain.devices.disks!.push(disk);
  };
const both =
  (...edits: Edit[]): Edit =>
  (instance) => {
    for (const edit of edits) edit(instance);
  };
/** Keeps the count of disks right where a rule after HP-10 is meant. */
const spareFilesystem: Edit = ({ spec }) =>
  void (spec.domain.devices.filesystems = [{ name: 'spare', virtiofs: {} }]);
const migrating =
  (name: string): Edit =>
  (instance) =>
    void (instance.status!.migratedVolumes = [{ volumeName: name }]);
const utility =
  (...volumes: { name: string; claimName: string; readOnly?: boolean }[]): Edit =>
  ({ spec }) =>
    void (spec.utilityVolumes = volumes);

const gates = ['UtilityVolumes'];
const refusedUtility = (edit: Edit): Change => ({ after: edit, gates });
const fine = { name: 'tools', claimName: 'tools' };
const newDisk: Disk = { name: 'new', disk: { bus: 'scsi' } };
const newVolume: Volume = { name: 'new', ...claim('new') };

const rows: readonly Sides<Change>[] = [
  {
    id: 'HP-01',
    refuses: { after: ({ spec }) => void (spec.domain.cpu!.maxSockets = 8) },
    accepts: { after: ({ spec }) => void (spec.domain.cpu!.sockets = 2) },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-02',
    refuses: { after: ({ spec }) => void (spec.domain.memory!.maxGuest = '8Gi') },
    accepts: { after: ({ spec }) => void (spec.domain.memory!.maxGuest = '4096Mi') },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-03',
    refuses: { after: utility(fine) },
    accepts: { after: utility(fine), gates },
    reason: 'I',
    fields: ['spec.utilityVolumes'],
  },
  {
    id: 'HP-04',
    refuses: refusedUtility(utility({ ...fine, name: '' })),
    accepts: refusedUtility(utility(fine)),
    reason: 'R',
    fields: ['spec.utilityVolumes[0].name'],
  },
  {
    id: 'HP-05',
    refuses: refusedUtility(utility(fine, fine)),
    accepts: refusedUtility(utility(fine, { ...fine, name: 'more' })),
    reason: 'D',
    fields: ['spec.utilityVolumes[1].name'],
  },
  {
    id: 'HP-06',
    refuses: refusedUtility(utility({ ...fine, name: 'data' })),
    accepts: refusedUtility(utility({ ...fine, name: 'data2' })),
    reason: 'D',
    fields: ['spec.utilityVolumes[0].name'],
  },
  {
    id: 'HP-07',
    refuses: refusedUtility(utility({ ...fine, claimName: '' })),
    accepts: refusedUtility(utility(fine)),
    reason: 'R',
    fields: ['spec.utilityVolumes[0].claimName'],
  },
  {
    id: 'HP-08',
    refuses: {
      before: (instance) => void instance.status!.volumeStatus!.push({ name: 'tools', target: '' }),
      after: utility(fine),
      gates,
    },
    accepts: {
      before: (instance) =>
        void instance.status!.volumeStatus!.push({ name: 'tools', target: '', hotplugVolume: {} }),
      after: utility(fine),
      gates,
    },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-09',
    refuses: { before: utility(fine), after: utility({ ...fine, claimName: 'other' }), gates },
    accepts: { before: utility(fine), after: utility(), gates },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-10',
    refuses: { after: ({ spec }) => void spec.domain.devices.disks!.push({ name: 'drive', disk: {} }) },
    // An empty CD-ROM drive needs no volume while DeclarativeHotplugVolumes is on.
    accepts: { after: ({ spec }) => void spec.domain.devices.disks!.push({ name: 'drive', cdrom: {} }) },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-11',
    refuses: {
      after: ({ spec }) => {
        spec.volumes!.shift();
        spec.domain.devices.disks!.shift();
      },
    },
    accepts: {
      after: ({ spec }) => {
        spec.volumes!.pop();
        spec.domain.devices.disks!.pop();
      },
    },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-12',
    refuses: {
      before: (instance) => void instance.status!.volumeStatus!.push({ name: 'late', target: 'vdb' }),
      after: ({ spec }) => void (spec.volumes![0]!.name = 'late'),
    },
    accepts: { after: plug(newVolume, newDisk) },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-13',
    refuses: { after: ({ spec }) => void (spec.volumes![0]!.containerDisk!.image = 'other') },
    accepts: {
      after: both(migrating('system'), ({ spec }) => void (spec.volumes![0]!.containerDisk!.image = 'other')),
    },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-14',
    refuses: { after: ({ spec }) => void (spec.domain.devices.disks![0]!.serial = 'x') },
    accepts: {
      after: both(migrating('system'), ({ spec }) => void (spec.domain.devices.disks![0]!.serial = 'x')),
    },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-15',
    refuses: { after: ({ spec }) => void Object.assign(spec.volumes![1]!, claim('other')) },
    accepts: {
      after: both(migrating('data'), ({ spec }) => void Object.assign(spec.volumes![1]!, claim('other'))),
    },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-16',
    refuses: {
      after: both(spareFilesystem, ({ spec }) => void spec.domain.devices.disks!.pop()),
    },
    accepts: { after: ({ spec }) => void spec.domain.devices.disks!.reverse() },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-17',
    refuses: { after: ({ spec }) => void (spec.domain.devices.disks![1]!.disk!.bus = 'virtio') },
    accepts: { after: ({ spec }) => void (spec.domain.devices.disks![1]!.serial = '') },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-18',
    refuses: { after: plug({ name: 'new', emptyDisk: { capacity: '1Gi' } }, newDisk) },
    accepts: { after: plug({ name: 'new', dataVolume: { name: 'new' } }, newDisk) },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-19',
    refuses: { after: both(spareFilesystem, plug(newVolume)) },
    accepts: { after: plug({ name: 'dump', memoryDump: { claimName: 'dump' } }) },
    reason: 'I',
    fields: [undefined],
  },
  {
    id: 'HP-20',
    refuses: { after: plug(newVolume, { name: 'new', disk: { bus: 'sata' } }) },
    accepts: { after: plug(newVolume, newDisk) },
    reason: 'I',
    fields: [''],
  },
];

testSides(
  'plugging into a running machine',
  rows.map((row) => ({ ...row, alone: true })),
  (change) => instanceUpdateFindings(updateOf(change)),
);

const disks: readonly Sides<Disk | undefined>[] = [
  { id: 'HD-1', refuses: undefined, accepts: newDisk, reason: 'I', fields: ['here'] },
  {
    id: 'HD-2',
    refuses: { name: 'd', disk: {} },
    accepts: { name: 'd', disk: { bus: 'virtio' } },
    reason: 'I',
    fields: ['here'],
  },
  {
    id: 'HD-3',
    refuses: { name: 'd', lun: { bus: 'virtio' } },
    accepts: { name: 'd', lun: { bus: 'scsi' } },
    reason: 'I',
    fields: ['here'],
  },
  {
    id: 'HD-4',
    refuses: { name: 'd', cdrom: { bus: 'scsi' } },
    accepts: { name: 'd', lun: { bus: 'scsi' } },
    reason: 'I',
    fields: ['here'],
  },
  {
    id: 'HD-5',
    refuses: { ...newDisk, dedicatedIOThread: true },
    accepts: { name: 'd', disk: { bus: 'virtio' }, dedicatedIOThread: true },
    reason: 'I',
    fields: ['here'],
  },
  {
    id: 'HD-6',
    refuses: { ...newDisk, bootOrder: 0 },
    accepts: { ...newDisk, bootOrder: 1 },
    reason: 'I',
    fields: ['spec.domain.devices.disks[1].bootOrder'],
  },
];

testSides(
  'disks that are plugged in',
  disks.map((row) => ({ ...row, alone: true })),
  (disk) => hotplugDiskFindings({ disk, field: 'here' }),
);
