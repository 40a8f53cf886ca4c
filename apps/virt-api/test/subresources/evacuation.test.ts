import { beforeAll, describe, expect, test } from 'vitest';
import { subresourceBench, type InstanceChange } from '../support/subresource-bench.ts';

const bench = subresourceBench();

beforeAll(async () => {
  for (const [name, effect] of [
    ['drained', 'NoSchedule'],
    ['preferred', 'PreferNoSchedule'],
  ] as const)
    await bench().client.nodes.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      spec: { taints: [{ key: 'kubevirt.io/drain', effect }] },
    });
});

const leaving = (evacuationNodeName: string): InstanceChange => ({ status: { evacuationNodeName } });
const cancel = async (of: 'virtualmachines' | 'virtualmachineinstances', name: string, body?: unknown) =>
  (await bench().ask('PUT', `${of}/${name}/evacuate/cancel`, body)).status;
const evacuatedFrom = async (name: string) =>
  (await bench().client.virtualMachineInstances.get(name)).status?.evacuationNodeName;

describe('evacuate/cancel', () => {
  test.each<[string, InstanceChange, unknown, number, string | undefined]>([
    ['without a body', leaving('node-1'), undefined, 400, 'node-1'],
    [
      'of a node that is not being drained',
      leaving('node-1'),
      { evacuationNodeName: 'node-1' },
      200,
      undefined,
    ],
    ['of another node than it is', leaving('node-1'), { evacuationNodeName: 'node-2' }, 500, 'node-1'],
    ['when there is nothing to cancel', {}, { evacuationNodeName: 'node-1' }, 200, undefined],
    [
      'of a node that is being drained',
      leaving('drained'),
      { evacuationNodeName: 'drained' },
      400,
      'drained',
    ],
    [
      'of a node that is not to be used',
      leaving('preferred'),
      { evacuationNodeName: 'preferred' },
      200,
      undefined,
    ],
    ['of a node that is gone', leaving('gone'), { evacuationNodeName: 'gone' }, 500, 'gone'],
    ['as a dry run', leaving('node-1'), { evacuationNodeName: 'node-1', dryRun: ['All'] }, 200, 'node-1'],
  ])('SUB-37: %s', async (_title, change, body, status, left) => {
    const name = await bench().instance(change);
    expect(await cancel('virtualmachineinstances', name, body)).toBe(status);
    expect(await evacuatedFrom(name)).toBe(left);
  });

  test('SUB-37: the node that it is on counts where it does not leave any', async () => {
    const name = await bench().instance({ status: { nodeName: 'drained' } });
    expect(await cancel('virtualmachineinstances', name, {})).toBe(400);
  });

  test("SUB-37: by the machine's name, for the instance that it started", async () => {
    const body = { evacuationNodeName: 'node-1' };
    expect(await cancel('virtualmachines', 'nobody', body)).toBe(404);
    expect(await cancel('virtualmachines', await bench().machine(), body)).toBe(409);
    const name = await bench().machine({}, { created: true });
    expect(await cancel('virtualmachines', name, body)).toBe(404);
    const { uid = '' } = (await bench().client.virtualMachines.get(name)).metadata;
    const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name, uid, controller: true };
    await bench().instance({ name, ...leaving('node-1'), metadata: { ownerReferences: [owner] } });
    expect(await cancel('virtualmachines', name, body)).toBe(200);
    expect(await evacuatedFrom(name)).toBeUndefined();
    const stranger = await bench().machine({}, { created: true });
    await bench().instance({ name: stranger, ...leaving('node-1') });
    expect(await cancel('virtualmachines', stranger, body)).toBe(500);
  });

  test('SUB-37: the taint is the one of the configuration', async () => {
    await bench().configure({ migrations: { nodeDrainTaintKey: 'example.com/leave' } });
    const name = await bench().instance(leaving('drained'));
    expect(await cancel('virtualmachineinstances', name, { evacuationNodeName: 'drained' })).toBe(200);
    await bench().configure({});
  });
});
