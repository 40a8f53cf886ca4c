import { clusterConfiguration } from '@virtkit/admission';
import type { Disk, VirtualMachineInstance, Volume, VolumeStatus } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { diskRoom, planHostDisks, planMachine, planPersistentDisks } from '../src/index.ts';
import { configuration, facts, instance } from './instances.ts';

const claim = { persistentVolumeClaim: { claimName: 'c' } };

function withVolume(
  source: Omit<Volume, 'name'>,
  options: { disk?: Partial<Disk>; entry?: Partial<VolumeStatus> } = {},
): VirtualMachineInstance {
  const vmi = instance((spec) => {
    spec.volumes = [{ name: 'root', ...source }];
    spec.domain.devices.disks = [{ name: 'root', disk: { bus: 'virtio' }, ...options.disk }];
  });
  return {
    ...vmi,
    status: { volumeStatus: [{ name: 'root', target: '', ...options.entry }] },
  };
}

const info = (requests?: string, capacity?: string, overhead = '0.055') => ({
  persistentVolumeClaimInfo: {
    claimName: 'c',
    filesystemOverhead: overhead,
    ...(requests !== undefined && { requests: { storage: requests } }),
    ...(capacity !== undefined && { capacity: { storage: capacity } }),
  },
});
const mebibyte = 1024 * 1024;
const writable = { readOnly: false, shared: false };

describe('persistent disks', () => {
  it.each<[string, VirtualMachineInstance, object]>([
    [
      'a claim is as large as what was asked for',
      withVolume(claim, { entry: info('1Gi', '2Gi') }),
      { file: 'disk.img', ...writable, sizeBytes: 1024 * mebibyte, overhead: 0.055 },
    ],
    [
      'or as what is there, in whole MiB',
      withVolume(claim, { entry: info('1Gi', '5000000') }),
      { file: 'disk.img', ...writable, sizeBytes: 4 * mebibyte, overhead: 0.055 },
    ],
    [
      'a DataVolume is its claim',
      withVolume({ dataVolume: { name: 'c' } }, { entry: info('1Mi') }),
      { file: 'disk.img', ...writable, sizeBytes: mebibyte, overhead: 0.055 },
    ],
    [
      'a claim that is only read has its disk',
      withVolume({ persistentVolumeClaim: { claimName: 'c', readOnly: true } }),
      { file: 'disk.img', readOnly: true, shared: false },
    ],
    [
      'a disk that is only read is made all the same',
      withVolume(claim, { disk: { disk: { readonly: true } }, entry: info('1Mi') }),
      { file: 'disk.img', readOnly: true, shared: false, sizeBytes: mebibyte, overhead: 0.055 },
    ],
    [
      'a shared disk',
      withVolume(claim, { disk: { shareable: true }, entry: info('1Mi') }),
      { file: 'disk.img', readOnly: false, shared: true, sizeBytes: mebibyte, overhead: 0.055 },
    ],
    [
      'what is below a layer is only read',
      withVolume({ ephemeral: { persistentVolumeClaim: { claimName: 'c' } } }),
      { file: 'disk.img', readOnly: true, shared: false },
    ],
    [
      'a disk of the node has its own name',
      withVolume({ hostDisk: { path: '/srv/disks/a.raw', type: 'Disk' } }),
      { file: 'a.raw', ...writable },
    ],
  ])('%s', (_what, vmi, plan) => {
    expect(planPersistentDisks(vmi)).toEqual({ root: plan });
  });

  it.each<[string, VirtualMachineInstance]>([
    ['containerDisks', instance()],
    ['block devices', withVolume(claim, { entry: { persistentVolumeClaimInfo: { volumeMode: 'Block' } } })],
    [
      'what is plugged in',
      withVolume({ persistentVolumeClaim: { claimName: 'c', hotpluggable: true } }, { entry: info('1Mi') }),
    ],
  ])('%s are none', (_what, vmi) => {
    expect(planPersistentDisks(vmi)).toEqual({});
  });

  it('a claim of unknown or no size has none', () => {
    expect(() => planPersistentDisks(withVolume(claim))).toThrow(
      expect.objectContaining({ code: 'missing-fact', retry: 'backoff' }),
    );
    expect(() => planPersistentDisks(withVolume(claim, { entry: info('1Mi', '1000') }))).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'spec.volumes[0]' }),
    );
  });
});

it('a claim that is only read makes its disk so', () => {
  const vmi = withVolume({ persistentVolumeClaim: { claimName: 'c', readOnly: true } });
  const { disks } = planMachine(
    vmi,
    { ...facts, images: { root: { path: '/d', format: 'raw' } } },
    configuration,
  );
  expect(disks[0]).toMatchObject({ readOnly: true, source: { kind: 'file', path: '/d', format: 'raw' } });
});

it('disks of the node are made where they may be', () => {
  const made = withVolume({ hostDisk: { path: '/srv/a', type: 'DiskOrCreate', capacity: '1Gi' } });
  expect(planHostDisks(made)).toEqual([{ volume: 'root', path: '/srv/a', sizeBytes: 1024 * mebibyte }]);
  expect(planHostDisks(withVolume({ hostDisk: { path: '/srv/a', type: 'Disk' } }))).toEqual([
    { volume: 'root', path: '/srv/a' },
  ]);
});

it('the room that disks leave is configured', () => {
  expect(diskRoom(clusterConfiguration())).toEqual({ reserveBytes: 131_072, tolerancePercent: 10 });
});
