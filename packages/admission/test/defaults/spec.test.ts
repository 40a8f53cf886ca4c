import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { clusterConfiguration, defaultInstanceSpec, type ClusterConfiguration } from '../../src/index.ts';
import { configured } from '../support/kubevirts.ts';

type Spec = VirtualMachineInstanceSpec;
type Domain = Spec['domain'];

const builtIn = clusterConfiguration();
const devices = { autoattachPodInterface: false };

/** A spec without network, so that a row shows what it is about. */
const spec = (domain: Partial<Domain> = {}, rest: Partial<Spec> = {}): Spec => ({
  ...rest,
  domain: { devices, ...domain },
});
const complete = (given: Spec, configuration: ClusterConfiguration = builtIn) =>
  defaultInstanceSpec(given, configuration);

describe('architecture and machine type', () => {
  const arm = clusterConfiguration(undefined, { architecture: 'arm64' });
  const deprecated = configured({ machineType: 'pc-q35-9.0' });
  test.each<[string, Spec, ClusterConfiguration, string, string]>([
    [
      'D1-1: an architecture that is named stays',
      spec({}, { architecture: 's390x' }),
      arm,
      's390x',
      's390-ccw-virtio',
    ],
    ["D1-1: none or an empty one is the cluster's", spec({}, { architecture: '' }), arm, 'arm64', 'virt'],
    ['D1-2: a machine type that is named stays', spec({ machine: { type: 'pc' } }), builtIn, 'amd64', 'pc'],
    [
      "D1-2: an empty machine type is the architecture's",
      spec({ machine: { type: '' } }),
      builtIn,
      'amd64',
      'q35',
    ],
    [
      'D1-2: an unknown architecture has the machine type of amd64',
      spec({}, { architecture: 'z80' }),
      arm,
      'z80',
      'q35',
    ],
    [
      "D1-2: the cluster's own machine type goes before the architecture's",
      spec(),
      deprecated,
      'amd64',
      'pc-q35-9.0',
    ],
  ])('%s', (_title, given, configuration, architecture, machineType) => {
    const { architecture: chosen, domain } = complete(given, configuration);
    expect([chosen, domain.machine?.type]).toEqual([architecture, machineType]);
  });
});

describe('CPU request', () => {
  const asking = configured({ cpuRequest: '250m' });
  const sameAmount = configured({ cpuRequest: '0.1' });
  test.each<[string, Partial<Domain>, ClusterConfiguration, string | number | undefined]>([
    ['D1-3a: the limit, where nothing is requested', { resources: { limits: { cpu: '3' } } }, builtIn, '3'],
    [
      'D1-3a: the limit, where zero is requested',
      { resources: { limits: { cpu: 3 }, requests: { cpu: '0' } } },
      builtIn,
      3,
    ],
    [
      'D1-3a: not the limit, where something is requested',
      { resources: { limits: { cpu: '3' }, requests: { cpu: '1' } } },
      builtIn,
      '1',
    ],
    ['D1-3a: not a limit of zero', { resources: { limits: { cpu: '0' } } }, builtIn, undefined],
    ["D1-3b: the cluster's own, where nothing is requested", {}, asking, '250m'],
    ['D1-3b: not where zero is requested', { resources: { requests: { cpu: 0 } } }, asking, 0],
    ['D1-3b: not with dedicated CPUs', { cpu: { dedicatedCpuPlacement: true } }, asking, undefined],
    ['D1-3b: not the built-in one', {}, builtIn, undefined],
    ['D1-3b: not the built-in one in other words', {}, sameAmount, undefined],
  ])('%s', (_title, domain, configuration, request) => {
    expect(complete(spec(domain), configuration).domain.resources?.requests?.['cpu']).toBe(request);
  });
});

describe('guest memory', () => {
  const hugepages = { pageSize: '2Mi' };
  const resources = { requests: { memory: '1Gi' }, limits: { memory: '2Gi' } };
  test.each<[string, Partial<Domain>, Domain['memory']]>([
    ['D1-4: what is given stays', { memory: { guest: '3Gi' }, resources }, { guest: '3Gi' }],
    ['D1-4: the request', { memory: { hugepages }, resources }, { guest: '1Gi', hugepages }],
    [
      'D1-4: the limit, where the request is zero',
      { resources: { ...resources, requests: { memory: 0 } } },
      { guest: '2Gi' },
    ],
    [
      'D1-4: the page size, where nothing else says how much',
      { memory: { hugepages } },
      { guest: '2Mi', hugepages },
    ],
    [
      'D1-4: not a page size that is no quantity',
      { memory: { hugepages: { pageSize: 'huge' } } },
      { hugepages: { pageSize: 'huge' } },
    ],
    ['D1-4: the object is made though nothing is known', {}, {}],
  ])('%s', (_title, domain, memory) => {
    expect(complete(spec(domain)).domain.memory).toEqual(memory);
  });
});

describe('CPU topology', () => {
  test.each<[string, Partial<Domain>, Domain['cpu']]>([
    ['D1-5: one of each', {}, { sockets: 1, cores: 1, threads: 1 }],
    [
      'D1-5: sockets are the limit, rounded up',
      { resources: { limits: { cpu: '2500m' }, requests: { cpu: '1' } } },
      { sockets: 3, cores: 1, threads: 1 },
    ],
    [
      'D1-5: sockets are the request, where there is no limit',
      { resources: { requests: { cpu: 2 } } },
      { sockets: 2, cores: 1, threads: 1 },
    ],
    [
      'D1-5: zeros are as good as nothing',
      { cpu: { sockets: 0, cores: 0, threads: 0, model: 'm' } },
      { sockets: 1, cores: 1, threads: 1, model: 'm' },
    ],
    ['D1-5: a topology that is given in part is left alone', { cpu: { cores: 2 } }, { cores: 2 }],
  ])('%s', (_title, domain, cpu) => {
    expect(complete(spec(domain)).domain.cpu).toEqual(cpu);
  });
});

describe('pull policy', () => {
  test.each([
    ['guest:latest', undefined, 'Always'],
    ['guest', undefined, 'Always'],
    ['guest:1.0', undefined, 'IfNotPresent'],
    ['guest@sha256:00', undefined, 'IfNotPresent'],
    ['guest@digest', undefined, 'IfNotPresent'],
    ['registry:5000/guest', undefined, 'IfNotPresent'],
    ['guest', 'Never', 'Never'],
  ] as const)('D1-6: image %s with %s is pulled %s', (image, imagePullPolicy, policy) => {
    const volumes = [{ name: 'system', containerDisk: { image, imagePullPolicy } }];
    expect(complete(spec({}, { volumes })).volumes?.[0]?.containerDisk?.imagePullPolicy).toBe(policy);
  });
});

describe('eviction', () => {
  const migrating = configured({ evictionStrategy: 'LiveMigrate' });
  test.each<[string, string | undefined, ClusterConfiguration, string]>([
    ['D1-7: nothing happens', undefined, builtIn, 'None'],
    ['D1-7: what the cluster says', undefined, migrating, 'LiveMigrate'],
    ['D1-7: what is given stays', 'External', migrating, 'External'],
  ])('%s', (_title, evictionStrategy, configuration, strategy) => {
    expect(complete(spec({}, { evictionStrategy }), configuration).evictionStrategy).toBe(strategy);
  });
});

describe('disks', () => {
  const volume = (name: string) => ({ name, emptyDisk: { capacity: 1 } });
  test.each<[string, Spec, unknown]>([
    [
      'D1-9: a disk for each volume that nothing shows',
      spec(
        { devices: { ...devices, disks: [{ name: 'b' }], filesystems: [{ name: 'c', virtiofs: {} }] } },
        { volumes: [volume('a'), volume('b'), volume('c'), volume('d')] },
      ),
      [{ name: 'b' }, { name: 'a' }, { name: 'd' }],
    ],
    [
      'D1-9: for memory dumps too',
      spec({}, { volumes: [{ name: 'dump', memoryDump: { claimName: 'dump' } }] }),
      [{ name: 'dump' }],
    ],
    ['D1-9: none without volumes', spec(), undefined],
  ])('%s', (_title, given, disks) => {
    expect(complete(given).domain.devices.disks).toEqual(disks);
  });
});
