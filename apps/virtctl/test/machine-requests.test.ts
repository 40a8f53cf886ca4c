import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiServerError, sendJson } from '@virtkit/apiserver';
import { crd, resources } from '@virtkit/core-types';
import { hasCondition, waitFor } from '@virtkit/sdk';
import { instance, machine, notFound, obedient, startCluster, type Cluster } from './support/cluster.ts';
import { runInProcess } from './support/in-process.ts';

let cluster: Cluster;
const namespace = 'default';

beforeAll(async () => {
  cluster = await startCluster();
  const { client } = cluster;
  for (const kind of [
    'virtualMachineInstanceMigrations',
    'virtualMachineInstanceReplicaSets',
    'kubeVirts',
  ] as const) {
    const definition = crd(resources[kind]);
    await client.customResourceDefinitions.create(definition);
    const name = definition.metadata.name ?? '';
    await waitFor(client.customResourceDefinitions, name, hasCondition('Established'), {
      timeoutSeconds: 10,
    });
  }
  await client.virtualMachines.create(machine('a', 'Always'));
  await client.virtualMachineInstances.create({ ...instance('a'), status: { nodeName: 'node-1' } });
  await client.virtualMachineInstances.create(instance('idle'));
  const claimSpec = { accessModes: ['ReadWriteOnce' as const], resources: { requests: { storage: '1Gi' } } };
  for (const name of ['data', 'x'.repeat(64)])
    await client
      .resource(resources.persistentVolumeClaims)
      .create({ metadata: { name }, spec: claimSpec }, { namespace });
});
beforeEach(() => {
  cluster.seen.length = 0;
  cluster.onAction = obedient;
});
afterAll(() => cluster[Symbol.asyncDispose]());

const call = (...args: string[]) => runInProcess(args, { kubeconfig: cluster.kubeconfig });

describe('requests', () => {
  const disk = { name: 'data', disk: { bus: 'scsi' }, serial: 'data' };
  const volumeSource = { persistentVolumeClaim: { claimName: 'data', hotpluggable: true } };
  it.each<[string[], object, string]>([
    [
      ['addvolume', 'a', '--volume-name', 'data'],
      { resource: 'virtualmachines', action: 'addvolume', body: { name: 'data', disk, volumeSource } },
      'Successfully submitted add volume request to VM a for volume data\n',
    ],
    [
      [
        ...[
          'addvolume',
          'a',
          '--volume-name',
          'data',
          '--disk-name',
          'd',
          '--serial',
          's',
          '--bus',
          'virtio',
        ],
        ...['--cache=none', '--persist', '--dry-run'],
      ],
      {
        body: {
          name: 'd',
          disk: { name: 'd', disk: { bus: 'virtio' }, serial: 's', cache: 'none' },
          dryRun: ['All'],
        },
      },
      'Dry Run execution\nSuccessfully submitted add volume request to VM a for volume data\n',
    ],
    [
      ['addvolume', 'a', `--volume-name=${'x'.repeat(64)}`, '--disk-name', 'd', '--disk-type', 'lun'],
      { body: { disk: { name: 'd', lun: { bus: 'scsi' } } } },
      `Successfully submitted add volume request to VM a for volume ${'x'.repeat(64)}\n`,
    ],
    [
      ['removevolume', 'a', '--volume-name', 'data'],
      { resource: 'virtualmachines', action: 'removevolume', body: { name: 'data' } },
      'Successfully submitted remove volume request to VM a for volume data\n',
    ],
    [
      ['memory-dump', 'get', 'a', '--claim-name', 'data'],
      { action: 'memorydump', body: { claimName: 'data' } },
      'Successfully submitted memory dump request of VM a\n',
    ],
    [
      ['memory-dump', 'get', 'a'],
      { action: 'memorydump', body: {} },
      'Successfully submitted memory dump request of VM a\n',
    ],
    [
      ['memory-dump', 'remove', 'a'],
      { action: 'removememorydump' },
      'Successfully submitted remove memory dump association of VM a\n',
    ],
    [
      ['migrate', 'a', '--addedNodeSelector', 'zone=b,disk=ssd'],
      { action: 'migrate', body: { addedNodeSelector: { zone: 'b', disk: 'ssd' } } },
      'VM a was scheduled to migrate\n',
    ],
    [
      ['evacuate-cancel', 'vm', 'a'],
      { resource: 'virtualmachines', action: 'evacuate/cancel', body: { evacuationNodeName: 'node-1' } },
      'VM default/a was canceled evacuation\n',
    ],
    [
      ['evacuate-cancel', 'vmi', 'a', '--dry-run'],
      { resource: 'virtualmachineinstances', body: { evacuationNodeName: 'node-1', dryRun: ['All'] } },
      'Dry Run execution\nVMI default/a was canceled evacuation\n',
    ],
  ])('%j', async (args, request, stdout) => {
    expect(await call(...args)).toEqual({ code: 0, stdout, stderr: '' });
    expect(cluster.seen).toMatchObject([request]);
  });

  it.each<[string[], RegExp]>([
    [['addvolume', 'a', '--volume-name', 'gone'], /Volume gone is not a DataVolume or PersistentVolumeClaim/],
    [['removevolume', 'a', '--volume-name', 'data'], /^error removing volume, .*not found/],
    [['memory-dump', 'get', 'a', '--claim-name', 'data'], /^error dumping vm memory, .*not found/],
    [['memory-dump', 'remove', 'a'], /^error removing memory dump association, /],
    [['migrate', 'a'], /^Error migrating VirtualMachine .*not found/],
    [['migrate-cancel', 'a'], /^Found no migration to cancel for a/],
    [['evacuate-cancel', 'vm', 'idle'], /^VM default\/idle doesn't report Node name/],
    [['evacuate-cancel', 'vm', 'a'], /^Error canceling evacuation of VM default\/a: .*not found/],
    [['expand', '--vm', 'a'], /^error expanding VirtualMachine - a: .*not found/],
    [['objectgraph', 'a'], /^Error getting object graph of a: .*not found/],
    [['permitted-devices', '-n', 'kube-system'], /^no KubeVirt resource in "kube-system" namespace/],
    [['expose', 'vm', 'gone', '--name', 's', '--port', '80'], /^error fetching vm gone: .*not found/],
    [['expose', 'vm', 'a', '--name', 's'], /^couldn't find port via --port flag or introspection/],
  ])('reports why %j did nothing', async (args, message) => {
    cluster.onAction = (seen, response) =>
      seen.action === 'version' ? obedient(seen, response) : notFound('x');
    const { code, stdout, stderr } = await call(...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

it('asks the instance for a volume where there is no machine', async () => {
  cluster.onAction = (seen, response) =>
    seen.resource === 'virtualmachines' ? notFound('a') : obedient(seen, response);
  expect(await call('removevolume', 'a', '--volume-name', 'data')).toMatchObject({ code: 0 });
  expect(cluster.seen.map(({ resource }) => resource)).toEqual([
    'virtualmachines',
    'virtualmachineinstances',
  ]);
});

it('asks again for a volume when somebody else was faster, within limits', async () => {
  let refusals = 2;
  cluster.onAction = (seen, response) => {
    if (seen.action === 'removevolume' && refusals-- > 0)
      throw new ApiServerError('Invalid', 'the test of the patch failed');
    obedient(seen, response);
  };
  expect(await call('removevolume', 'a', '--volume-name', 'data')).toMatchObject({ code: 0 });
  expect(cluster.seen).toHaveLength(3);
  cluster.seen.length = 0;
  refusals = Infinity;
  expect(await call('removevolume', 'a', '--volume-name', 'data')).toMatchObject({ code: 1 });
  expect(cluster.seen.filter(({ action }) => action === 'removevolume')).toHaveLength(15);
});

it('cancels the migration that is under way', async () => {
  const migrations = cluster.client.resource(resources.virtualMachineInstanceMigrations);
  for (const [name, phase] of [
    ['first', 'Succeeded'],
    ['second', 'Running'],
  ] as const) {
    const labels = { 'kubevirt.io/vmi-name': 'a' };
    await migrations.create({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstanceMigration',
      metadata: { name, labels },
      spec: { vmiName: 'a' },
    });
    await migrations.patch(name, { type: 'merge', body: { status: { phase } } }, { subresource: 'status' });
  }
  const names = async () => (await migrations.list({})).items.map(({ metadata }) => metadata.name);
  expect(await call('migrate-cancel', 'a', '--dry-run')).toMatchObject({ code: 0 });
  expect(await names()).toEqual(['first', 'second']);
  expect(await call('migrate-cancel', 'a')).toMatchObject({
    code: 0,
    stdout: 'VM a was scheduled to migrate-cancel\n',
  });
  expect(await names()).toEqual(['first']);
});

it('creates a claim that has room for a memory dump', async () => {
  const domain = { devices: {}, resources: { requests: { memory: '1Gi' } } };
  await cluster.client.virtualMachines.create(machine('dumped', 'Always'));
  await cluster.client.virtualMachineInstances.create({ metadata: { name: 'dumped' }, spec: { domain } });
  const args = ['memory-dump', 'get', 'dumped', '--claim-name=dump', '--create-claim'];
  const { code, stdout, stderr } = await call(...args, '--storage-class=fast', '--access-mode=ReadWriteMany');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'PVC default/dump created\nSuccessfully submitted memory dump request of VM dumped\n',
  });
  expect(stderr).toContain('CDIConfig does not exist');
  const claims = cluster.client.resource(resources.persistentVolumeClaims);
  const { spec, metadata } = await claims.get('dump', { namespace });
  expect(metadata.labels).toEqual({ 'cdi.kubevirt.io/applyStorageProfile': 'true' });
  // 1Gi and 100Mi, and 5.5 % for the file system.
  expect(spec).toMatchObject({
    storageClassName: 'fast',
    accessModes: ['ReadWriteMany'],
    resources: { requests: { storage: '1243422393' } },
  });
  expect(await call(...args)).toMatchObject({ code: 1, stderr: expect.stringContaining('already exists') });
});

describe('expand', () => {
  const answer = { kind: 'VirtualMachine', metadata: { name: 'a' } };
  beforeEach(() => {
    cluster.onAction = (_seen, response) => sendJson(response, 200, answer);
  });

  it('prints a machine of the cluster', async () => {
    expect(await call('expand', '--vm', 'a')).toMatchObject({
      stdout: 'kind: VirtualMachine\nmetadata:\n  name: a\n',
    });
    expect(cluster.seen).toMatchObject([{ resource: 'virtualmachines', action: 'expand-spec' }]);
  });

  it('prints a machine of a file', async () => {
    const file = join(cluster.folder, 'vm.yaml');
    await writeFile(file, 'kind: VirtualMachine\nmetadata:\n  name: a\n');
    const { stdout } = await call('expand', '-f', file, '-o', 'json', '-n', 'shop');
    expect(JSON.parse(stdout)).toEqual(answer);
    expect(cluster.seen).toMatchObject([{ action: 'expand-vm-spec', namespace: 'shop', body: answer }]);
  });
});

it('prints the graph of a machine and of an instance', async () => {
  cluster.onAction = (_seen, response) => sendJson(response, 200, { labels: {} });
  expect(await call('objectgraph', 'a')).toMatchObject({ stdout: '{\n  "labels": {}\n}\n' });
  const args = ['--vmi', '--exclude-optional', '--selector', 'a=b', '-o=yaml'];
  expect(await call('objectgraph', 'a', ...args)).toMatchObject({ stdout: 'labels: {}\n' });
  expect(cluster.seen).toMatchObject([
    { resource: 'virtualmachines', body: { includeOptionalNodes: true } },
    {
      resource: 'virtualmachineinstances',
      body: { includeOptionalNodes: false, labelSelector: { matchLabels: { a: 'b' } } },
    },
  ]);
});

it('lists the devices that machines may use', async () => {
  await cluster.client.kubeVirts.create({
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { name: 'kubevirt' },
    spec: {
      configuration: {
        permittedHostDevices: {
          pciHostDevices: [
            { pciVendorSelector: '1:2', resourceName: 'a' },
            { pciVendorSelector: '1:3', resourceName: 'b' },
          ],
          mediatedDevices: [{ mdevNameSelector: 'm', resourceName: 'c' }],
        },
      },
    },
  });
  expect(await call('permitted-devices')).toMatchObject({
    code: 0,
    stdout: 'Permitted Devices:\nHost Devices: \na, b\nGPU Devices: \nc\n',
  });
});

describe('expose', () => {
  it.each(['vm', 'VirtualMachines', 'vmi'])('makes a Service for a %s', async (type) => {
    const name = `web-${type.toLowerCase()}`;
    const { code, stdout } = await call(
      'expose',
      type,
      'a',
      '--name',
      name,
      '--port=80',
      '--target-port=8080',
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Service ${name} successfully created for ${type} a\n`,
    });
    const { spec, metadata } = await cluster.client.services.get(name, { namespace });
    expect(spec).toMatchObject({
      selector: { 'vmi.kubevirt.io/id': 'a' },
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    });
    expect(metadata.ownerReferences).toMatchObject([{ name: 'a', controller: true }]);
  });

  it('makes a Service for a replica set by its labels', async () => {
    const sets = cluster.client.resource(resources.virtualMachineInstanceReplicaSets);
    const set = (name: string, selector: object) =>
      sets.create({
        apiVersion: 'kubevirt.io/v1',
        kind: 'VirtualMachineInstanceReplicaSet',
        metadata: { name },
        spec: { selector, template: { spec: instance('t').spec } },
      });
    await set('labelled', { matchLabels: { app: 'web' } });
    await set('wide', { matchExpressions: [{ key: 'app', operator: 'Exists' }] });
    await set('empty', {});
    expect(await call('expose', 'vmirs', 'labelled', '--name=svc', '--port=80')).toMatchObject({ code: 0 });
    expect((await cluster.client.services.get('svc', { namespace })).spec?.selector).toEqual({ app: 'web' });
    for (const name of ['wide', 'empty'])
      expect(await call('expose', 'vmirs', name, '--name=other', '--port=80')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('cannot expose VirtualMachineInstanceReplicaSet') as string,
      });
  });
});

it('takes the password of a user from a file, and says where it stands then', async () => {
  const file = join(cluster.folder, 'password');
  await writeFile(file, 'secret\n');
  const { code, stdout, stderr } = await call('create', 'vm', '--user=me', '--password-file', file);
  expect(code).toBe(0);
  expect(stdout).toContain('password: secret');
  expect(stderr).toMatch(/^WARNING: /);
  expect(await readFile(file, 'utf8')).toBe('secret\n');
});
