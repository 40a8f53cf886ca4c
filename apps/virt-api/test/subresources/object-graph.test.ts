import type { Pod, VirtualMachine } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { instanceGraphOf, launcherOf, machineGraphOf } from '../../src/subresources/object-graph/build.ts';
import { filtered, type GraphNode } from '../../src/subresources/object-graph/node.ts';
import { subresourceBench } from '../support/subresource-bench.ts';

const bench = subresourceBench();

const pod = { metadata: { name: 'virt-launcher-vm' }, spec: { containers: [] } };
const facts = { pod, stateClaim: 'state' };
const machine: VirtualMachine = {
  metadata: { name: 'vm', namespace: 'default' },
  spec: {
    instancetype: { name: 'small', kind: 'virtualmachineclusterinstancetype' },
    preference: { name: 'linux', kind: 'VirtualMachinePreference', revisionName: 'kept' },
    template: {
      spec: {
        domain: { devices: {} },
        accessCredentials: [
          {
            sshPublicKey: { source: { secret: { secretName: 'keys' } }, propagationMethod: { noCloud: {} } },
          },
        ],
        volumes: [
          { name: 'a', dataVolume: { name: 'dv' } },
          { name: 'b', persistentVolumeClaim: { claimName: 'pvc' } },
          { name: 'c', configMap: { name: 'map' } },
          { name: 'd', serviceAccount: { serviceAccountName: 'robot' } },
          {
            name: 'e',
            cloudInitNoCloud: { secretRef: { name: 'user' }, networkDataSecretRef: { name: 'net' } },
          },
          { name: 'f', emptyDisk: { capacity: '1Gi' } },
        ],
        networks: [{ name: 'red', multus: { networkName: 'other/red' } }],
      },
    },
  },
  status: { created: true, instancetypeRef: { controllerRevisionRef: { name: 'small-1' } } },
};

/** `Kind name` of each node, indented by depth; optional ones have a question mark. */
function outline(
  { objectReference: { kind, name }, optional, children = [] }: GraphNode,
  depth = 0,
): string[] {
  const line = `${' '.repeat(depth)}${kind} ${name}${optional === true ? '?' : ''}`;
  return [line, ...children.flatMap((child) => outline(child, depth + 1))];
}

describe('the graph', () => {
  test('of a machine has everything that it depends on, in order', () => {
    expect(outline(machineGraphOf(machine, facts))).toEqual([
      'VirtualMachine vm',
      ' VirtualMachineInstance vm',
      '  Pod virt-launcher-vm',
      ' VirtualMachineClusterInstancetype small?',
      ' ControllerRevision small-1',
      ' VirtualMachinePreference linux?',
      ' ControllerRevision kept',
      ' Secret keys',
      ' DataVolume dv',
      '  PersistentVolumeClaim dv',
      ' PersistentVolumeClaim pvc',
      ' ConfigMap map',
      ' ServiceAccount robot',
      ' Secret user',
      ' Secret net',
      ' PersistentVolumeClaim state',
      ' NetworkAttachmentDefinition red?',
    ]);
  });

  test('of an instance begins with its Pod', () => {
    const { spec } = machine.spec.template;
    const graph = instanceGraphOf({ metadata: machine.metadata, spec: spec! }, facts);
    expect(outline(graph).slice(0, 3)).toEqual([
      'VirtualMachineInstance vm',
      ' Pod virt-launcher-vm',
      ' Secret keys',
    ]);
  });

  test('tells groups, namespaces and what each is', () => {
    const [, instancetype, , , , , volume] = machineGraphOf(machine, facts).children!;
    expect(instancetype).toEqual({
      objectReference: {
        apiGroup: 'instancetype.kubevirt.io',
        kind: 'VirtualMachineClusterInstancetype',
        name: 'small',
      },
      labels: { 'kubevirt.io/dependency-type': 'config' },
      optional: true,
    });
    expect(volume).toMatchObject({
      objectReference: { apiGroup: 'cdi.kubevirt.io', namespace: 'default' },
      labels: { 'kubevirt.io/dependency-type': 'storage' },
    });
  });

  const kinds = (options: Parameters<typeof filtered>[1]) =>
    new Set(
      outline(filtered(machineGraphOf(machine, facts), options)).map((line) => line.trim().split(' ')[0]),
    );
  const type = 'kubevirt.io/dependency-type';
  test.each([
    ['without what is optional', { includeOptionalNodes: false }, 9],
    ['with everything', { includeOptionalNodes: true }, 12],
    ['with storage only', { labelSelector: { matchLabels: { [type]: 'storage' } } }, 3],
    [
      'with a selector that makes no sense',
      { labelSelector: { matchExpressions: [{ key: type, operator: 'Like', values: ['x'] }] } },
      12,
    ],
  ])('%s has so many kinds', (_title, options, count) => {
    expect(kinds(options).size).toBe(count);
  });

  test('finds the Pod by its owner, else by its annotation', () => {
    const labelled = (name: string, owner: string): Pod => ({
      metadata: {
        name,
        labels: { 'kubevirt.io': 'virt-launcher' },
        ownerReferences: [
          { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: owner, uid: 'u' },
        ],
      },
      spec: { containers: [] },
    });
    const annotated: Pod = {
      metadata: { name: 'second', annotations: { 'kubevirt.io/domain': 'vm' } },
      spec: { containers: [] },
    };
    expect(launcherOf([annotated, labelled('first', 'vm')], 'vm')?.metadata.name).toBe('first');
    expect(launcherOf([annotated, labelled('first', 'other')], 'vm')?.metadata.name).toBe('second');
    expect(launcherOf([], 'vm')).toBeUndefined();
  });
});

test('SUB-38: the graph is answered where the gate ObjectGraph is on', async () => {
  const name = await bench().machine();
  const instance = await bench().instance();
  const ask = async (path: string, body?: unknown) => bench().ask('GET', `${path}/objectgraph`, body);
  const paths = [`virtualmachines/${name}`, `virtualmachineinstances/${instance}`];
  for (const path of paths) expect((await ask(path)).status).toBe(400);
  await bench().configure({ developerConfiguration: { featureGates: ['ObjectGraph'] } });
  for (const path of paths) {
    const { status, body } = await ask(path, { includeOptionalNodes: false });
    expect([status, body['objectReference']]).toEqual([
      200,
      expect.objectContaining({ apiGroup: 'kubevirt.io', namespace: 'default' }),
    ]);
  }
  expect((await ask('virtualmachines/nobody')).status).toBe(404);
});
