import type { KubeVirt, VirtualMachineInstance, VirtualMachineInstancePreset } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { admit } from '../../src/admit/index.ts';
import { context, controller, plainInstance, plainMachine, request, silence } from './requests.ts';

describe('instances', () => {
  test('are complete and Pending when created', async () => {
    const result = await admit(request('virtualmachineinstances', plainInstance), context());
    expect(result).toMatchObject({
      allowed: true,
      object: {
        metadata: { finalizers: ['kubevirt.io/foregroundDeleteVirtualMachine'] },
        spec: { domain: { cpu: { model: 'host-model' } }, networks: [{ name: 'default', pod: {} }] },
        status: { phase: 'Pending', runtimeUser: 107 },
      },
    });
    expect(result.patch.map(({ op, path }) => [op, path])).toEqual([
      ['replace', '/spec'],
      ['replace', '/metadata'],
      ['replace', '/status'],
    ]);
  });

  test('get the presets of their namespace, with a warning', async () => {
    const preset: VirtualMachineInstancePreset = {
      metadata: { name: 'four' },
      spec: { selector: {}, domain: { devices: {}, cpu: { cores: 4 } } },
    };
    const presets = (namespace: string) => Promise.resolve(namespace === 'default' ? [preset] : []);
    const result = await admit(
      request('virtualmachineinstances', plainInstance),
      context({ lookups: { presets } }),
    );
    expect(result).toMatchObject({ allowed: true, object: { spec: { domain: { cpu: { cores: 4 } } } } });
    expect(result.warnings).toHaveLength(1);
    const unanswered = context({ lookups: { presets: silence } });
    expect(await admit(request('virtualmachineinstances', plainInstance), unanswered)).toMatchObject({
      code: 400,
    });
  });

  test('keep the status that KubeVirt wrote, whatever others write', async () => {
    const before = { ...plainInstance, status: { phase: 'Running' } };
    const forged = { ...plainInstance, status: { phase: 'Failed' } };
    const update = { operation: 'UPDATE', oldObject: before } as const;
    const result = await admit(request('virtualmachineinstances', forged, update), context());
    expect(result).toMatchObject({ allowed: true, object: before });
    expect(result.patch).toEqual([{ op: 'replace', path: '/status', value: before.status }]);
    const trusted = request('virtualmachineinstances', forged, { ...update, user: controller });
    expect((await admit(trusted, context())).object).toEqual(forged);
  });
});

describe('migrations', () => {
  const migration = (spec: object) => ({
    kind: 'VirtualMachineInstanceMigration',
    metadata: { name: 'm', namespace: 'default' },
    spec,
  });
  const running: VirtualMachineInstance = {
    metadata: { name: 'vmi' },
    spec: { domain: { devices: {} } },
    status: { phase: 'Running' },
  };
  const instance = () => Promise.resolve(running);
  const create = (spec: object) =>
    admit(request('virtualmachineinstancemigrations', migration(spec)), context({ lookups: { instance } }));

  test('MIGC-0 refuses a migration that does not fit its schema', async () => {
    expect((await create({ vmiName: 7 })).causes).toEqual([{ message: expect.any(String) as string }]);
  });

  test('MIGC-0 accepts one that does, and labels it with its instance', async () => {
    const result = await create({ vmiName: 'vmi' });
    expect(result).toMatchObject({
      allowed: true,
      object: {
        metadata: {
          labels: { 'kubevirt.io/vmi-name': 'vmi' },
          finalizers: ['kubevirt.io/migrationJobFinalize'],
        },
      },
    });
    expect(result.patch.map(({ path }) => path)).toEqual(['/metadata']);
  });

  test('whose instance cannot be looked up are refused as a whole', async () => {
    const result = await admit(
      request('virtualmachineinstancemigrations', migration({ vmiName: 'vmi' })),
      context({ lookups: { instance: silence } }),
    );
    expect(result).toMatchObject({ allowed: false, code: 400 });
  });
});

describe('pools', () => {
  const pool = {
    kind: 'VirtualMachinePool',
    metadata: { name: 'pool' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      virtualMachineTemplate: { metadata: { labels: { a: 'b' } }, spec: plainMachine.spec },
    },
  };
  const inVersion = (version: string) =>
    admit(
      request('', pool, { resource: { group: 'pool.kubevirt.io', version, plural: 'virtualmachinepools' } }),
      context(),
    );

  test('POOL-1 refuses a version that pools do not have', async () => {
    expect(await inVersion('v1')).toMatchObject({ allowed: false, code: 400 });
  });

  test('POOL-1 accepts v1beta1', async () => {
    expect(await inVersion('v1beta1')).toMatchObject({ allowed: true });
  });
});

describe('clones', () => {
  const source = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'golden' };
  const resource = { group: 'clone.kubevirt.io', version: 'v1beta1', plural: 'virtualmachineclones' };
  const create = (spec: object) =>
    admit(request('', { metadata: { name: 'c' }, spec }, { resource }), context());

  test('get a target with a name of its own', async () => {
    const result = await create({ source });
    expect(result).toMatchObject({
      allowed: true,
      object: {
        spec: { target: { ...source, name: expect.stringMatching(/^clone-golden-[a-z0-9]{5}$/) as string } },
      },
    });
    expect(result.patch.map(({ path }) => path)).toEqual(['/spec']);
  });

  test('with a target stay as they are', async () => {
    expect((await create({ source, target: { ...source, name: 'copy' } })).patch).toEqual([]);
  });
});

describe('the KubeVirt object', () => {
  const kubevirt = (spec: KubeVirt['spec'] = {}): KubeVirt => ({
    kind: 'KubeVirt',
    metadata: { name: 'kubevirt', namespace: 'kubevirt' },
    spec,
    status: { phase: 'Deployed' },
  });
  const kubeVirts = () => Promise.resolve([kubevirt()]);

  test('is one', async () => {
    const create = request('kubevirts', kubevirt());
    expect(await admit(create, context({ lookups: { kubeVirts } }))).toMatchObject({ code: 400 });
    expect(await admit(create, context())).toMatchObject({ allowed: true });
  });

  test('stays while there are workloads, if it says so', async () => {
    const oldObject = kubevirt({ uninstallStrategy: 'BlockUninstallIfWorkloadsExist' });
    const remove = request('kubevirts', undefined, { operation: 'DELETE', oldObject });
    const workload = () => Promise.resolve('VirtualMachine' as const);
    expect(await admit(remove, context({ lookups: { workload } }))).toMatchObject({ code: 400 });
    expect(await admit(remove, context())).toMatchObject({ allowed: true });
  });

  test('is changed with all causes told, and placements judged by the API server', async () => {
    const after = kubevirt({
      infra: { nodePlacement: { nodeSelector: { 'not a label': 'x' } } },
      configuration: { developerConfiguration: { featureGates: ['LiveMigration'] } },
    });
    const change = request('kubevirts', after, { operation: 'UPDATE', oldObject: kubevirt() });
    const placementRefusal = (part: string) => Promise.resolve(part === 'infra' ? 'not a label' : undefined);
    const result = await admit(change, context({ lookups: { placementRefusal } }));
    expect(result).toMatchObject({ code: 422, causes: [{ message: 'not a label' }] });
    expect(result.warnings).toHaveLength(1);
  });
});

describe('restores', () => {
  const resource = { group: 'snapshot.kubevirt.io', version: 'v1beta1', plural: 'virtualmachinerestores' };
  const target = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' };
  const restore = {
    metadata: { name: 'restore' },
    spec: { target, virtualMachineSnapshotName: 'snapshot' },
  };
  const status = { sourceUID: 'uid-1', virtualMachineSnapshotContentName: 'content' };
  const snapshot = () => Promise.resolve({ metadata: {}, spec: { source: target }, status });

  test('of another machine look the content of the snapshot up', async () => {
    const domain = { devices: { tpm: { persistent: true } } };
    const spec = { source: { virtualMachine: { spec: { template: { spec: { domain } } } } } };
    const snapshotContent = (_: string, name: string) =>
      Promise.resolve(name === 'content' ? { metadata: {}, spec } : undefined);
    const create = request('', restore, { resource });
    const result = await admit(create, context({ lookups: { snapshot, snapshotContent } }));
    expect(result.causes).toMatchObject([{ field: 'spec', reason: 'FieldValueInvalid' }]);
    expect(await admit(create, context())).toMatchObject({ allowed: true });
    expect(await admit(create, context({ lookups: { snapshot: silence } }))).toMatchObject({ code: 400 });
  });

  test('may not overlap', async () => {
    const restores = () => Promise.resolve([{ ...restore, metadata: { name: 'other' } }, restore]);
    const result = await admit(request('', restore, { resource }), context({ lookups: { restores } }));
    expect(result.causes).toMatchObject([{ field: 'spec.target' }]);
  });
});

test.each([
  [
    'instancetype.kubevirt.io',
    'v1beta1',
    'virtualmachineinstancetypes',
    { cpu: { guest: 1 }, memory: { guest: '1Gi', overcommitPercent: 5, hugepages: {} } },
  ],
  [
    'instancetype.kubevirt.io',
    'v1beta1',
    'virtualmachineclusterpreferences',
    { cpu: { preferredCPUTopology: 'flat' } },
  ],
  ['migrations.kubevirt.io', 'v1alpha1', 'migrationpolicies', { selectors: {}, completionTimeoutPerGiB: -1 }],
  [
    'snapshot.kubevirt.io',
    'v1beta1',
    'virtualmachinesnapshots',
    { source: { kind: 'VirtualMachine', name: 'vm' } },
  ],
  ['export.kubevirt.io', 'v1', 'virtualmachineexports', { source: { kind: 'Pod', name: 'vm' } }],
  ['kubevirt.io', 'v1', 'virtualmachineinstancepresets', { selector: {} }],
  [
    'kubevirt.io',
    'v1',
    'virtualmachineinstancereplicasets',
    { selector: { matchLabels: { a: 'b' } }, template: {} },
  ],
])('%s/%s %s are judged', async (group, version, plural, spec) => {
  const object = { metadata: { name: 'x' }, spec };
  const result = await admit(request('', object, { resource: { group, version, plural } }), context());
  expect(result).toMatchObject({ allowed: false, code: 422, reason: 'Invalid' });
});

test.each([
  [
    'backup.kubevirt.io',
    'v1alpha1',
    'virtualmachinebackups',
    { pvcName: 'c', source: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' } },
  ],
  [
    'backup.kubevirt.io',
    'v1alpha1',
    'virtualmachinebackuptrackers',
    { source: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' } },
  ],
  ['plugin.kubevirt.io', 'v1alpha1', 'plugins', {}],
])('%s/%s %s need their feature gate', async (group, version, plural, spec) => {
  const create = request('', { metadata: { name: 'x' }, spec }, { resource: { group, version, plural } });
  expect(await admit(create, context())).toMatchObject({ allowed: false, code: 400 });
  const featureGates = ['IncrementalBackup', 'Plugins'];
  expect(await admit(create, context({ featureGates }))).toMatchObject({ allowed: true });
});
