// Machines that refer to instance types and preferences, in a cluster.
import { describe, expect, it } from 'vitest';
import { resources, type VirtualMachine } from '@virtkit/core-types';
import { waitUntil } from '@virtkit/testing';
import { runningCluster } from './running-cluster.ts';
import { machine } from './test-cluster.ts';

const cluster = runningCluster();

const vm = async (name: string) => cluster().client.virtualMachines.get(name);
const vmi = async (name: string) => cluster().client.virtualMachineInstances.get(name);
const isPrintable = (name: string, status: string) =>
  waitUntil(`${name} is ${status}`, async () => (await vm(name)).status?.printableStatus === status);
const conditionOf = (name: string, type: string) =>
  waitUntil(`${name} has the condition ${type}`, async () =>
    (await vm(name)).status?.conditions?.find((one) => one.type === type && one.status === 'True'),
  );

async function createTypes(guest: number): Promise<void> {
  const { client } = cluster();
  await client.resource(resources.virtualMachineClusterInstancetypes).create({
    apiVersion: 'instancetype.kubevirt.io/v1beta1',
    kind: 'VirtualMachineClusterInstancetype',
    metadata: { name: 'small' },
    spec: { cpu: { guest }, memory: { guest: '256Mi' } },
  });
  await client.resource(resources.virtualMachinePreferences).create(
    {
      apiVersion: 'instancetype.kubevirt.io/v1beta1',
      kind: 'VirtualMachinePreference',
      metadata: { name: 'linux', namespace: 'default' },
      spec: { cpu: { preferredCPUTopology: 'cores' }, devices: { preferredRng: {} } },
    },
    { namespace: 'default' },
  );
}

/** A machine that leaves its size to the instance type. */
function referring(name: string, spec: Partial<VirtualMachine['spec']> = {}): VirtualMachine {
  const plain = machine(name);
  const template = plain.spec.template.spec!;
  const { memory: _memory, ...domain } = template.domain;
  return {
    ...plain,
    spec: {
      ...plain.spec,
      instancetype: { name: 'small' },
      preference: { name: 'linux', kind: 'VirtualMachinePreference' },
      template: { ...plain.spec.template, spec: { ...template, domain } },
      ...spec,
    },
  };
}

describe('a machine with an instance type and a preference', () => {
  it('runs with both, keeps copies and goes on with them when the originals change', async () => {
    await createTypes(2);
    await cluster().client.virtualMachines.create(referring('one'));
    await isPrintable('one', 'Running');
    const instance = await vmi('one');
    expect(instance.metadata.annotations).toMatchObject({
      'kubevirt.io/cluster-instancetype-name': 'small',
      'kubevirt.io/preference-name': 'linux',
    });
    expect(instance.spec.domain).toMatchObject({
      cpu: { sockets: 1, cores: 2, threads: 1 },
      memory: { guest: '256Mi' },
      devices: { rng: {} },
    });
    const { instancetypeRef, preferenceRef } = (await vm('one')).status!;
    const kept = (await cluster().client.resource(resources.controllerRevisions).list()).items;
    const names = [instancetypeRef, preferenceRef].map((ref) => ref?.controllerRevisionRef?.name);
    expect(kept.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(names));

    const types = cluster().client.resource(resources.virtualMachineClusterInstancetypes);
    await types.patch('small', { type: 'merge', body: { spec: { cpu: { guest: 4 } } } });
    await cluster().client.virtualMachines.patch('one', {
      type: 'merge',
      body: { spec: { runStrategy: 'Halted' } },
    });
    await isPrintable('one', 'Stopped');
    await cluster().client.virtualMachines.patch('one', {
      type: 'merge',
      body: { spec: { runStrategy: 'Always' } },
    });
    await isPrintable('one', 'Running');
    expect((await vmi('one')).spec.domain.cpu).toMatchObject({ cores: 2 });
  });

  it('waits until there is what it refers to', async () => {
    await cluster().client.virtualMachines.create(referring('early'));
    expect(await conditionOf('early', 'Failure')).toMatchObject({ reason: 'FailedFindInstancetype' });
    await createTypes(1);
    await isPrintable('early', 'Running');
    expect((await vm('early')).status?.conditions?.some(({ type }) => type === 'Failure')).toBe(false);
  });

  it('does not start when both say the same', async () => {
    await createTypes(1);
    const { template } = machine('both').spec;
    await cluster().client.virtualMachines.create(referring('both', { template }));
    const failure = await conditionOf('both', 'Failure');
    expect(failure).toMatchObject({ reason: 'FailedCreate' });
    expect(failure.message).toContain('spec.template.spec.domain.memory.guest');
  });

  it('needs a restart when it refers to something else', async () => {
    await createTypes(1);
    await cluster()
      .client.resource(resources.virtualMachineClusterInstancetypes)
      .create({
        metadata: { name: 'large' },
        spec: { cpu: { guest: 1 }, memory: { guest: '512Mi' } },
      });
    await cluster().client.virtualMachines.create(referring('grown'));
    await isPrintable('grown', 'Running');
    const refer = (name: string) =>
      cluster().client.virtualMachines.patch('grown', {
        type: 'merge',
        body: { spec: { instancetype: { name } } },
      });
    await refer('large');
    await conditionOf('grown', 'RestartRequired');
    await refer('small');
    await waitUntil('no restart is required', async () =>
      (await vm('grown')).status?.conditions?.every(({ type }) => type !== 'RestartRequired'),
    );
  });

  it('is written out where the cluster expands references', async () => {
    await cluster()
      .client.resource(resources.kubeVirts)
      .create(
        {
          apiVersion: 'kubevirt.io/v1',
          kind: 'KubeVirt',
          metadata: { name: 'kubevirt', namespace: 'default' },
          spec: { configuration: { instancetype: { referencePolicy: 'expand' } } },
        },
        { namespace: 'default' },
      );
    await createTypes(2);
    await cluster().client.virtualMachines.create(referring('plain'));
    await isPrintable('plain', 'Running');
    const { spec, status } = await vm('plain');
    expect(spec.instancetype ?? spec.preference ?? status?.instancetypeRef).toBeUndefined();
    expect(spec.template.spec?.domain).toMatchObject({ cpu: { cores: 2 }, memory: { guest: '256Mi' } });
    expect(status?.conditions?.some(({ type }) => type === 'RestartRequired')).toBe(false);
  });
});
