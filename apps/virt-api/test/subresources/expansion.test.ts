import { resources, VirtualMachineSchema, type VirtualMachine } from '@virtkit/core-types';
import { beforeAll, describe, expect, test } from 'vitest';
import { subresourceBench } from '../support/subresource-bench.ts';

const bench = subresourceBench();
const small = { kind: 'VirtualMachineClusterInstancetype', name: 'small' };

beforeAll(async () => {
  await bench()
    .client.resource(resources.virtualMachineClusterInstancetypes)
    .create({
      apiVersion: 'instancetype.kubevirt.io/v1beta1',
      kind: 'VirtualMachineClusterInstancetype',
      metadata: { name: 'small' },
      spec: { cpu: { guest: 2 }, memory: { guest: '1Gi' } },
    });
});

const template = { spec: { domain: { devices: {} } } };
const conflicting = {
  spec: { domain: { devices: {}, memory: { guest: '2Gi' } } },
} satisfies VirtualMachine['spec']['template'];
const given = (spec: object, metadata: object = { name: 'given' }) => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata,
  spec: { runStrategy: 'Manual', template, ...spec },
});
const expand = (body?: unknown) => bench().ask('PUT', 'expand-vm-spec', body);

describe('expand-spec of a stored machine', () => {
  test('SUB-36: a machine without references comes back as it is', async () => {
    const name = await bench().machine();
    const { status, body } = await bench().ask('GET', `virtualmachines/${name}/expand-spec`);
    expect([status, body]).toEqual([200, await bench().client.virtualMachines.get(name)]);
  });

  test('SUB-36: what it refers to is written out, and nothing is stored', async () => {
    const name = await bench().machine({ instancetype: small });
    const { status, body } = await bench().ask('GET', `virtualmachines/${name}/expand-spec`);
    const { spec } = VirtualMachineSchema.parse(body);
    expect(status).toBe(200);
    expect(spec.instancetype).toBeUndefined();
    expect(spec.template.spec?.domain).toMatchObject({ cpu: { sockets: 2 }, memory: { guest: '1Gi' } });
    expect((await bench().client.virtualMachines.get(name)).spec.instancetype).toEqual(small);
  });

  test('SUB-36: what goes wrong is 500, but for a machine that is not there', async () => {
    const lost = await bench().machine({ instancetype: { ...small, name: 'gone' } });
    const conflict = await bench().machine({ instancetype: small, template: conflicting });
    const status = async (name: string) =>
      (await bench().ask('GET', `virtualmachines/${name}/expand-spec`)).status;
    expect([await status(lost), await status(conflict), await status('nobody')]).toEqual([500, 500, 404]);
  });
});

describe('expand-vm-spec of a machine in the request', () => {
  test('SUB-36: the answer has the namespace of the path', async () => {
    const { status, body } = await expand(given({ instancetype: small }));
    expect([status, body['metadata']]).toEqual([200, { name: 'given', namespace: 'default' }]);
    expect(await expand(given({}, { name: 'given', namespace: 'default' }))).toMatchObject({ status: 200 });
  });

  test.each([
    ['no body', undefined],
    ['no JSON', 'no: [json'],
    ['another namespace', given({}, { name: 'given', namespace: 'other' })],
    ['no instance type of the name', given({ instancetype: { ...small, name: 'gone' } })],
    ['a conflict', given({ instancetype: small, template: conflicting })],
  ])('SUB-36: %s is refused with 400', async (_title, body) => {
    expect((await expand(body)).status).toBe(400);
  });

  test('SUB-36: what does not fit the schema is told in messages', async () => {
    const { status, body } = await expand(
      given({ template: { spec: { domain: { devices: {}, cpu: 'many' } } } }),
    );
    const { causes } = body['details'] as { causes: Record<string, string>[] };
    expect(status).toBe(400);
    expect(causes.length).toBeGreaterThan(0);
    for (const cause of causes) expect(Object.keys(cause)).toEqual(['message']);
  });
});
