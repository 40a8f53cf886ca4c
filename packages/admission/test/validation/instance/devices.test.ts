import type { Disk, GPU, Volume } from '@virtkit/core-types';
import {
  cluster,
  testInstanceSides,
  withDevices,
  withGates,
  type SpecParts,
} from '../../support/instance-sides.ts';

const display = (gpu: GPU['virtualGPUOptions'], name = 'gpu'): GPU => ({
  name,
  ...(gpu === undefined ? {} : { virtualGPUOptions: gpu }),
});
const gpus = (...given: GPU[]) => withDevices({ gpus: given });
const lun = (reservation: boolean): SpecParts => {
  const disk: Disk = { name: 'data', lun: { reservation } };
  return withDevices({ disks: [{ name: 'system', disk: {} }, disk, { ...disk, name: 'more' }] });
};
const share = (...volumes: Volume[]): SpecParts => ({
  ...withDevices({ filesystems: volumes.map(({ name }) => ({ name, virtiofs: {} })) }),
  volumes,
});
const claim: Volume = { name: 'claim', persistentVolumeClaim: { claimName: 'claim' } };
const dataVolume: Volume = { name: 'data', dataVolume: { name: 'data' } };
const settings: Volume = { name: 'settings', configMap: { name: 'settings' } };

testInstanceSides('devices of the host', [
  {
    id: 'VMI-046',
    refuses: gpus(display({ display: {} }), display({ display: { enabled: true, ramFB: {} } })),
    accepts: gpus(display({ display: {} }), display({ display: { ramFB: { enabled: false } } })),
    reason: 'I',
    fields: ['S.GPUs'],
  },
  {
    id: 'VMI-046',
    refuses: gpus(
      display({ display: {} }),
      display({ display: { ramFB: { enabled: true } } }),
      display(undefined),
    ),
    accepts: gpus(
      display({ display: {} }),
      display({ display: { enabled: false } }),
      display({}),
      display(undefined),
    ),
    reason: 'I',
    fields: ['S.GPUs'],
  },
  {
    id: 'VMI-047',
    refuses: withDevices({ hostDevices: [] }),
    accepts: withDevices({}),
    reason: 'I',
    fields: ['S.HostDevices'],
  },
  {
    id: 'VMI-047',
    refuses: withDevices({ hostDevices: [{ name: 'nic', deviceName: 'example.org/nic' }] }),
    accepts: {
      parts: withDevices({ hostDevices: [{ name: 'nic', deviceName: 'example.org/nic' }] }),
      configuration: withGates('HostDevices'),
    },
    reason: 'I',
    fields: ['S.HostDevices'],
  },
]);

testInstanceSides('sound', [
  {
    id: 'VMI-048',
    refuses: withDevices({ sound: { name: 'card', model: 'sb16' } }),
    accepts: withDevices({ sound: { name: 'card', model: 'ac97' } }),
    reason: 'I',
    fields: ['S.Sound'],
  },
  {
    id: 'VMI-048',
    refuses: withDevices({ sound: { name: 'card', model: 'ich' } }),
    accepts: withDevices({ sound: { name: 'card', model: '' } }),
    reason: 'I',
    fields: ['S.Sound'],
  },
  {
    id: 'VMI-049',
    refuses: withDevices({ sound: { name: '' } }),
    accepts: withDevices({ sound: { name: 'card' } }),
    reason: 'I',
    fields: ['S.Sound'],
  },
]);

testInstanceSides('devices', [
  {
    id: 'VMI-050',
    refuses: withDevices({ autoattachVSOCK: true }),
    accepts: withDevices({ autoattachVSOCK: false }),
    reason: 'I',
    fields: ['S.domain.devices.autoattachVSOCK'],
  },
  {
    id: 'VMI-050',
    refuses: withDevices({ autoattachVSOCK: true }),
    accepts: { parts: withDevices({ autoattachVSOCK: true }), configuration: withGates('VSOCK') },
    reason: 'I',
    fields: ['S.domain.devices.autoattachVSOCK'],
  },
  {
    id: 'VMI-051',
    refuses: lun(true),
    accepts: lun(false),
    reason: 'I',
    fields: ['S.domain.devices.disks.luns.reservation'],
  },
  {
    // The setting decides; without it the gate, which counts only where it is listed.
    id: 'VMI-051',
    refuses: {
      parts: lun(true),
      configuration: cluster({
        persistentReservationConfiguration: { enabled: false },
        developerConfiguration: { featureGates: ['PersistentReservation'] },
      }),
    },
    accepts: { parts: lun(true), configuration: withGates('PersistentReservation') },
    reason: 'I',
    fields: ['S.domain.devices.disks.luns.reservation'],
  },
  {
    id: 'VMI-052',
    refuses: withDevices({ downwardMetrics: {} }),
    accepts: { parts: withDevices({ downwardMetrics: {} }), configuration: withGates('DownwardMetrics') },
    reason: 'I',
    fields: ['S.domain.devices.downwardMetrics'],
  },
  {
    id: 'VMI-053',
    refuses: share(claim, settings, dataVolume),
    accepts: share(settings),
    reason: 'I',
    fields: ['S.domain.devices.filesystems', 'S.domain.devices.filesystems'],
  },
  {
    id: 'VMI-053',
    refuses: share(claim),
    accepts: { parts: share(claim), configuration: withGates('EnableVirtioFsStorageVolumes') },
    reason: 'I',
    fields: ['S.domain.devices.filesystems'],
  },
  {
    id: 'VMI-054',
    refuses: withDevices({ video: { type: 'virtio' }, autoattachGraphicsDevice: false }),
    accepts: withDevices({ video: { type: 'virtio' }, autoattachGraphicsDevice: true }),
    reason: 'I',
    fields: ['S.video'],
  },
  {
    id: 'VMI-055',
    refuses: { ...withDevices({ panicDevices: [{}] }), architecture: 's390x' },
    accepts: { ...withDevices({ panicDevices: [] }), architecture: 's390x' },
    reason: 'I',
    fields: ['S.domain.devices.panicDevices'],
  },
  {
    // The cluster's architecture counts where the instance names none.
    id: 'VMI-055',
    refuses: { parts: withDevices({ panicDevices: [{}] }), configuration: cluster({}, 's390x') },
    accepts: { parts: withDevices({ panicDevices: [{}] }), configuration: cluster({}, 'arm64') },
    reason: 'I',
    fields: ['S.domain.devices.panicDevices'],
  },
  {
    id: 'VMI-056',
    refuses: withDevices({ panicDevices: [{}, { model: 'pseries' }, { model: '' }] }),
    accepts: withDevices({ panicDevices: [{}, { model: 'hyperv' }, { model: 'isa' }, { model: 'pvpanic' }] }),
    reason: 'I',
    fields: ['S.domain.devices.panicDevices[1].model', 'S.domain.devices.panicDevices[2].model'],
  },
]);
