import type {
  PersistentVolumeClaim,
  VirtualMachineMemoryDumpRequest,
  Volume,
  VolumeStatus,
} from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { planMemoryDump } from '../../src/virtual-machine/memory-dump/plan.ts';
import { projectMemoryDumpRequest } from '../../src/virtual-machine/memory-dump/project.ts';
import { instanceOf, machineOf, observationOf } from '../builders.ts';

const volume: Volume = { name: 'dump', memoryDump: { claimName: 'dump', hotpluggable: true } };
const done: VolumeStatus = {
  name: 'dump',
  target: '',
  phase: 'MemoryDumpCompleted',
  hotplugVolume: {},
  memoryDumpVolume: {
    claimName: 'dump',
    targetFileName: 'f.memory.dump',
    startTimestamp: '2026-01-01T00:00:00Z',
    endTimestamp: '2026-01-01T00:00:05Z',
  },
};
const failed: VolumeStatus = { ...done, phase: 'MemoryDumpFailed', message: 'no space' };

interface Scene {
  request: Partial<VirtualMachineMemoryDumpRequest> & { phase: string };
  template?: boolean;
  /** Undefined: there is no instance. */
  instance?: { has: boolean; entry?: VolumeStatus } | undefined;
  annotation?: string;
}

function observe({ request, template = true, instance, annotation }: Scene) {
  const specWith = (has: boolean) => ({ domain: { devices: {} }, volumes: has ? [volume] : [] });
  const dumpClaim: PersistentVolumeClaim = {
    metadata: {
      name: 'dump',
      ...(annotation !== undefined && { annotations: { 'kubevirt.io/memory-dump': annotation } }),
    },
  };
  return observationOf({
    machine: machineOf(
      { template: { spec: specWith(template) } },
      { memoryDumpRequest: { claimName: 'dump', ...request } },
    ),
    instance:
      instance &&
      instanceOf(
        { phase: 'Running', ...(instance.entry && { volumeStatus: [instance.entry] }) },
        {},
        specWith(instance.has),
      ),
    dumpClaim,
  });
}

const out = { has: false };
const inside = { has: true };
const file = 'f.memory.dump';

describe('a memory dump', () => {
  it.each<[string, Scene, string | undefined, string | undefined]>([
    [
      'asked for',
      { request: { phase: 'Associating' }, template: false, instance: out },
      'change-template',
      'Associating',
    ],
    [
      'in the template',
      { request: { phase: 'Associating' }, instance: out },
      'update-instance',
      'Associating',
    ],
    [
      'with an older one on its way out',
      { request: { phase: 'Associating' }, instance: { has: false, entry: done } },
      undefined,
      'Associating',
    ],
    ['in the instance', { request: { phase: 'Associating' }, instance: inside }, undefined, 'InProgress'],
    ['under way', { request: { phase: 'InProgress' }, instance: inside }, undefined, 'InProgress'],
    [
      'complete',
      { request: { phase: 'InProgress' }, instance: { has: true, entry: done } },
      undefined,
      'Unmounting',
    ],
    [
      'failed',
      { request: { phase: 'InProgress' }, instance: { has: true, entry: failed } },
      undefined,
      'Failed',
    ],
    ['without its guest', { request: { phase: 'InProgress' } }, undefined, 'Failed'],
    [
      'to be taken out',
      { request: { phase: 'Unmounting', fileName: file }, instance: { has: true, entry: done } },
      'update-instance',
      'Unmounting',
    ],
    [
      'on its way out',
      { request: { phase: 'Unmounting', fileName: file }, instance: { has: false, entry: done } },
      'annotate-claim',
      'Unmounting',
    ],
    [
      'out',
      { request: { phase: 'Unmounting', fileName: file }, instance: out, annotation: file },
      undefined,
      'Completed',
    ],
    ['failed and in', { request: { phase: 'Failed' }, instance: inside }, 'update-instance', 'Failed'],
    ['failed and out', { request: { phase: 'Failed' }, instance: out }, 'annotate-claim', 'Failed'],
    [
      'failed and told',
      { request: { phase: 'Failed' }, instance: out, annotation: 'Memory dump failed' },
      undefined,
      'Failed',
    ],
    ['completed', { request: { phase: 'Completed' }, instance: out }, undefined, 'Completed'],
    [
      'to be forgotten',
      { request: { phase: 'Dissociating' }, instance: inside },
      'update-instance',
      'Dissociating',
    ],
    ['half forgotten', { request: { phase: 'Dissociating' } }, 'change-template', 'Dissociating'],
    ['forgotten', { request: { phase: 'Dissociating' }, template: false }, undefined, undefined],
  ])('%s', (_title, scene, effect, phase) => {
    expect(planMemoryDump(observe(scene))?.kind).toBe(effect);
    expect(projectMemoryDumpRequest(observe(scene))?.phase).toBe(phase);
  });

  it('tells what became of it', () => {
    const of = (entry: VolumeStatus) =>
      projectMemoryDumpRequest(observe({ request: { phase: 'InProgress' }, instance: { has: true, entry } }));
    expect(of(done)).toEqual({
      claimName: 'dump',
      phase: 'Unmounting',
      fileName: file,
      startTimestamp: '2026-01-01T00:00:00Z',
      endTimestamp: '2026-01-01T00:00:05Z',
    });
    expect(of(failed)).toMatchObject({ phase: 'Failed', message: 'no space' });
  });
});
