import { resources, type VirtualMachine, type VirtualMachineInstance } from '@virtkit/core-types';
import { isApiError, type ApiError } from '@virtkit/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubevirt, startCluster, type TestCluster } from './support/cluster.ts';
import { instanceSpec } from '@virtkit/testing/instance-specs';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const namespace = 'default';

function machine(name: string, spec: Partial<VirtualMachine['spec']> = {}): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name, namespace },
    spec: { runStrategy: 'Always', template: { spec: instanceSpec() }, ...spec },
  };
}

function instance(
  name: string,
  change: Partial<Omit<VirtualMachineInstance, 'metadata'>> & {
    metadata?: VirtualMachineInstance['metadata'];
  } = {},
): VirtualMachineInstance {
  const { metadata, ...rest } = change;
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { namespace, ...metadata, name },
    spec: instanceSpec(),
    ...rest,
  };
}

async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isApiError(error)) throw new Error('the call was not refused', { cause: error });
  return error;
}

describe('virtual machines', () => {
  test('get identities, finalizer and observed versions when created, and keep them', async () => {
    const created = await cluster.admin.virtualMachines.create(machine('identified'));
    const firmware = created.spec.template.spec?.domain.firmware;
    expect(firmware?.uuid).toMatch(/^[\da-f-]{36}$/);
    expect(firmware?.serial).toMatch(/^[\da-f-]{36}$/);
    expect(firmware?.serial).not.toBe(firmware?.uuid);
    expect(created.spec.template.spec).toMatchObject({
      architecture: 'amd64',
      domain: { machine: { type: 'q35' } },
    });
    expect(created.metadata.finalizers).toEqual(['kubevirt.io/virtualMachineControllerFinalize']);
    expect(created.metadata.annotations).toEqual({
      'kubevirt.io/latest-observed-api-version': 'v1',
      'kubevirt.io/storage-observed-api-version': 'v1',
    });
    const updated = await cluster.admin.virtualMachines.patch('identified', {
      type: 'merge',
      body: { spec: { runStrategy: 'Halted' } },
    });
    expect(updated.spec.template.spec?.domain.firmware).toEqual(firmware);
  });

  test('are refused with the path of each field at fault', async () => {
    const spec = instanceSpec();
    spec.domain.devices.disks?.push({ name: 'nowhere', disk: { bus: 'virtio' } });
    const error = await refusal(
      cluster.admin.virtualMachines.create(machine('wrong', { running: true, template: { spec } })),
    );
    expect(error.code).toBe('invalid');
    expect(error.httpStatus).toBe(422);
    expect(error.fields.map(({ field, reason }) => [field, reason])).toEqual([
      ['spec.template.spec.domain.devices.disks[2].name', 'FieldValueInvalid'],
      ['spec.running', 'FieldValueInvalid'],
    ]);
    expect(error.message).toContain('spec.template.spec.domain.devices.disks[2].name');
  });

  test('that KubeVirt would take but nothing carries are refused after its own rules', async () => {
    const spec = instanceSpec();
    const dataVolumeTemplates = [
      { metadata: { name: 'data' }, spec: { storage: {}, source: { blank: {} } } },
    ];
    spec.volumes?.push({ name: 'data', dataVolume: { name: 'data' } });
    const wanted = { dataVolumeTemplates, template: { spec } };
    const error = await refusal(cluster.admin.virtualMachines.create(machine('uncarried', wanted)));
    expect(error.fields).toContainEqual(
      expect.objectContaining({ field: 'spec.dataVolumeTemplates', reason: 'FieldValueNotSupported' }),
    );
  });

  test('that are read by older clients are judged like others', async () => {
    const old = { ...machine('older', { runStrategy: 'Sometimes' }), apiVersion: 'kubevirt.io/v1alpha3' };
    const definition = { ...cluster.admin.virtualMachines.definition, version: 'v1alpha3' };
    const error = await refusal(cluster.admin.resource(definition).create(old));
    expect(error.fields).toMatchObject([{ field: 'spec.runStrategy' }]);
  });

  test('that are being deleted can lose their finalizers', async () => {
    await cluster.admin.virtualMachines.create(machine('leaving'));
    await cluster.admin.virtualMachines.delete('leaving');
    await cluster.controller.virtualMachines.patch('leaving', {
      type: 'merge',
      body: { metadata: { finalizers: null } },
    });
    expect(await refusal(cluster.admin.virtualMachines.get('leaving'))).toMatchObject({ code: 'not-found' });
  });
});

describe('instances', () => {
  test('are complete and Pending when created', async () => {
    const created = await cluster.admin.virtualMachineInstances.create(instance('complete'));
    expect(created.metadata.finalizers).toEqual(['kubevirt.io/foregroundDeleteVirtualMachine']);
    expect(created.spec.domain).toMatchObject({
      cpu: { sockets: 1, cores: 1, threads: 1, model: 'host-model' },
      machine: { type: 'q35' },
      memory: { guest: '128Mi' },
    });
    expect(created.spec.networks).toEqual([{ name: 'default', pod: {} }]);
    expect(created.status).toMatchObject({
      phase: 'Pending',
      phaseTransitionTimestamps: [{ phase: 'Pending' }],
      currentCPUTopology: { sockets: 1, cores: 1, threads: 1 },
      memory: { guestAtBoot: '128Mi', guestCurrent: '128Mi', guestRequested: '128Mi' },
      runtimeUser: 107,
    });
  });

  test('take a status from KubeVirt, not from others', async () => {
    const status = { virtualMachineRevisionName: 'revision-1' };
    const theirs = await cluster.controller.virtualMachineInstances.create(instance('theirs', { status }));
    const ours = await cluster.admin.virtualMachineInstances.create(instance('ours', { status }));
    expect(theirs.status?.virtualMachineRevisionName).toBe('revision-1');
    expect(ours.status?.virtualMachineRevisionName).toBeUndefined();

    const forged = { type: 'merge', body: { status: { phase: 'Running' } } } as const;
    const afterOurs = await cluster.admin.virtualMachineInstances.patch('theirs', forged);
    expect(afterOurs.status?.phase).toBe('Pending');
    const afterTheirs = await cluster.controller.virtualMachineInstances.patch('theirs', forged);
    expect(afterTheirs.status?.phase).toBe('Running');
  });

  test('VMIU-5: keep their spec', async () => {
    await cluster.admin.virtualMachineInstances.create(instance('fixed'));
    const patch = { type: 'merge', body: { spec: { terminationGracePeriodSeconds: 5 } } } as const;
    const error = await refusal(cluster.admin.virtualMachineInstances.patch('fixed', patch));
    expect(error).toMatchObject({ httpStatus: 422, message: expect.stringContaining('spec') as string });
    const changed = await cluster.controller.virtualMachineInstances.patch('fixed', patch);
    expect(changed.spec.terminationGracePeriodSeconds).toBe(5);
  });

  test('META-1 and VMIU-7: reserved labels are for KubeVirt', async () => {
    const labels = { 'kubevirt.io/nodeName': 'node-1' };
    const created = await refusal(
      cluster.admin.virtualMachineInstances.create(instance('labelled', { metadata: { labels } })),
    );
    expect(created.fields).toMatchObject([{ field: 'metadata.labels' }]);
    await cluster.controller.virtualMachineInstances.create(instance('labelled', { metadata: { labels } }));
    const changed = await refusal(
      cluster.admin.virtualMachineInstances.patch('labelled', {
        type: 'merge',
        body: { metadata: { labels: { 'kubevirt.io/nodeName': 'node-2' } } },
      }),
    );
    expect(changed).toMatchObject({ httpStatus: 422, message: expect.stringContaining('labels') as string });
  });

  test('VK-HYPERVISOR: name a hypervisor that exists', async () => {
    const metadata = { annotations: { 'virtkit.dev/hypervisor': 'xen' } };
    const error = await refusal(cluster.admin.virtualMachineInstances.create(instance('xen', { metadata })));
    expect(error.fields).toMatchObject([{ field: 'metadata.annotations[virtkit.dev/hypervisor]' }]);
  });
});

describe('the KubeVirt object', () => {
  test('KVU-18: its feature gates do not contradict each other', async () => {
    const developerConfiguration = { featureGates: ['A'], disabledFeatureGates: ['A'] };
    const error = await refusal(
      cluster.admin.kubeVirts.patch(
        'kubevirt',
        { type: 'merge', body: { spec: { configuration: { developerConfiguration } } } },
        { namespace: 'kubevirt' },
      ),
    );
    expect(error.fields).toMatchObject([{ reason: 'FieldValueForbidden' }]);
  });

  test('KVC-1: there is one', async () => {
    const error = await refusal(
      cluster.admin.kubeVirts.create({ ...kubevirt, metadata: { name: 'another', namespace } }),
    );
    expect(error).toMatchObject({ code: 'bad-request' });
  });
});

test('kinds that nothing acts on are refused as not implemented', async () => {
  const error = await refusal(
    cluster.admin.resource(resources.virtualMachineClones).create({
      apiVersion: 'clone.kubevirt.io/v1beta1',
      kind: 'VirtualMachineClone',
      metadata: { name: 'clone', namespace },
      spec: { source: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' } },
    }),
  );
  expect(error).toMatchObject({ code: 'not-implemented', httpStatus: 501 });
});
