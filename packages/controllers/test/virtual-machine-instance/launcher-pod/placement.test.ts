import { describe, expect, it } from 'vitest';
import { configured, gated, podWith, type Change } from './rendering.ts';

const strict = gated('HypervStrictCheck');
const across = gated('CrossArchitectureVirtualization');

describe('node selector of the launcher pod', () => {
  const rows: [string, Change, Record<string, string>][] = [
    [
      "the user's labels win over the cluster's, and those over the architecture",
      {
        spec: { nodeSelector: { disk: 'ssd' } },
        configuration: configured({
          developerConfiguration: { nodeSelectors: { disk: 'hdd', 'kubernetes.io/arch': 'riscv' } },
        }),
      },
      { disk: 'ssd', 'kubernetes.io/arch': 'riscv' },
    ],
    [
      'CPUs of its own need a CPU manager',
      { domain: { cpu: { dedicatedCpuPlacement: true } } },
      { 'kubevirt.io/cpumanager': 'true' },
    ],
    [
      'a named model',
      { domain: { cpu: { model: 'Penryn' } } },
      { 'cpu-model.node.kubevirt.io/Penryn': 'true' },
    ],
    [
      'a required feature of any model',
      { domain: { cpu: { model: 'host-model', features: [{ name: 'vmx' }] } } },
      { 'cpu-feature.node.kubevirt.io/vmx': 'true' },
    ],
    [
      'the machine type',
      { domain: { machine: { type: 'q35' } } },
      { 'machine-type.node.kubevirt.io/q35': 'true' },
    ],
    [
      'the machine type in force',
      { domain: { machine: { type: 'q35' } }, status: { machine: { type: 'pc-q35-9.0' } } },
      { 'machine-type.node.kubevirt.io/pc-q35-9.0': 'true' },
    ],
    ['real time', { domain: { cpu: { realtime: {} } } }, { 'kubevirt.io/realtime': 'true' }],
    [
      'an enlightenment, where the cluster is strict',
      { configuration: strict, domain: { features: { hyperv: { synic: { enabled: true } } } } },
      { 'hyperv.node.kubevirt.io/synic': 'true' },
    ],
    [
      'nested Hyper-V, where the cluster is strict',
      { configuration: strict, domain: { features: { hyperv: { evmcs: {} } } } },
      { 'cpu-vendor.node.kubevirt.io/Intel': 'true' },
    ],
    [
      'the rate of the time stamp counter',
      {
        status: { topologyHints: { tscFrequency: 2_000_000 } },
        domain: { cpu: { features: [{ name: 'invtsc', policy: 'require' }] } },
      },
      { 'scheduling.node.kubevirt.io/tsc-frequency-2000000': 'true' },
    ],
    ['SEV', { domain: { launchSecurity: { sev: {} } } }, { 'kubevirt.io/sev': 'true' }],
    [
      'SEV-ES',
      { domain: { launchSecurity: { sev: { policy: { encryptedState: true } } } } },
      { 'kubevirt.io/sev': 'true', 'kubevirt.io/sev-es': 'true' },
    ],
    ['SEV-SNP', { domain: { launchSecurity: { snp: {} } } }, { 'kubevirt.io/sev-snp': 'true' }],
    ['TDX', { domain: { launchSecurity: { tdx: {} } } }, { 'kubevirt.io/tdx': 'true' }],
    [
      'Secure Execution',
      { spec: { architecture: 's390x' }, domain: { launchSecurity: {} } },
      { 'kubevirt.io/s390-pv': 'true' },
    ],
    ['emulation of other architectures', { configuration: across }, { 'kubevirt.io/vm-arch-amd64': 'true' }],
  ];
  it.each(rows)('asks for %s', (_title, change, labels) => {
    expect(podWith(change).spec.nodeSelector).toMatchObject(labels);
  });

  const absent: [string, Change, string][] = [
    ['host-model is no named model', { domain: { cpu: { model: 'host-model' } } }, 'cpu-model'],
    ['a feature without a model', { domain: { cpu: { features: [{ name: 'vmx' }] } } }, 'cpu-feature'],
    [
      'an optional feature',
      { domain: { cpu: { model: 'host-model', features: [{ name: 'vmx', policy: 'optional' }] } } },
      'cpu-feature',
    ],
    [
      'an enlightenment, where the cluster is not strict',
      { domain: { features: { hyperv: { synic: { enabled: true } } } } },
      'hyperv.node',
    ],
    [
      'an enlightenment that is not switched on in so many words',
      { configuration: strict, domain: { features: { hyperv: { synic: {} } } } },
      'hyperv.node',
    ],
    [
      'a machine type that is simulated',
      {
        domain: { machine: { type: 'q35' } },
        metadata: { annotations: { 'virtkit.dev/hypervisor': 'mock' } },
      },
      'machine-type',
    ],
    ['a rate that nothing needs', { status: { topologyHints: { tscFrequency: 2 } } }, 'tsc-frequency'],
    ['the architecture, where others are emulated', { configuration: across }, 'kubernetes.io/arch'],
  ];
  it.each(absent)('does not ask for %s', (_title, change, part) => {
    const keys = Object.keys(podWith(change).spec.nodeSelector!);
    expect(keys.filter((key) => key.includes(part))).toEqual([]);
  });
});

const obsolete = { key: 'node-labeller.kubevirt.io/obsolete-host-model', operator: 'DoesNotExist' };

describe('affinity of the launcher pod', () => {
  it("keeps guests with the host's model away from obsolete hosts, in each of the user's terms", () => {
    const own = (value: string) => ({ key: 'zone', operator: 'In' as const, values: [value] });
    const nodeAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [own('a')] }, { matchExpressions: [own('b')] }],
      },
    };
    const { affinity } = podWith({ spec: { affinity: { nodeAffinity } } }).spec;
    expect(affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual({
      nodeSelectorTerms: [
        { matchExpressions: [own('a'), obsolete] },
        { matchExpressions: [own('b'), obsolete] },
      ],
    });
  });

  it('is the user’s alone when the model is named', () => {
    expect(podWith({ domain: { cpu: { model: 'Penryn' } } }).spec.affinity).toBeUndefined();
  });

  it('keeps away from nodes with a forbidden feature', () => {
    const cpu = { model: 'Penryn', features: [{ name: 'vmx', policy: 'forbid' }] };
    expect(podWith({ domain: { cpu } }).spec.affinity?.nodeAffinity).toEqual({
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'cpu-feature.node.kubevirt.io/vmx', operator: 'DoesNotExist' }] },
        ],
      },
    });
  });

  it('keeps guests that reserve one disk apart', () => {
    const { affinity } = podWith({
      devices: { disks: [{ name: 'data', lun: { reservation: true } }] },
      spec: { volumes: [{ name: 'data', dataVolume: { name: 'shared' } }] },
      facts: { claims: new Map([['shared', { uid: 'u1', volumeMode: 'Block', accessModes: [] }]]) },
    }).spec;
    expect(affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      {
        labelSelector: { matchExpressions: [{ key: 'pr.kubevirt.io/u1', operator: 'Exists' }] },
        topologyKey: 'kubernetes.io/hostname',
      },
    ]);
  });

  it('prefers nodes of the own architecture where others are emulated', () => {
    const { affinity } = podWith({ configuration: across }).spec;
    expect(affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution).toEqual([
      {
        weight: 100,
        preference: {
          matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] }],
        },
      },
    ]);
  });
});
