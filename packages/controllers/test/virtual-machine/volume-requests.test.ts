import { clusterConfiguration } from '@virtkit/admission';
import type { VirtualMachineVolumeRequest, Volume } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { openVolumeRequests, planVolumeRequests } from '../../src/virtual-machine/volume-requests.ts';
import { instanceOf, machineOf, observationOf } from '../builders.ts';

const volume: Volume = { name: 'data', persistentVolumeClaim: { claimName: 'data', hotpluggable: true } };
const disk = { name: 'data', disk: { bus: 'scsi' as const } };
const specWith = (has: boolean) => ({
  domain: { devices: { disks: has ? [disk] : [] } },
  volumes: has ? [volume] : [],
});
const add: VirtualMachineVolumeRequest = {
  addVolumeOptions: {
    name: 'data',
    disk,
    volumeSource: { persistentVolumeClaim: { claimName: 'data' } },
  },
};
const remove: VirtualMachineVolumeRequest = { removeVolumeOptions: { name: 'data' } };

/** `instance`: whether it has the volume; undefined when there is none. */
function observe(
  request: VirtualMachineVolumeRequest,
  { template, instance, gate = true }: { template: boolean; instance?: boolean; gate?: boolean },
) {
  const featureGates = gate ? ['HotplugVolumes'] : [];
  return observationOf({
    machine: machineOf({ template: { spec: specWith(template) } }, { volumeRequests: [request] }),
    instance: instance === undefined ? undefined : instanceOf({ phase: 'Running' }, {}, specWith(instance)),
    configuration: clusterConfiguration({
      metadata: {},
      spec: { configuration: { developerConfiguration: { featureGates } } },
    }),
  });
}

describe('a request for a volume', () => {
  it.each([
    ['new', add, { template: false, instance: false }, 'update-instance', 1],
    ['in the instance', add, { template: false, instance: true }, 'change-template', 1],
    ['of a machine that does not run', add, { template: false }, 'change-template', 1],
    ['carried out', add, { template: true, instance: true }, undefined, undefined],
    ['to remove one', remove, { template: true, instance: true }, 'update-instance', 1],
    [
      'to remove one that the instance has lost',
      remove,
      { template: true, instance: false },
      'change-template',
      1,
    ],
    ['to remove one, carried out', remove, { template: false, instance: false }, undefined, undefined],
    ['without the gate', add, { template: false, instance: false, gate: false }, undefined, 1],
  ])('%s', (_title, request, scene, effect, open) => {
    const observation = observe(request, scene);
    expect(planVolumeRequests(observation)?.kind).toBe(effect);
    expect(openVolumeRequests(observation.machine)?.length).toBe(open);
  });

  it('gives instance and template the volume with its disk', () => {
    const instance = planVolumeRequests(observe(add, { template: false, instance: false }));
    expect(instance).toMatchObject({ updated: { spec: specWith(true) } });
    const template = planVolumeRequests(observe(add, { template: false }));
    expect(template).toMatchObject({ changed: { spec: { template: { spec: specWith(true) } } } });
  });
});
