import { describe, expect, test } from 'vitest';
import type { Volume } from '@virtkit/core-types';
import { subresourceBench } from '../support/subresource-bench.ts';

const bench = subresourceBench();

const gates = (featureGates: string[], disabledFeatureGates: string[] = []) =>
  bench().configure({ developerConfiguration: { featureGates, disabledFeatureGates } });
const claim = (claimName: string) => ({ persistentVolumeClaim: { claimName } });
const added = { name: 'data', disk: {}, volumeSource: claim('claim') };
const hotplugged: Volume = {
  name: 'data',
  persistentVolumeClaim: { claimName: 'claim', hotpluggable: true },
};
const disk = { name: 'data', disk: {} };

const machineWith = (volumes?: Volume[]) =>
  bench().machine({
    template: {
      spec: {
        domain: { devices: volumes === undefined ? {} : { disks: [disk] } },
        ...(volumes === undefined ? {} : { volumes }),
      },
    },
  });
const put = async (of: 'virtualmachines' | 'virtualmachineinstances', path: string, body?: unknown) =>
  (await bench().ask('PUT', `${of}/${path}`, body)).status;
const templateOf = async (name: string) => {
  const { spec } = (await bench().client.virtualMachines.get(name)).spec.template;
  return { volumes: spec?.volumes, disks: spec?.domain.devices.disks };
};

describe('addvolume and removevolume', () => {
  test('SUB-20: want one of two feature gates', async () => {
    const name = await machineWith();
    await gates([], ['DeclarativeHotplugVolumes']);
    for (const operation of ['addvolume', 'removevolume'])
      for (const of of ['virtualmachines', 'virtualmachineinstances'] as const)
        expect(await put(of, `${name}/${operation}`, added)).toBe(400);
    await gates([]);
    expect(await put('virtualmachines', `${name}/addvolume`, added)).toBe(202);
  });

  test.each([
    ['addvolume', undefined],
    ['addvolume', { ...added, name: '' }],
    ['addvolume', { ...added, disk: undefined }],
    ['addvolume', { ...added, volumeSource: undefined }],
    ['removevolume', undefined],
    ['removevolume', {}],
  ])('SUB-20: %s with the body %j is refused', async (operation, body) => {
    const name = await machineWith();
    expect(await put('virtualmachines', `${name}/${operation}`, body)).toBe(400);
    const instance = await bench().instance();
    expect(await put('virtualmachineinstances', `${instance}/${operation}`, body)).toBe(400);
  });

  test('SUB-21: the disk has the name, and the source can be taken away', async () => {
    const name = await machineWith();
    const body = { ...added, disk: { name: 'other', serial: 'S1', disk: { bus: 'scsi' } } };
    expect(await put('virtualmachines', `${name}/addvolume`, body)).toBe(202);
    expect(await templateOf(name)).toEqual({
      volumes: [hotplugged],
      disks: [{ name: 'data', serial: 'S1', disk: { bus: 'scsi' } }],
    });
    const source = { dataVolume: { name: 'dv' } };
    expect(
      await put('virtualmachines', `${name}/addvolume`, { ...added, name: 'dv', volumeSource: source }),
    ).toBe(202);
    expect((await templateOf(name)).volumes?.at(-1)).toEqual({
      name: 'dv',
      dataVolume: { name: 'dv', hotpluggable: true },
    });
  });

  test.each([
    ['a volume of the name', { ...added, volumeSource: claim('another') }, 409],
    ['a volume with the source', { ...added, name: 'another' }, 409],
    [
      'a volume with a DataVolume of the name',
      { ...added, name: 'x', volumeSource: { dataVolume: { name: 'claim' } } },
      409,
    ],
    ['neither', { ...added, name: 'another', volumeSource: claim('another') }, 202],
  ])('SUB-22: a machine and an instance that have %s', async (_title, body, status) => {
    expect(await put('virtualmachines', `${await machineWith([hotplugged])}/addvolume`, body)).toBe(status);
    const instance = await bench().instance({ spec: { volumes: [hotplugged] } });
    expect(await put('virtualmachineinstances', `${instance}/addvolume`, body)).toBe(status);
    const { spec } = await bench().client.virtualMachineInstances.get(instance);
    expect(spec.volumes).toHaveLength(status === 202 ? 2 : 1);
  });

  test.each([
    ['data', [hotplugged], 202],
    ['claim', [hotplugged], 202],
    ['other', [hotplugged], 409],
    ['data', [{ name: 'data', ...claim('claim') }], 409],
    ['data', [{ name: 'data', emptyDisk: { capacity: '1Gi' } }], 409],
  ])('SUB-23: taking %s away from %j', async (name, volumes, status) => {
    const machine = await machineWith(volumes);
    expect(await put('virtualmachines', `${machine}/removevolume`, { name })).toBe(status);
    const instance = await bench().instance({ spec: { volumes } });
    expect(await put('virtualmachineinstances', `${instance}/removevolume`, { name })).toBe(status);
    // By the name of its source a volume is found, but not taken away.
    const left = (await templateOf(machine)).volumes?.length;
    expect(left).toBe(status === 202 && name === 'data' ? 0 : 1);
  });

  test.each(['addvolume', 'removevolume'])(
    "SUB-24: %s of a machine's instance, or of one that does not run",
    async (operation) => {
      const spec = { volumes: [hotplugged] };
      const body = operation === 'addvolume' ? { ...added, name: 'n', volumeSource: claim('n') } : added;
      const owner = await bench().client.virtualMachines.get(await bench().machine());
      const { name = '', uid = '' } = owner.metadata;
      const ownerReferences = [
        { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name, uid, controller: true },
      ];
      const owned = await bench().instance({ metadata: { ownerReferences }, spec });
      expect(await put('virtualmachineinstances', `${owned}/${operation}`, body)).toBe(400);
      const idle = await bench().instance({ status: { phase: 'Scheduled' }, spec });
      expect(await put('virtualmachineinstances', `${idle}/${operation}`, body)).toBe(409);
      await gates(['HotplugVolumes']);
      expect(await put('virtualmachineinstances', `${owned}/${operation}`, body)).toBe(202);
      await gates([]);
    },
  );

  test('SUB-25: with HotplugVolumes, it is left in the status, unless it is requested already', async () => {
    await gates(['HotplugVolumes']);
    const template = { spec: { domain: { devices: { disks: [disk] } }, volumes: [hotplugged] } };
    const pending = (volumeRequests: object[]) => bench().machine({ template }, { volumeRequests });
    const options = { ...added, disk };
    const fresh = { ...options, name: 'new', volumeSource: claim('new') };
    const adding = await pending([{ addVolumeOptions: fresh }]);
    expect(await put('virtualmachines', `${adding}/addvolume`, fresh)).toBe(409);
    const removing = await pending([{ removeVolumeOptions: { name: 'data' } }]);
    expect(await put('virtualmachines', `${removing}/removevolume`, { name: 'data' })).toBe(409);
    const requestsOf = async (name: string) =>
      (await bench().client.virtualMachines.get(name)).status?.volumeRequests;
    expect(await put('virtualmachines', `${removing}/addvolume`, fresh)).toBe(202);
    expect(await requestsOf(removing)).toEqual([
      { removeVolumeOptions: { name: 'data' } },
      {
        addVolumeOptions: {
          name: 'new',
          disk: { name: 'new', disk: {} },
          volumeSource: { persistentVolumeClaim: { claimName: 'new', hotpluggable: true } },
        },
      },
    ]);
    expect(await put('virtualmachines', `${adding}/removevolume`, { name: 'data' })).toBe(202);
    expect(await requestsOf(adding)).toHaveLength(2);
    const first = await pending([]);
    expect(await put('virtualmachines', `${first}/removevolume`, { name: 'data' })).toBe(202);
    expect(await requestsOf(first)).toEqual([{ removeVolumeOptions: { name: 'data' } }]);
    await gates([]);
  });

  test('SUB-25: without it, the template is changed, unless the API server objects', async () => {
    const name = await machineWith([hotplugged]);
    expect(await put('virtualmachines', `${name}/removevolume`, { name: 'data' })).toBe(202);
    expect(await templateOf(name)).toEqual({ volumes: [], disks: [] });
    const body = { ...added, disk: { bootOrder: 'first' } };
    const answer = await bench().ask('PUT', `virtualmachines/${name}/addvolume`, body);
    expect([answer.status, answer.body['reason']]).toEqual([422, 'Invalid']);
    expect((answer.body['details'] as { causes: unknown[] }).causes).not.toEqual([]);
  });

  test('SUB-26: only the first element asks for a dry run', async () => {
    const name = await machineWith();
    const path = `${name}/addvolume`;
    expect(await put('virtualmachines', path, { ...added, dryRun: ['All'] })).toBe(202);
    expect((await templateOf(name)).volumes).toBeUndefined();
    expect(await put('virtualmachines', path, { ...added, dryRun: ['', 'All'] })).toBe(202);
    expect((await templateOf(name)).volumes).toHaveLength(1);
    expect(await put('virtualmachines', `${name}/removevolume`, { name: 'data', dryRun: ['All'] })).toBe(202);
    expect((await templateOf(name)).volumes).toHaveLength(1);
  });
});
