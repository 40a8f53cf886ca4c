import type {
  DataVolumeTemplateSpec,
  DomainSpec,
  VirtualMachine,
  VirtualMachineInstanceSpec,
  VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import {
  architectureOfDataSources,
  clusterConfiguration,
  dataSourceKeys,
  defaultVirtualMachine,
  legacyFirmwareUuid,
  usesPciExpress,
  withLegacyFirmwareUuid,
  type DataSourceFacts,
  type MachineDefaultsInput,
} from '../../src/index.ts';
import { configured } from '../support/kubevirts.ts';

const builtIn = clusterConfiguration();
const machine = (
  spec: Partial<VirtualMachineInstanceSpec> = {},
  rest: Partial<VirtualMachine['spec']> = {},
): VirtualMachine => ({
  metadata: { name: 'vm', namespace: 'default' },
  spec: { runStrategy: 'Always', ...rest, template: { spec: { domain: { devices: {} }, ...spec } } },
});
const uuids = () => {
  let last = 0;
  return () => `uuid-${(last += 1)}`;
};
const complete = (given: VirtualMachine, input: Partial<MachineDefaultsInput> = {}) =>
  defaultVirtualMachine(given, { configuration: builtIn, uuid: uuids(), creating: true, ...input });
const templateOf = (given: VirtualMachine, input: Partial<MachineDefaultsInput> = {}) =>
  complete(given, input).spec.template;
const domain = (parts: Partial<DomainSpec>) => machine({ domain: { devices: {}, ...parts } });

test('nothing but what must stay the same over restarts is stored', () => {
  expect(complete(machine())).toEqual({
    metadata: { name: 'vm', namespace: 'default' },
    spec: {
      runStrategy: 'Always',
      template: {
        metadata: { annotations: { 'kubevirt.io/pci-topology-version': 'v3' } },
        spec: {
          architecture: 'amd64',
          domain: { devices: {}, firmware: { uuid: 'uuid-1', serial: 'uuid-2' }, machine: { type: 'q35' } },
        },
      },
    },
  });
});

test('a machine that is being deleted and one without a template spec stay as they are', () => {
  const leaving = { ...machine(), metadata: { name: 'vm', deletionTimestamp: '2026-01-01T00:00:00Z' } };
  expect(complete(leaving)).toEqual(leaving);
  const bare = { metadata: { name: 'vm' }, spec: { template: {} } };
  expect(complete(bare)).toEqual(bare);
});

describe('firmware identity', () => {
  test.each<[string, DomainSpec['firmware'], boolean, DomainSpec['firmware']]>([
    ['a new machine gets both', undefined, true, { uuid: 'uuid-1', serial: 'uuid-2' }],
    ['only what is missing', { uuid: 'own', serial: '' }, true, { uuid: 'own', serial: 'uuid-1' }],
    [
      'beside other members',
      { bootloader: { bios: {} } },
      true,
      { bootloader: { bios: {} }, uuid: 'uuid-1', serial: 'uuid-2' },
    ],
    ['an update gives none', undefined, false, undefined],
  ])('%s', (_title, firmware, creating, expected) => {
    expect(templateOf(domain({ firmware }), { creating }).spec?.domain.firmware).toEqual(expected);
  });

  test('a machine that never got one has the UUID of its name', () => {
    const uuid = '5a9fc181-957e-5c32-9e5a-2de5e9673531';
    expect(legacyFirmwareUuid('testvm')).toBe(uuid);
    const legacy = { ...domain({ firmware: { serial: 's', uuid: '' } }), metadata: { name: 'testvm' } };
    const { firmware } = withLegacyFirmwareUuid(legacy).spec.template.spec?.domain ?? {};
    expect(firmware).toEqual({ serial: 's', uuid });
  });

  test('which one that has a UUID, or no template spec, does not get', () => {
    const identified = domain({ firmware: { uuid: 'own' } });
    expect(withLegacyFirmwareUuid(identified)).toBe(identified);
    const bare = { metadata: { name: 'vm' }, spec: { template: {} } };
    expect(withLegacyFirmwareUuid(bare)).toBe(bare);
  });
});

describe('architecture and machine type', () => {
  const preference = { preferredArchitecture: 's390x', machine: { preferredMachineType: 'pc-q35-9.0' } };
  const arm = configured({}, { status: { defaultArchitecture: 'arm64' } });
  test.each<[string, VirtualMachine, Partial<MachineDefaultsInput>, string, string]>([
    ["are the cluster's", machine(), { configuration: arm }, 'arm64', 'virt'],
    ["are the preference's first", machine(), { configuration: arm, preference }, 's390x', 'pc-q35-9.0'],
    [
      'are the ones given before all',
      machine({ architecture: 'amd64', domain: { devices: {}, machine: { type: 'q35' } } }),
      { configuration: arm, preference },
      'amd64',
      'q35',
    ],
    [
      "come from the image before the cluster's",
      machine(),
      { configuration: arm, dataSourceArchitecture: 'amd64' },
      'amd64',
      'q35',
    ],
    [
      'come from the preference before the image',
      machine(),
      { preference: { preferredArchitecture: 'arm64' }, dataSourceArchitecture: 's390x' },
      'arm64',
      'virt',
    ],
    ['are filled in on updates too', machine(), { creating: false }, 'amd64', 'q35'],
  ])('%s', (_title, given, input, architecture, type) => {
    expect(templateOf(given, input).spec).toMatchObject({ architecture, domain: { machine: { type } } });
  });
});

describe('storage class of the preference', () => {
  const preference: VirtualMachinePreferenceSpec = { volumes: { preferredStorageClassName: 'fast' } };
  test.each<[string, DataVolumeTemplateSpec['spec'], DataVolumeTemplateSpec['spec']]>([
    ['for a claim', { pvc: {} }, { pvc: { storageClassName: 'fast' } }],
    ['for storage', { storage: {} }, { storage: { storageClassName: 'fast' } }],
    [
      'for both',
      { pvc: {}, storage: {} },
      { pvc: { storageClassName: 'fast' }, storage: { storageClassName: 'fast' } },
    ],
    ['not over another', { pvc: { storageClassName: 'own' } }, { pvc: { storageClassName: 'own' } }],
    [
      'not over another of storage',
      { storage: { storageClassName: 'own' } },
      { storage: { storageClassName: 'own' } },
    ],
    ['not for neither', {}, {}],
  ])('%s', (_title, spec, expected) => {
    const given = machine({}, { dataVolumeTemplates: [{ metadata: { name: 'dv' }, spec }] });
    expect(complete(given, { preference }).spec.dataVolumeTemplates?.[0]?.spec).toEqual(expected);
  });
});

describe('PCI Express', () => {
  test.each<[string | undefined, DomainSpec['machine'], boolean]>([
    ['amd64', undefined, true],
    ['amd64', { type: 'q35' }, true],
    ['amd64', { type: 'pc-q35-rhel9.4.0' }, true],
    ['amd64', { type: 'pc' }, false],
    ['amd64', {}, false],
    ['arm64', { type: 'virt-9.0' }, true],
    ['arm64', { type: 'not-virt' }, false],
    ['', undefined, true],
    [undefined, undefined, true],
    ['s390x', undefined, false],
    ['s390x', { type: 'q35' }, false],
  ])('on %s with %j: %s', (architecture, type, expected) => {
    expect(usesPciExpress({ architecture, domain: { devices: {}, machine: type } })).toBe(expected);
  });

  test('its placement is written down when a machine is made, and not over another', () => {
    const key = 'kubevirt.io/pci-topology-version';
    const annotationsOf = (given: VirtualMachine, creating: boolean) =>
      templateOf(given, { creating }).metadata?.annotations;
    expect(annotationsOf(machine(), true)).toEqual({ [key]: 'v3' });
    expect(annotationsOf(machine(), false)).toBeUndefined();
    expect(annotationsOf(domain({ machine: { type: 'pc' } }), true)).toBeUndefined();
    const placed = machine();
    placed.spec.template.metadata = { annotations: { [key]: 'v2', other: 'x' } };
    expect(annotationsOf(placed, true)).toEqual({ [key]: 'v2', other: 'x' });
  });
});

describe('architecture of the image', () => {
  const from = (...refs: { kind?: string; name: string; namespace?: string }[]) =>
    machine(
      {},
      {
        dataVolumeTemplates: refs.map(({ kind = 'DataSource', ...ref }) => ({
          metadata: { name: ref.name },
          spec: { sourceRef: { kind, ...ref } },
        })),
      },
    );
  const label = (architecture: string): DataSourceFacts => ({
    labels: { 'template.kubevirt.io/architecture': architecture },
  });
  const sources: Record<string, DataSourceFacts> = {
    'default/arm': label('arm64'),
    'images/arm': label('arm64'),
    'images/z': label('s390x'),
    'default/unknown': label('z80'),
    'default/unlabelled': {},
    'default/hop': { refersTo: { namespace: 'images', name: 'z' }, ...label('amd64') },
    'default/near-hop': { refersTo: { name: 'arm' } },
    'default/two-hops': { refersTo: { name: 'hop' } },
    'default/lost-hop': { refersTo: { name: 'missing' }, ...label('amd64') },
  };
  const find = (given: VirtualMachine) =>
    architectureOfDataSources(given, ({ namespace, name }) => sources[`${namespace}/${name}`]);

  test.each([
    ['its label', from({ name: 'arm' }), 'arm64'],
    ['the kind is written in any case', from({ kind: 'datasource', name: 'arm' }), 'arm64'],
    ['another namespace', from({ name: 'arm', namespace: 'images' }), 'arm64'],
    ['another kind does not count', from({ kind: 'Image', name: 'arm' }), undefined],
    ['one that is missing is passed over', from({ name: 'missing' }, { name: 'arm' }), 'arm64'],
    ['one with an unknown value is passed over', from({ name: 'unknown' }, { name: 'arm' }), 'arm64'],
    ['one without label is passed over', from({ name: 'unlabelled' }, { name: 'arm' }), 'arm64'],
    ['the first known one counts', from({ name: 'z', namespace: 'images' }, { name: 'arm' }), 's390x'],
    ['one that stands for another has the label of that', from({ name: 'hop' }), 's390x'],
    ['in its own namespace', from({ name: 'near-hop' }), 'arm64'],
    ['exactly one step is taken', from({ name: 'two-hops' }), 'amd64'],
    ['a step into nothing is passed over', from({ name: 'lost-hop' }), undefined],
    ['no templates', machine(), undefined],
  ])('%s', (_title, given, expected) => {
    expect(find(given)).toBe(expected);
  });

  test('what must be looked up is known before', () => {
    expect(
      dataSourceKeys(from({ name: 'a' }, { kind: 'Image', name: 'b' }, { name: 'c', namespace: 'd' })),
    ).toEqual([
      { namespace: 'default', name: 'a' },
      { namespace: 'd', name: 'c' },
    ]);
  });
});
