import type { VirtualMachine, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { clusterConfiguration, newInstanceOf, type NewInstanceInput } from '../../src/index.ts';
import { configured } from '../support/kubevirts.ts';

const machine = (
  spec: Partial<VirtualMachineInstanceSpec> = {},
  rest: Partial<Omit<VirtualMachine, 'spec'>> & { spec?: Partial<VirtualMachine['spec']> } = {},
): VirtualMachine => ({
  ...rest,
  metadata: {
    name: 'vm',
    namespace: 'ns',
    uid: 'vm-uid',
    generation: 7,
    labels: { of: 'vm' },
    annotations: { of: 'vm' },
    ...rest.metadata,
  },
  spec: {
    template: {
      spec: { domain: { devices: { autoattachPodInterface: false }, firmware: { uuid: 'own' } }, ...spec },
    },
    ...rest.spec,
  },
});
const input: NewInstanceInput = { configuration: clusterConfiguration(), revisionName: 'revision' };
function start(given: VirtualMachine, more: Partial<NewInstanceInput> = {}) {
  const result = newInstanceOf(given, { ...input, ...more });
  if (!result.ok) throw new Error(result.findings[0]?.message);
  return result.instance;
}

test("a start makes the template's instance, owned by the machine", () => {
  const given = machine({ hostname: 'h' });
  given.spec.template.metadata = { generateName: 'g-', labels: { a: 'b' }, annotations: { c: 'd' } };
  expect(start(given)).toEqual({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name: 'vm',
      namespace: 'ns',
      labels: { a: 'b' },
      annotations: { c: 'd', 'kubevirt.io/vm-generation': '7' },
      ownerReferences: [
        {
          apiVersion: 'kubevirt.io/v1',
          kind: 'VirtualMachine',
          name: 'vm',
          uid: 'vm-uid',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      finalizers: ['kubevirt.io/virtualMachineControllerFinalize'],
    },
    spec: {
      hostname: 'h',
      domain: { devices: { autoattachPodInterface: false }, firmware: { uuid: 'own' } },
    },
    status: { virtualMachineRevisionName: 'revision' },
  });
});

describe('start strategy', () => {
  test.each([
    [[{ action: 'Start', data: { paused: 'true' } }], 'Paused'],
    [[{ action: 'Start', data: { paused: 'false' } }], undefined],
    [[{ action: 'Start' }], undefined],
    [[{ action: 'Stop', data: { paused: 'true' } }], undefined],
    [[{ action: 'Stop' }, { action: 'Start', data: { paused: 'true' } }], undefined],
    [undefined, undefined],
  ])('with requests %j: %s', (stateChangeRequests, expected) => {
    expect(start(machine({}, { status: { stateChangeRequests } })).spec.startStrategy).toBe(expected);
  });
});

describe('what is not in the template', () => {
  test('a machine without UUID has that of its name at every start', () => {
    const bare = machine(
      { domain: { devices: { autoattachPodInterface: false } } },
      { metadata: { name: 'testvm' } },
    );
    expect(start(bare).spec.domain.firmware?.uuid).toBe('5a9fc181-957e-5c32-9e5a-2de5e9673531');
  });

  test('D1-9: disks for volumes without one', () => {
    const volumes = [{ name: 'a', emptyDisk: { capacity: 1 } }];
    expect(start(machine({ volumes })).spec.domain.devices.disks).toEqual([{ name: 'a' }]);
  });

  test.each([
    ['Completed', []],
    ['InProgress', [{ name: 'dump', memoryDump: { claimName: 'dump' } }]],
  ])('a memory dump that is %s leaves %j', (phase, expected) => {
    const volumes = [{ name: 'dump', memoryDump: { claimName: 'dump' } }];
    const status = { memoryDumpRequest: { claimName: 'dump', phase } };
    expect(start(machine({ volumes }, { status })).spec.volumes).toEqual(expected);
  });

  test('a machine that waits to receive is marked', () => {
    const { metadata } = start(machine({}, { spec: { ...machine().spec, runStrategy: 'WaitAsReceiver' } }));
    expect(metadata.annotations).toMatchObject({ 'kubevirt.io/create-migration-target': 'true' });
    expect(start(machine()).metadata.annotations).not.toHaveProperty('kubevirt.io/create-migration-target');
  });
});

describe('devices that come by themselves', () => {
  const input0 = [{ name: 'default-0', type: '' }];
  const domain = (devices: VirtualMachineInstanceSpec['domain']['devices']) => ({ domain: { devices } });

  test.each([
    [
      'an input device where it is wanted',
      domain({ autoattachPodInterface: false, autoattachInputDevice: true }),
      {},
      input0,
    ],
    ['none otherwise', domain({ autoattachPodInterface: false }), {}, undefined],
    [
      'where the preference wants it',
      domain({ autoattachPodInterface: false }),
      { preferredAutoattachInputDevice: true },
      input0,
    ],
  ])('%s', (_title, spec, devices, expected) => {
    const references = { preference: { devices } };
    expect(start(machine(spec), { references }).spec.domain.devices.inputs).toEqual(expected);
  });

  test('a network, unless the preference wants none', () => {
    const given = machine(domain({}));
    expect(start(given).spec.networks).toEqual([{ name: 'default', pod: {} }]);
    const references = { preference: { devices: { preferredAutoattachPodInterface: false } } };
    expect(start(given, { references }).spec.networks).toBeUndefined();
  });

  test('a network that the cluster cannot give refuses the start', () => {
    const configuration = configured({ network: { defaultNetworkInterface: 'slirp' } });
    expect(newInstanceOf(machine(domain({})), { ...input, configuration })).toMatchObject({
      ok: false,
      findings: [{ code: 400 }],
    });
  });
});

describe('instance type and preference', () => {
  const instancetype = { cpu: { guest: 2 }, memory: { guest: '1Gi' } };
  test.each([
    ['VirtualMachineInstancetype', 'VirtualMachinePreference', 'instancetype-name', 'preference-name'],
    [undefined, '', 'cluster-instancetype-name', 'cluster-preference-name'],
    [
      'virtualmachineclusterinstancetypes',
      'VirtualMachineClusterPreference',
      'cluster-instancetype-name',
      'cluster-preference-name',
    ],
  ])('of kinds %s and %s are applied and named', (typeKind, preferenceKind, typeKey, preferenceKey) => {
    const given = machine(
      {},
      {
        spec: {
          ...machine().spec,
          instancetype: { kind: typeKind, name: 'u1' },
          preference: { kind: preferenceKind, name: 'linux' },
        },
      },
    );
    const preference = { annotations: { wished: 'yes' } };
    const { metadata, spec } = start(given, { references: { instancetype, preference } });
    expect(spec.domain).toMatchObject({
      cpu: { sockets: 2, cores: 1, threads: 1 },
      memory: { guest: '1Gi' },
    });
    expect(metadata.annotations).toEqual({
      wished: 'yes',
      'kubevirt.io/vm-generation': '7',
      [`kubevirt.io/${typeKey}`]: 'u1',
      [`kubevirt.io/${preferenceKey}`]: 'linux',
    });
  });

  test('that conflict with the template refuse the start', () => {
    const given = machine({
      domain: { devices: { autoattachPodInterface: false }, memory: { guest: '2Gi' } },
    });
    const result = newInstanceOf(given, { ...input, references: { instancetype } });
    expect(result).toMatchObject({ ok: false, findings: [{ rule: 'ITC-10' }] });
  });
});

test('VM-01: a machine without template cannot start', () => {
  const bare = { metadata: { name: 'vm' }, spec: { template: {} } };
  expect(newInstanceOf(bare, input)).toMatchObject({ ok: false, findings: [{ rule: 'VM-01' }] });
});
