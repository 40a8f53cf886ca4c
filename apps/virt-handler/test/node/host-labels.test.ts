import { describe, expect, it } from 'vitest';
import { HostFactsSchema, type HostFacts } from '../../src/node/host-facts.ts';
import { heartbeatPatch } from '../../src/node/heartbeat.ts';
import { hostLabels, labelChanges, obsoleteHostModel } from '../../src/node/host-labels.ts';

interface Change {
  host?: Partial<HostFacts['host']>;
  domain?: Partial<HostFacts['domain']>;
  realtime?: boolean;
}

function factsOf({ host, domain, realtime }: Change = {}): HostFacts {
  return HostFactsSchema.parse({
    host: { arch: 'x86_64', guests: [], ...host },
    domain: { models: [], features: [], ...domain },
    ...(realtime === undefined ? {} : { realtime }),
  });
}

const guests = [
  { arch: 'x86_64', machines: [{ name: 'pc-q35-7.2' }, { name: 'q35' }] },
  { arch: 'aarch64', machines: [{ name: 'virt' }] },
];
const models: HostFacts['domain']['models'] = [
  { name: 'Haswell', usable: 'yes' },
  { name: 'EPYC', usable: 'no' },
  { name: 'maybe', usable: 'unknown' },
  { name: 'qemu64', usable: 'yes' },
  { name: 'qemu64-v1', usable: 'yes' },
];
const hostModel = {
  model: 'Haswell',
  vendor: 'Intel',
  features: [
    { name: 'vmx', policy: 'require' },
    { name: 'hle', policy: 'disable' },
  ],
};
const processor = { models, hostModel };
const model = 'cpu-model.node.kubevirt.io/';

describe('labels of a node', () => {
  it.each<[string, Change, Record<string, string>]>([
    ['nothing that it cannot do', {}, {}],
    [
      'machine types of its own architecture',
      { host: { guests } },
      { 'machine-type.node.kubevirt.io/pc-q35-7.2': 'true', 'machine-type.node.kubevirt.io/q35': 'true' },
    ],
    [
      'models that it can run and migrate to, without obsolete ones, and what its own model is',
      { domain: processor },
      {
        [`${model}Haswell`]: 'true',
        [`${model}maybe`]: 'true',
        'cpu-model-migration.node.kubevirt.io/Haswell': 'true',
        'cpu-model-migration.node.kubevirt.io/EPYC': 'true',
        'cpu-feature.node.kubevirt.io/vmx': 'true',
        'host-model-required-features.node.kubevirt.io/vmx': 'true',
        'host-model-cpu.node.kubevirt.io/Haswell': 'true',
        'cpu-vendor.node.kubevirt.io/Intel': 'true',
      },
    ],
    ['no models on arm64', { host: { arch: 'aarch64' }, domain: processor }, {}],
    [
      'the only vendor of s390x',
      { host: { arch: 's390x' }, domain: { hostModel: { model: 'z14', features: [] } } },
      { 'host-model-cpu.node.kubevirt.io/z14': 'true', 'cpu-vendor.node.kubevirt.io/IBM': 'true' },
    ],
    [
      'enlightenments, by their names in KubeVirt',
      { domain: { hyperv: ['relaxed', 'synic', 'stimer'] } },
      Object.fromEntries(
        ['base', 'time', 'synic', 'synic2', 'synictimer'].map((name) => [
          `hyperv.node.kubevirt.io/${name}`,
          'true',
        ]),
      ),
    ],
    ['no enlightenments where they are emulated', { domain: { hyperv: ['spinlocks', 'vendor_id'] } }, {}],
    [
      'its time stamp counter',
      { host: { tsc: { frequency: 2_400_000_000, scalable: false } } },
      {
        'cpu-timer.node.kubevirt.io/tsc-frequency': '2400000000',
        'cpu-timer.node.kubevirt.io/tsc-scalable': 'false',
      },
    ],
    ['real-time scheduling', { realtime: true }, { 'kubevirt.io/realtime': 'true' }],
    ['SEV', { domain: { features: ['sev'] } }, { 'kubevirt.io/sev': 'true' }],
    [
      'SEV with encrypted registers and nested paging',
      { domain: { features: ['sev'], sevEsGuests: 15, launchSecurity: ['sev', 'sev-snp'] } },
      { 'kubevirt.io/sev': 'true', 'kubevirt.io/sev-es': 'true', 'kubevirt.io/sev-snp': 'true' },
    ],
    ['no kinds of SEV without SEV', { domain: { sevEsGuests: 15, launchSecurity: ['sev-snp'] } }, {}],
    [
      'TDX and Secure Execution',
      { domain: { features: ['tdx', 's390-pv'] } },
      { 'kubevirt.io/tdx': 'true', 'kubevirt.io/s390-pv': 'true' },
    ],
  ])('tell %s', (_name, change, expected) => {
    expect(hostLabels(factsOf(change))).toEqual(expected);
  });

  it('tell that the host is called obsolete', () => {
    const obsoleteCpuModels = { Haswell: true, maybe: false };
    const facts = factsOf({ domain: processor });
    expect(hostLabels(facts, { obsoleteCpuModels })).toMatchObject({
      'node-labeller.kubevirt.io/obsolete-host-model': 'true',
      // The configuration replaces the built-in ones.
      [`${model}qemu64`]: 'true',
      [`${model}maybe`]: 'true',
    });
    expect(hostLabels(facts, { obsoleteCpuModels })).not.toHaveProperty([`${model}Haswell`]);
    expect([obsoleteHostModel(facts, { obsoleteCpuModels }), obsoleteHostModel(facts)]).toEqual([
      'Haswell',
      undefined,
    ]);
  });

  it('tell the architectures of guests where the gate is on', () => {
    const labels = hostLabels(factsOf({ host: { guests } }), { crossArchitecture: true });
    expect(labels).toMatchObject({
      'kubevirt.io/vm-arch-amd64': 'true',
      'kubevirt.io/vm-arch-arm64': 'true',
    });
  });
});

describe('changes of labels', () => {
  it('are what is new and what no longer holds, and leave others alone', () => {
    const present = {
      [`${model}Old`]: 'true',
      [`${model}Same`]: 'true',
      'kubevirt.io/sev-es': 'true',
      'cpu-vendor.node.kubevirt.io/AMD': 'true',
      'kubevirt.io/schedulable': 'true',
      'example.com/mine': 'yes',
    };
    expect(labelChanges(present, { [`${model}Same`]: 'true', [`${model}New`]: 'true' })).toEqual({
      [`${model}New`]: 'true',
      [`${model}Old`]: null,
      'kubevirt.io/sev-es': null,
    });
  });
});

describe('the heartbeat', () => {
  const facts = {
    hypervisors: ['mock'],
    hardwareVirtualization: { state: 'absent' },
    labels: { [`${model}New`]: 'true' },
    schedulable: true,
    cpuManager: false,
    endpoint: 'https://node:1',
  };
  const nodeWith = (annotations: Record<string, string>) => ({
    metadata: { name: 'node', labels: { [`${model}Old`]: 'true' }, annotations },
  });
  const beat = (annotations: Record<string, string>) =>
    heartbeatPatch(nodeWith(annotations), facts, new Date('2026-01-01T00:00:00.500Z'));

  it('says that the node is alive, and what it can do', () => {
    expect(beat({})).toEqual({
      metadata: {
        labels: {
          [`${model}New`]: 'true',
          [`${model}Old`]: null,
          'kubevirt.io/schedulable': 'true',
          'kubevirt.io/cpumanager': 'false',
          cpumanager: 'false',
          'virtkit.dev/hypervisor.mock': 'true',
        },
        annotations: {
          'kubevirt.io/heartbeat': '2026-01-01T00:00:00Z',
          'virtkit.dev/virt-handler-endpoint': 'https://node:1',
          'virtkit.dev/hardware-virtualization': '{"state":"absent"}',
        },
      },
    });
  });

  it('says that the node cannot take machines while something is missing', () => {
    const patch = heartbeatPatch(nodeWith({}), { ...facts, schedulable: false }, new Date());
    expect(patch).toMatchObject({ metadata: { labels: { 'kubevirt.io/schedulable': 'false' } } });
  });

  it('leaves the labels of a node alone that says so', () => {
    const patch = JSON.stringify(beat({ 'node-labeller.kubevirt.io/skip-node': '' }));
    expect(patch).not.toContain(model);
    expect(patch).toContain('kubevirt.io/schedulable');
  });
});
