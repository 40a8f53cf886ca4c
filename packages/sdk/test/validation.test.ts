// What `validate: 'admission'` does before a request is sent, against a server that counts requests.
import {
  resources,
  type KubeVirt,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { scriptedServer, json, type ScriptedServer } from './scripted-server.ts';
import {
  base,
  broken,
  brokenField,
  good,
  instancetype,
  kubeVirt,
  kubeVirts,
  list,
  namespace,
  requests,
  validating,
} from './validating-server.ts';

describe('a new object', () => {
  it('that would be refused is not sent: the error has the causes of the server', async () => {
    await using bench = await validating({}, { kubeVirt });
    await expect(bench.server.client.virtualMachines.create(broken())).rejects.toMatchObject({
      code: 'invalid',
      retry: 'never',
      httpStatus: undefined,
      fields: [{ field: brokenField, reason: 'FieldValueInvalid' }],
      status: {
        code: 422,
        reason: 'Invalid',
        details: { name: 'web', group: 'kubevirt.io', kind: 'virtualmachines' },
      },
    });
    expect(bench.server.seen).toEqual([]);
  });

  it('is sent as it was written, without what admission would fill in', async () => {
    await using bench = await validating({}, { kubeVirt });
    await bench.server.client.virtualMachines.create(good);
    expect(requests(bench.server)).toEqual([`POST ${base}`]);
    expect(JSON.parse(bench.server.seen[0]?.body ?? '')).toEqual(JSON.parse(JSON.stringify(good)));
    expect(bench.warnings).toEqual([]);
  });

  it('is judged with the configuration of the cluster, which is read once', async () => {
    await using bench = await validating();
    await bench.server.client.virtualMachines.create(good);
    await bench.server.client.virtualMachines.create({ ...good, metadata: { name: 'other' } });
    expect(requests(bench.server)).toEqual([`GET ${kubeVirts}`, `POST ${base}`, `POST ${base}`]);
  });

  it('is refused or not as the feature gates of the KubeVirt object say', async () => {
    const template = good.spec.template.spec;
    const volumes = [{ name: 'root', hostDisk: { path: '/disk.img', type: 'Disk' } }];
    const spec = { ...good.spec, template: { spec: { ...template, volumes } } } as VirtualMachine['spec'];
    const gated: KubeVirt = {
      ...kubeVirt,
      spec: { configuration: { developerConfiguration: { featureGates: ['HostDisk'] } } },
    };
    for (const [configured, verdict] of [
      [kubeVirt, 'refused'],
      [gated, 'allowed'],
    ] as const) {
      await using bench = await validating({ [kubeVirts]: list(configured) });
      expect(await bench.server.client.virtualMachines.validate({ ...good, spec })).toMatchObject({
        verdict,
      });
    }
  });

  it('of a kind that admission does not look at is held against its schema, without look-ups', async () => {
    await using bench = await validating();
    const { client } = bench.server;
    await client.namespaces.create({ metadata: { name: 'shop' } });
    const unfit = JSON.parse('{"metadata":{"name":"p"},"spec":{"containers":5}}') as never;
    await expect(client.pods.create(unfit)).rejects.toMatchObject({ code: 'invalid' });
    expect(requests(bench.server)).toEqual(['POST /api/v1/namespaces']);
  });

  it('has the namespace of the call when its references are looked up', async () => {
    await using bench = await validating({}, { kubeVirt });
    const spec = {
      ...good.spec,
      instancetype: { name: 'small', kind: 'VirtualMachineInstancetype' },
    };
    await bench.server.client.virtualMachines.create({ ...good, spec }, { namespace: 'shop' });
    const referenced =
      '/apis/instancetype.kubevirt.io/v1beta1/namespaces/shop/virtualmachineinstancetypes/small';
    expect(requests(bench.server)).toContain(`GET ${referenced}`);
  });
});

describe('a look-up', () => {
  const sized: VirtualMachine = {
    ...good,
    spec: {
      ...good.spec,
      instancetype: { name: 'small' },
      template: {
        spec: {
          ...good.spec.template.spec,
          domain: { devices: good.spec.template.spec?.domain.devices ?? {} },
        },
      },
    },
  };
  const small = {
    apiVersion: 'instancetype.kubevirt.io/v1beta1',
    kind: 'VirtualMachineClusterInstancetype',
    metadata: { name: 'small' },
    spec: { cpu: { guest: 1 }, memory: { guest: '1Gi' } },
  };

  it.each([
    ['the configuration', { [kubeVirts]: 403 }, broken(), 'KubeVirt objects'],
    ['an instance type', { [instancetype]: 403 }, broken(sized), 'VirtualMachineClusterInstancetype small'],
  ])(
    'that is not allowed (%s) leaves the machine to the server, and says so',
    async (_name, objects, machine, what) => {
      await using bench = await validating(objects);
      await bench.server.client.virtualMachines.create(machine);
      expect(requests(bench.server).at(-1)).toBe(`POST ${base}`);
      expect(bench.warnings).toEqual([
        {
          source: 'undecided',
          kind: 'VirtualMachine',
          namespace,
          name: 'web',
          text: expect.stringContaining(`${what} cannot be read`) as string,
        },
      ]);
    },
  );

  it('is answered from memory, but a refusal is never out of date', async () => {
    const objects: Record<string, unknown> = { [instancetype]: small };
    await using bench = await validating(objects);
    const machines = bench.server.client.virtualMachines;
    await machines.create(sized);
    await machines.create(sized);
    const reads = () => requests(bench.server).filter((one) => one === `GET ${instancetype}`).length;
    expect(reads()).toBe(1);

    // With a preference that wants more than the instance type gave, until that was changed behind the client's back.
    const preference = '/apis/instancetype.kubevirt.io/v1beta1/virtualmachineclusterpreferences/large';
    objects[preference] = {
      metadata: { name: 'large' },
      spec: { requirements: { memory: { guest: '4Gi' } } },
    };
    const wanting = { ...sized, spec: { ...sized.spec, preference: { name: 'large' } } };
    await expect(machines.create(wanting)).rejects.toMatchObject({ code: 'invalid' });
    expect(reads()).toBe(2);
    objects[instancetype] = { ...small, spec: { ...small.spec, memory: { guest: '8Gi' } } };
    await machines.create(wanting);
    expect(reads()).toBe(3);
  });

  it('that does not end is given up when the caller gives up', async () => {
    const controller = new AbortController();
    await using server = await scriptedServer(
      (request, response) => {
        if (request.path === kubeVirts) controller.abort(new Error('enough'));
        else json(response, {});
      },
      { validate: 'admission' },
    );
    const call = server.client.virtualMachines.create(good, { signal: controller.signal });
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    expect(requests(server)).toEqual([`GET ${kubeVirts}`]);
  });

  it('of a client that is disposed ends the call', async () => {
    await using server = await scriptedServer(async () => server.client[Symbol.asyncDispose](), {
      validate: 'admission',
    });
    await expect(server.client.virtualMachines.create(good)).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('a change', () => {
  const stored: VirtualMachine = {
    ...good,
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { ...good.metadata, namespace, uid: 'u', resourceVersion: '7' },
  };
  const objects = { [`${base}/web`]: stored };
  const disks = broken().spec.template.spec?.domain.devices.disks;
  const template = { spec: { domain: { devices: { disks } } } };
  const operations = [
    { op: 'add', path: '/spec/template/spec/domain/devices/disks/-', value: { name: 'nowhere', disk: {} } },
  ] as const;

  it.each<[string, (client: ScriptedServer['client']) => Promise<unknown>]>([
    ['replace', (client) => client.virtualMachines.replace(broken(stored))],
    ['createOrPatch', (client) => client.virtualMachines.createOrPatch(broken())],
    [
      'a merge patch',
      (client) => client.virtualMachines.patch('web', { type: 'merge', body: { spec: { template } } }),
    ],
    ['a JSON patch', (client) => client.virtualMachines.patch('web', { type: 'json', operations })],
  ])('by %s is refused with the stored object in view', async (_name, write) => {
    await using bench = await validating(objects, { kubeVirt });
    await expect(write(bench.server.client)).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ field: brokenField }],
    });
    expect(requests(bench.server)).toEqual([`GET ${base}/web`]);
  });

  it.each<[string, (client: ScriptedServer['client']) => Promise<unknown>]>([
    [
      'replace',
      (client) =>
        client.virtualMachines.replace({ ...stored, spec: { ...stored.spec, runStrategy: 'Halted' } }),
    ],
    [
      'createOrPatch',
      (client) =>
        client.virtualMachines.createOrPatch({ ...good, spec: { ...good.spec, runStrategy: 'Halted' } }),
    ],
    [
      'a merge patch',
      (client) =>
        client.virtualMachines.patch('web', { type: 'merge', body: { spec: { runStrategy: 'Halted' } } }),
    ],
  ])('by %s is sent when it is allowed', async (_name, write) => {
    await using bench = await validating(objects, { kubeVirt });
    await write(bench.server.client);
    expect(bench.server.seen.map(({ method }) => method)).toEqual([
      'GET',
      expect.stringMatching(/PUT|PATCH/),
    ]);
    expect(bench.warnings).toEqual([]);
  });

  it('of the status is judged as such: what else the object says does not count', async () => {
    await using bench = await validating(objects, { kubeVirt });
    await bench.server.client.virtualMachines.replace(broken(stored), { subresource: 'status' });
    expect(bench.server.seen.map(({ method }) => method)).toEqual(['GET', 'PUT']);
  });

  it('of an instance is refused for what its users may not change', async () => {
    const instance: VirtualMachineInstance = {
      metadata: { name: 'i', namespace },
      spec: { domain: { devices: {}, memory: { guest: '1Gi' } } },
    };
    const path = `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachineinstances/i`;
    await using bench = await validating({ [path]: instance }, { kubeVirt });
    const body = { spec: { domain: { memory: { guest: '2Gi' } } } };
    await expect(
      bench.server.client.virtualMachineInstances.patch('i', { type: 'merge', body }),
    ).rejects.toMatchObject({ code: 'invalid', status: { code: 422 } });
    expect(requests(bench.server)).toEqual([`GET ${path}`]);
  });

  it('of another version is left to the server, which knows of the conflict', async () => {
    await using bench = await validating(objects, { kubeVirt });
    const old = { ...broken(stored), metadata: { ...stored.metadata, resourceVersion: '6' } };
    await bench.server.client.virtualMachines.replace(old);
    expect(bench.server.seen.at(-1)?.method).toBe('PUT');
  });

  it.each([
    ['server-side apply', { type: 'apply', body: broken() }, 'a patch of type "apply"'],
    ['a strategic patch', { type: 'strategic', body: {} }, 'a patch of type "strategic"'],
  ] as const)('whose result only the server knows is sent, and said (%s)', async (_name, patch, text) => {
    await using bench = await validating(objects, { kubeVirt });
    await bench.server.client.virtualMachines.patch('web', patch, { fieldManager: 'me' });
    expect(bench.server.seen.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
    expect(bench.warnings).toMatchObject([
      { source: 'undecided', text: expect.stringContaining(text) as string },
    ]);
  });

  it('by server-side apply that creates the object is judged as creation', async () => {
    await using bench = await validating({}, { kubeVirt });
    const call = bench.server.client.virtualMachines.apply(broken(), { fieldManager: 'me' });
    await expect(call).rejects.toMatchObject({ code: 'invalid', fields: [{ field: brokenField }] });
    expect(requests(bench.server)).toEqual([`GET ${base}/web`]);
  });

  it('of what the user may write but not read is left to the server, and says so', async () => {
    await using bench = await validating({ [`${base}/web`]: 403 }, { kubeVirt });
    const body = { spec: { template } };
    await bench.server.client.virtualMachines.patch('web', { type: 'merge', body });
    expect(bench.server.seen.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
    expect(bench.warnings).toMatchObject([
      { source: 'undecided', text: expect.stringContaining('the stored object cannot be read') as string },
    ]);
  });

  it('of the KubeVirt object tries no placement out by a dry run', async () => {
    const path = '/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt';
    await using bench = await validating({ [path]: kubeVirt });
    const body = { spec: { infra: { nodePlacement: { nodeSelector: { a: 'b' } } } } };
    const options = { namespace: 'kubevirt' };
    await bench.server.client.kubeVirts.patch('kubevirt', { type: 'merge', body }, options);
    expect(requests(bench.server)).toEqual([`GET ${path}`, `GET ${kubeVirts}`, `PATCH ${path}`]);
    expect(bench.warnings).toMatchObject([{ text: expect.stringContaining('Deployment') as string }]);
  });
});

describe('validate()', () => {
  it('answers without sending anything, on any client', async () => {
    await using bench = await validating({}, { kubeVirt, validate: false });
    const { client } = bench.server;
    const allowed = await client.virtualMachines.validate(good);
    expect(allowed).toMatchObject({ verdict: 'allowed', causes: [], refusal: undefined, leftToServer: [] });
    expect(allowed.defaulted.spec.template.spec).toMatchObject({
      architecture: 'amd64',
      domain: { machine: { type: 'q35' } },
    });
    expect(await client.virtualMachines.validate(broken())).toMatchObject({
      verdict: 'refused',
      causes: [{ field: brokenField, reason: 'FieldValueInvalid' }],
      refusal: { code: 'invalid' },
    });
    expect(requests(bench.server)).toEqual([`GET ${base}/web`, `GET ${base}/web`]);
  });

  it('is undecided where something cannot be looked up', async () => {
    await using bench = await validating({ [kubeVirts]: 403 });
    expect(await bench.server.client.virtualMachines.validate(broken())).toMatchObject({
      verdict: 'undecided',
      causes: [{ field: brokenField }],
      leftToServer: [{ cause: { code: 'forbidden' } }],
    });
  });

  it('holds other kinds against their schema', async () => {
    await using bench = await validating();
    const unfit = JSON.parse('{"metadata":{"name":"p"},"spec":{"containers":5}}') as never;
    expect(await bench.server.client.pods.validate(unfit)).toMatchObject({
      verdict: 'refused',
      causes: [{ field: 'spec.containers' }],
    });
    const custom = { ...resources.leases, group: 'example.com', schema: undefined };
    const object = { metadata: { name: 'x' } };
    expect(await bench.server.client.resource(custom).validate(object)).toMatchObject({ verdict: 'allowed' });
    expect(bench.server.seen).toEqual([]);
  });
});
