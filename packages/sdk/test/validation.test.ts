// What `validate: 'admission'` does before a request is sent, against a server that counts requests.
import {
  resources,
  type KubernetesObject,
  type KubeVirt,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, virtualMachine, type ApiWarning, type ConnectOptions } from '../src/index.ts';
import { failure, json, scriptedServer, type Answer, type ScriptedServer } from './scripted-server.ts';

const namespace = 'default';
const base = `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachines`;
const kubeVirts = '/apis/kubevirt.io/v1/kubevirts';
const instancetype = '/apis/instancetype.kubevirt.io/v1beta1/virtualmachineclusterinstancetypes/small';

const kubeVirt: KubeVirt = { metadata: { name: 'kubevirt', namespace: 'kubevirt' }, spec: {} };

const good = virtualMachine({ name: 'web', memory: '512Mi', containerDisk: 'registry/disk:1' });

/** A machine whose disk has no volume, which its schema does not know. */
function broken(machine: VirtualMachine = good): VirtualMachine {
  const template = machine.spec.template.spec;
  if (template === undefined) throw new Error('a machine without a template');
  const { devices } = template.domain;
  const disks = [...(devices.disks ?? []), { name: 'nowhere', disk: { bus: 'virtio' } }];
  const spec = { ...template, domain: { ...template.domain, devices: { ...devices, disks } } };
  return { ...machine, spec: { ...machine.spec, template: { ...machine.spec.template, spec } } };
}
const brokenField = 'spec.template.spec.domain.devices.disks[1].name';

/** Answers paths with objects, or refuses them with a status; everything else does not exist. Writes are echoed. */
function serving(objects: Readonly<Record<string, unknown>>): Answer {
  return (request, response) => {
    if (request.method !== 'GET') return json(response, JSON.parse(request.body));
    const object = objects[request.path] ?? (request.path === kubeVirts ? list(kubeVirt) : undefined);
    if (typeof object === 'number') return json(response, failure(object, 'Forbidden'), object);
    return object === undefined ? json(response, failure(404, 'NotFound'), 404) : json(response, object);
  };
}

const list = (...items: KubernetesObject[]): object => ({ metadata: {}, items });

async function validating(
  objects: Readonly<Record<string, unknown>> = {},
  options: ConnectOptions = {},
): Promise<{ server: ScriptedServer; warnings: ApiWarning[] } & AsyncDisposable> {
  const warnings: ApiWarning[] = [];
  const server = await scriptedServer(serving(objects), {
    validate: 'admission',
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  return { server, warnings, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const requests = ({ seen }: ScriptedServer): string[] => seen.map(({ method, path }) => `${method} ${path}`);

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

describe('warnings', () => {
  afterEach(() => vi.restoreAllMocks());
  const deprecated: Answer = (_request, response) => {
    response.setHeader('warning', [
      '299 - "spec.running is \\"old\\""',
      '299 - "second, and last"',
      '199 - "no"',
    ]);
    json(response, good);
  };

  it('of the server reach the caller, also with an error', async () => {
    const warnings: ApiWarning[] = [];
    await using server = await scriptedServer(
      (request, response) => {
        if (request.method === 'GET') return deprecated(request, response);
        response.setHeader('warning', '299 - "refused and old"');
        json(response, failure(422, 'Invalid'), 422);
      },
      { onWarning: (warning) => warnings.push(warning) },
    );
    await server.client.virtualMachines.get('web');
    await expect(server.client.virtualMachines.create(good)).rejects.toMatchObject({ code: 'invalid' });
    expect(warnings).toEqual([
      { source: 'server', text: 'spec.running is "old"', method: 'GET', path: `${base}/web` },
      { source: 'server', text: 'second, and last', method: 'GET', path: `${base}/web` },
      { source: 'server', text: 'refused and old', method: 'POST', path: base },
    ]);
  });

  it('of a refusal reach the caller though nothing is sent', async () => {
    await using bench = await validating({}, { kubeVirt });
    const running = broken();
    const { runStrategy: _, ...spec } = running.spec;
    const call = bench.server.client.virtualMachines.create({ ...running, spec: { ...spec, running: true } });
    await expect(call).rejects.toMatchObject({ code: 'invalid' });
    expect(bench.warnings).toMatchObject([{ source: 'admission', name: 'web', kind: 'VirtualMachine' }]);
    expect(bench.server.seen).toEqual([]);
  });

  it('without a handler: only what validation left to the server is shown, once', async () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockReturnValue();
    await using server = await scriptedServer(serving({ [kubeVirts]: 403 }), { validate: 'admission' });
    await server.client.virtualMachines.create(good);
    await server.client.virtualMachines.create(good);
    expect(emitted.mock.calls).toEqual([
      [expect.stringContaining('KubeVirt objects cannot be read'), 'VirtkitWarning'],
    ]);
    await using other = await scriptedServer(deprecated);
    await other.client.virtualMachines.get('web');
    expect(emitted).toHaveBeenCalledTimes(1);
  });

  it('whose handler throws fail the call', async () => {
    await using server = await scriptedServer(deprecated, {
      onWarning: ({ text }) => {
        throw new Error(text);
      },
    });
    await expect(server.client.virtualMachines.get('web')).rejects.toThrow('spec.running');
  });
});

describe('options', () => {
  it.each([
    ['a name in another case', { kubeConfig: 'default' }, 'did you mean "kubeconfig"'],
    ['a name that is none', { url: 'https://x' }, 'the options are kubeconfig'],
    ['another validation', { server: 'https://x', validate: true }, '"schema" or "admission"'],
    ['no connection', { server: 'https://x', maxConnections: 0 }, 'maxConnections is 0'],
    ['half a try', { server: 'https://x', attempts: 0.5 }, 'attempts is 0.5'],
  ])('that a compiler would refuse are named: %s', async (_name, options, text) => {
    await expect(connect(options as ConnectOptions)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(text) as string,
    });
  });
});
