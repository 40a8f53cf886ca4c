import type { VirtualMachineInstance, VirtualMachineInstanceSpec, VolumeStatus } from '@virtkit/core-types';
import type { MachineSpec } from '@virtkit/hal';
import { describe, expect, it } from 'vitest';
import {
  planHotplug,
  planMachine,
  projectStatus,
  type MachineFacts,
  type PluggedVolumes,
} from '../src/index.ts';
import { configuration, facts, instance, now, observation } from './instances.ts';

const image = { path: '/var/run/kubevirt/hotplug-disks/data.img', format: 'raw' } as const;
const source = { kind: 'file', ...image } as const;

/** With a volume that can be plugged. */
const withData = (spec: VirtualMachineInstanceSpec): void => {
  spec.domain.devices.disks?.push({ name: 'data', disk: { bus: 'scsi' } });
  spec.volumes?.push({ name: 'data', persistentVolumeClaim: { claimName: 'data', hotpluggable: true } });
};
const withDrive = (spec: VirtualMachineInstanceSpec): void => {
  spec.domain.devices.disks?.push({ name: 'cd', cdrom: { bus: 'sata' } });
};
const withMedium = (spec: VirtualMachineInstanceSpec): void => {
  withDrive(spec);
  spec.volumes?.push({ name: 'cd', persistentVolumeClaim: { claimName: 'cd', hotpluggable: true } });
};

function plan(
  vmi: VirtualMachineInstance,
  present: MachineSpec,
  { images = {}, leaving = [] as string[], media = [] as string[] } = {},
) {
  const there: MachineFacts = { ...facts, images: { ...facts.images, ...images } };
  const disks = [
    ...present.disks.map(({ id, source: { kind } }) => ({
      id,
      target: 'x',
      ...(kind === 'empty' && !media.includes(id) && { empty: true as const }),
    })),
    ...leaving.map((id) => ({ id, target: 'x', leaving: true as const })),
  ];
  return planHotplug({ instance: vmi, present, observed: { disks }, facts: there });
}

const base = planMachine(instance(), facts, configuration);

describe('disks of a running machine', () => {
  it('are not there at the start when they are plugged in', () => {
    expect(planMachine(instance(withData), facts, configuration).disks.map(({ id }) => id)).toEqual([
      'root',
      'seed',
    ]);
    const drive = planMachine(instance(withMedium), facts, configuration).disks.at(-1);
    expect(drive).toMatchObject({ id: 'cd', device: 'cdrom', source: { kind: 'empty' } });
  });

  it('come when their files are there', () => {
    expect(plan(instance(withData), base)).toEqual([]);
    expect(plan(instance(withData), base, { images: { data: image } })).toMatchObject([
      { kind: 'attach', disk: { id: 'data', bus: 'scsi', source } },
    ]);
    // One that the guest has not let go comes back when it has.
    expect(plan(instance(withData), base, { images: { data: image }, leaving: ['data'] })).toEqual([
      { kind: 'detach', id: 'data' },
    ]);
  });

  it('go when the instance no longer has them, and are asked for again while they stay', () => {
    const present: MachineSpec = {
      ...base,
      disks: [...base.disks, { id: 'data', device: 'disk', bus: 'scsi', readOnly: false, source }],
    };
    expect(plan(instance(), present)).toEqual([{ kind: 'detach', id: 'data' }]);
    expect(plan(instance(), base, { leaving: ['data'] })).toEqual([{ kind: 'detach', id: 'data' }]);
    expect(plan(instance(withData), present, { images: { data: image } })).toEqual([]);
  });

  it('keep their drive, into which media go and out of which they come', () => {
    const empty = planMachine(instance(withDrive), facts, configuration);
    const medium = { kind: 'file', ...image } as const;
    const inserted = plan(instance(withMedium), empty, { images: { cd: image } });
    expect(inserted).toEqual([{ kind: 'change-medium', id: 'cd', medium }]);
    const loaded = {
      ...empty,
      disks: empty.disks.map((disk) => (disk.id === 'cd' ? { ...disk, source: medium } : disk)),
    };
    expect(plan(instance(withMedium), loaded)).toEqual([]);
    expect(plan(instance(withDrive), loaded)).toEqual([
      { kind: 'change-medium', id: 'cd', medium: { kind: 'empty' } },
    ]);
  });
});

describe('what is told of plugged volumes', () => {
  const entry: VolumeStatus = {
    name: 'data',
    target: '',
    phase: 'AttachedToNode',
    hotplugVolume: { attachPodName: 'hp', attachPodUID: 'u' },
  };
  const dumps = (spec: VirtualMachineInstanceSpec): void => {
    spec.volumes?.push({ name: 'data', memoryDump: { claimName: 'data', hotpluggable: true } });
  };

  function project(
    change: (spec: VirtualMachineInstanceSpec) => void,
    before: VolumeStatus,
    { target, ...seen }: Partial<PluggedVolumes> & { target?: string } = {},
  ): VolumeStatus | undefined {
    const vmi = instance(change);
    vmi.status = { phase: 'Running', volumeStatus: [before] };
    const { disks } = observation();
    const observed = observation({
      disks: target === undefined ? disks : [...disks, { id: 'data', target }],
    });
    const { volumeStatus } = projectStatus({
      instance: vmi,
      observed,
      lost: false,
      guest: undefined,
      podAddresses: {},
      plugged: { mounted: new Set(), dumps: new Map(), ...seen },
      failure: undefined,
      now,
    });
    return volumeStatus?.find(({ name }) => name === 'data');
  }

  const none = (): void => undefined;
  const mounted = new Set(['data']);

  it.each<[string, Parameters<typeof project>, Partial<VolumeStatus>]>([
    ['on the node', [withData, entry], { phase: 'AttachedToNode', target: '' }],
    ['in the Pod', [withData, entry, { mounted }], { phase: 'MountedToPod', reason: 'VolumeMountedToPod' }],
    [
      'in the guest',
      [withData, entry, { mounted, target: 'sda' }],
      { phase: 'Ready', reason: 'VolumeReady', target: 'sda' },
    ],
    [
      'unwanted and in the guest',
      [none, { ...entry, phase: 'Ready' }, { mounted, target: 'sda' }],
      { phase: 'Ready' },
    ],
    ['unwanted and in the Pod', [none, { ...entry, phase: 'Ready' }, { mounted }], { phase: 'Ready' }],
    [
      'unwanted and out',
      [none, { ...entry, phase: 'Ready', target: 'sda' }],
      { phase: 'UnMountedFromPod', reason: 'VolumeUnMountedFromPod', target: '' },
    ],
    ['unwanted and gone from the node', [none, { ...entry, phase: 'Detaching' }], { phase: 'Detaching' }],
    [
      'to be dumped to',
      [dumps, entry, { mounted }],
      {
        phase: 'MemoryDumpInProgress',
        memoryDumpVolume: { claimName: 'data', targetFileName: 'guest-data-20260102-030405.memory.dump' },
      },
    ],
  ])('%s', (_title, facts, expected) => {
    expect(project(...facts)).toMatchObject(expected);
  });

  it.each([
    [{ kind: 'running' } as const, { phase: 'MemoryDumpInProgress' }],
    [
      { kind: 'completed', endedAt: '2026-01-02T03:04:09.5Z' } as const,
      { phase: 'MemoryDumpCompleted', memoryDumpVolume: { endTimestamp: '2026-01-02T03:04:09Z' } },
    ],
    [
      { kind: 'failed', endedAt: '2026-01-02T03:04:09Z', message: 'no space' } as const,
      { phase: 'MemoryDumpFailed', message: expect.stringContaining('no space') as string },
    ],
  ])('a dump that is %j', (state, expected) => {
    const before: VolumeStatus = {
      ...entry,
      phase: 'MemoryDumpInProgress',
      memoryDumpVolume: { claimName: 'data', targetFileName: 'f' },
    };
    const dump = { startedAt: '2026-01-02T03:04:06.7Z', state };
    const seen = project(dumps, before, { mounted, dumps: new Map([['data', dump]]) });
    expect(seen).toMatchObject(expected);
    expect(seen?.memoryDumpVolume).toMatchObject({
      targetFileName: 'f',
      startTimestamp: '2026-01-02T03:04:06Z',
    });
  });
});
