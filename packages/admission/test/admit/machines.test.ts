import type { DataSource } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { admit, isAdmitted, mutateRequest } from '../../src/admit/index.ts';
import { context, plainMachine, request, silence, type Circumstances } from './requests.ts';

const create = (spec: object = {}, circumstances: Circumstances = {}) =>
  admit(
    request('virtualmachines', { ...plainMachine, spec: { ...plainMachine.spec, ...spec } }),
    context(circumstances),
  );
const instancetype = { name: 'small', kind: 'VirtualMachineInstancetype' };
const object = (spec: object) => () => Promise.resolve({ metadata: { name: 'small' }, spec } as never);
const small = object({ cpu: { guest: 2 }, memory: { guest: '2Gi' } });

describe('a new machine', () => {
  test('gets what must stay the same over restarts, and nothing else', async () => {
    const result = await create();
    expect(result).toMatchObject({
      allowed: true,
      warnings: [],
      object: {
        spec: {
          template: {
            metadata: { annotations: { 'kubevirt.io/pci-topology-version': 'v3' } },
            spec: {
              architecture: 'amd64',
              domain: { machine: { type: 'q35' }, firmware: { uuid: expect.any(String) as string } },
            },
          },
        },
      },
    });
    expect(result.patch.map(({ op, path }) => [op, path])).toEqual([
      ['replace', '/spec'],
      ['replace', '/metadata'],
    ]);
    expect(JSON.stringify(result.object)).not.toContain('host-model');
  });

  test('that does not fit the schema is refused before anything else', async () => {
    const result = await create({ running: 'yes', instancetype: {} });
    expect(result).toMatchObject({ allowed: false, code: 422, reason: 'Invalid' });
    expect(result.causes).toEqual([{ message: expect.stringMatching(/^spec\.running: /) as string }]);
  });

  test('with a matcher that says nothing is refused by mutation', async () => {
    const mutated = await mutateRequest(
      request('virtualmachines', { ...plainMachine, spec: { ...plainMachine.spec, instancetype: {} } }),
      context(),
    );
    expect(mutated.causes).toMatchObject([{ reason: 'FieldValueNotFound', field: 'spec.instancetype' }]);
  });

  test('gets the matcher that a volume names', async () => {
    const volumes = [{ name: 'system', persistentVolumeClaim: { claimName: 'golden' } }];
    const template = { spec: { ...plainMachine.spec.template.spec, domain: { devices: {} }, volumes } };
    const labels = { 'instancetype.kubevirt.io/default-instancetype': 'small' };
    const persistentVolumeClaim = () => Promise.resolve({ metadata: { labels } });
    const spec = { template, instancetype: { inferFromVolume: 'system' } };
    const result = await create(spec, { lookups: { persistentVolumeClaim } });
    expect(result).toMatchObject({ allowed: true, object: { spec: { instancetype: { name: 'small' } } } });
    const refused = await create(spec);
    expect(refused).toMatchObject({ allowed: false, code: 400 });
    expect(refused.causes).toBeUndefined();
  });

  test('gets the architecture of the image that its disk is made from', async () => {
    const dataSource = (namespace: string, name: string): Promise<DataSource | undefined> =>
      Promise.resolve(
        name === 'alias'
          ? { metadata: {}, spec: { source: { dataSource: { namespace: 'images', name: 'arm' } } } }
          : {
              metadata: {
                labels: { 'template.kubevirt.io/architecture': namespace === 'images' ? 'arm64' : 'x' },
              },
              spec: { source: {} },
            },
      );
    const dataVolumeTemplates = [
      {
        metadata: { name: 'disk' },
        spec: { storage: {}, sourceRef: { kind: 'DataSource', namespace: 'default', name: 'alias' } },
      },
    ];
    const volumes = [{ name: 'disk', dataVolume: { name: 'disk' } }];
    const template = { spec: { ...plainMachine.spec.template.spec, volumes } };
    const result = await create({ dataVolumeTemplates, template }, { lookups: { dataSource } });
    expect(result).toMatchObject({
      allowed: true,
      object: {
        spec: { template: { spec: { architecture: 'arm64', domain: { machine: { type: 'virt' } } } } },
      },
    });
    const unreadable = await create({ dataVolumeTemplates, template }, { lookups: { dataSource: silence } });
    expect(unreadable).toMatchObject({ object: { spec: { template: { spec: { architecture: 'amd64' } } } } });
  });

  test('is judged with its instance type, which alone may give CPUs', async () => {
    const template = {
      spec: { ...plainMachine.spec.template.spec, domain: { devices: {}, cpu: { cores: 2 } } },
    };
    const result = await create({ instancetype, template }, { lookups: { object: small } });
    expect(result.causes).toMatchObject([
      { reason: 'FieldValueInvalid', field: 'spec.template.spec.domain.cpu.cores' },
    ]);
    const missing = await create({ instancetype, template });
    expect(missing.allowed).toBe(true);
    const unanswered = await create({ instancetype, template }, { lookups: { object: silence } });
    expect(unanswered.allowed).toBe(true);
  });

  test('must meet what its preference requires', async () => {
    const preference = { name: 'big', kind: 'VirtualMachinePreference' };
    const required = object({ requirements: { memory: { guest: '4Gi' } } });
    const result = await create({ preference }, { lookups: { object: required } });
    expect(result.causes).toMatchObject([
      { reason: 'FieldValueNotFound', field: 'spec.template.spec.domain.memory' },
    ]);
  });

  test('is refused as a whole where the cluster cannot give it a network', async () => {
    const result = await create({}, { defaultNetworkInterface: 'slirp' });
    expect(result).toMatchObject({ allowed: false, code: 400 });
    expect(result.reason).toBeUndefined();
  });

  test('is judged with the defaults of instances', async () => {
    const interfaces = [{ name: 'default', slirp: {} }];
    const networks = [{ name: 'default', pod: {} }];
    const domain = { devices: { interfaces } };
    const template = { spec: { domain, networks } };
    const result = await create({ template });
    // Withdrawn bindings are told of alone.
    expect(result.causes?.map(({ field }) => field)).toEqual(['spec.domain.devices.interfaces[0].slirp']);
  });

  test('may have an empty list of utility volumes, which is not kept', async () => {
    const template = { spec: { ...plainMachine.spec.template.spec, utilityVolumes: [] } };
    const result = await create({ template });
    expect(result.allowed).toBe(true);
    expect(JSON.stringify(result.object)).not.toContain('utilityVolumes');
  });

  test('is warned of what is deprecated', async () => {
    const spec = { running: true, runStrategy: undefined };
    expect((await create(spec)).warnings).toHaveLength(1);
  });
});

describe('a change of a machine', () => {
  const update = (machine: object, before: unknown = plainMachine, circumstances: Circumstances = {}) =>
    admit(
      request('virtualmachines', machine, { operation: 'UPDATE', oldObject: before }),
      context(circumstances),
    );

  test('passes as it is when the machine is being deleted', async () => {
    const leaving = {
      ...plainMachine,
      metadata: { ...plainMachine.metadata, deletionTimestamp: '2026-01-01T11:00:00Z' },
      spec: { ...plainMachine.spec, runStrategy: 'Sometimes' },
    };
    expect(await update(leaving)).toEqual({ allowed: true, object: leaving, patch: [], warnings: [] });
  });

  test('DVN-2 refuses a change of a stored machine that cannot be read', async () => {
    const result = await update(plainMachine, { ...plainMachine, spec: 7 });
    expect(result.causes).toEqual([
      { reason: 'UnexpectedServerResponse', message: expect.any(String) as string },
    ]);
  });

  test('DVN-2 accepts a change of one that can', async () => {
    expect((await update(plainMachine)).allowed).toBe(true);
  });

  test('looks the instance up where volumes are to be plugged', async () => {
    const volumeRequests = [
      {
        addVolumeOptions: {
          name: 'data',
          disk: { name: 'data', disk: { bus: 'scsi' } },
          volumeSource: { persistentVolumeClaim: { claimName: 'data' } },
        },
      },
    ];
    const asking = { ...plainMachine, status: { ready: true, volumeRequests } };
    const refused = await update(asking, plainMachine, { lookups: { instance: silence } });
    expect(refused).toMatchObject({ allowed: false, code: 400, message: 'the API server does not answer' });
    const status = request('virtualmachines', asking, {
      operation: 'UPDATE',
      subresource: 'status',
      oldObject: plainMachine,
    });
    const judged = await admit(status, context({ lookups: { instance: silence } }));
    expect(judged).toMatchObject({ allowed: false, code: 400 });
  });
});

test('the status of an object of no kind is refused', async () => {
  const status = request('virtualmachines', {}, { operation: 'UPDATE', subresource: 'status' });
  expect((await admit(status, context())).causes).toEqual([{ message: expect.any(String) as string }]);
});

test('what KubeVirt does not look at passes', async () => {
  const resource = { group: '', version: 'v1', plural: 'services' };
  const services = request('', { any: 'thing' }, { resource });
  expect(await admit(services, context())).toEqual({
    allowed: true,
    object: { any: 'thing' },
    patch: [],
    warnings: [],
  });
  expect(isAdmitted({ group: '', plural: 'services' }, 'CREATE')).toBe(false);
  expect(isAdmitted({ group: 'kubevirt.io', plural: 'kubevirts' }, 'DELETE')).toBe(true);
  expect(isAdmitted({ group: 'kubevirt.io', plural: 'virtualmachines' }, 'DELETE')).toBe(false);
});

test('a version that nobody serves is refused as a whole', async () => {
  const resource = { group: 'kubevirt.io', version: 'v9', plural: 'virtualmachines' };
  expect(await admit(request('', plainMachine, { resource }), context())).toMatchObject({ code: 400 });
  expect(
    await admit(request('', plainMachine, { resource: { ...resource, version: 'v1alpha3' } }), context()),
  ).toMatchObject({
    allowed: true,
  });
});
