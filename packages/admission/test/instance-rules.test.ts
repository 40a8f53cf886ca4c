import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { defaultInstanceSpec } from '../src/defaults/instance-spec.ts';
import { instanceFindings } from '../src/validation/instance/index.ts';
import { configuration, stageRollout } from './support/configuration.ts';
import { instanceSpec } from './support/specs.ts';

type Change = (spec: VirtualMachineInstanceSpec) => void;

const devices = (spec: VirtualMachineInstanceSpec) => spec.domain.devices;
const nic: Change = (spec) => {
  spec.networks = [{ name: 'default', pod: {} }];
  devices(spec).interfaces = [{ name: 'default', masquerade: {} }];
};
const requests = (spec: VirtualMachineInstanceSpec) => spec.domain.resources!.requests!;
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' } as const;

/** One offence for each rule, and the field that it is found at. */
const offences: [rule: string, field: string, change: Change][] = [
  ['VMI-001', 'spec.hostname', (s) => void (s.hostname = 'Not.A.Label')],
  ['VMI-002', 'spec.subdomain', (s) => void (s.subdomain = 'under_score')],
  ['VMI-003', 'spec.domain.resources.requests.memory', (s) => void (requests(s)['memory'] = '-1Mi')],
  ['VMI-004', 'spec.domain.resources.requests.memory', (s) => void (requests(s)['memory'] = '999k')],
  [
    'VMI-005',
    'spec.domain.resources.limits.memory',
    (s) => void (s.domain.resources!.limits = { memory: '-1' }),
  ],
  [
    'VMI-006',
    'spec.domain.resources.requests.memory',
    (s) => void (s.domain.resources!.limits = { memory: '64Mi' }),
  ],
  ['VMI-011', 'spec.domain.machine.type', (s) => void (s.domain.machine = { type: 'pc-i440fx-9.0' })],
  ['VMI-015', 'spec.domain.resources.requests.cpu', (s) => void (requests(s)['cpu'] = '-100m')],
  ['VMI-016', 'spec.domain.resources.limits.cpu', (s) => void (s.domain.resources!.limits = { cpu: -1 })],
  [
    'VMI-017',
    'spec.domain.resources.requests.cpu',
    (s) => void (s.domain.resources = { requests: { memory: '1Gi', cpu: 2 }, limits: { cpu: '1500m' } }),
  ],
  [
    'VMI-031',
    'spec.domain.cpu.features[0].policy',
    (s) => void (s.domain.cpu = { features: [{ name: 'vmx', policy: 'maybe' }] }),
  ],
  ['VMI-032', 'spec.domain.cpu.sockets', (s) => void (s.domain.cpu = { sockets: 4, maxSockets: 2 })],
  ['VMI-033', 'spec.startStrategy', (s) => void (s.startStrategy = 'Sleeping')],
  [
    'VMI-034',
    'spec.startStrategy',
    (s) => {
      s.startStrategy = 'Paused';
      s.livenessProbe = { guestAgentPing: {} };
    },
  ],
  [
    'VMI-041',
    'spec.readinessProbe',
    (s) => void (s.readinessProbe = { guestAgentPing: {}, tcpSocket: { port: 22 } }),
  ],
  ['VMI-042', 'spec.livenessProbe', (s) => void (s.livenessProbe = { periodSeconds: 1 })],
  [
    'VMI-043',
    'spec.readinessProbe.httpGet',
    (s) => {
      devices(s).autoattachPodInterface = false;
      s.readinessProbe = { httpGet: { port: 80 } };
    },
  ],
  [
    'VMI-044',
    'spec.readinessProbe.tcpSocket',
    (s) => {
      devices(s).autoattachPodInterface = false;
      s.readinessProbe = { tcpSocket: { port: 22 } };
    },
  ],
  ['VMI-045', 'spec.evictionStrategy', (s) => void (s.evictionStrategy = 'Explode')],
  [
    'VMI-054',
    'spec.domain.devices.video',
    (s) => {
      devices(s).autoattachGraphicsDevice = false;
      devices(s).video = { type: 'vga' };
    },
  ],
  ['VMI-059', 'spec.serviceAccountName', (s) => void (s.serviceAccountName = 'A')],
  ['VK-MEM', 'spec.domain.memory.guest', (s) => void (s.domain.memory = { guest: 0 })],
  ['VK-CPU', 'spec.domain.cpu.cores', (s) => void (s.domain.cpu = { cores: -1 })],
  ['VK-GRACE', 'spec.terminationGracePeriodSeconds', (s) => void (s.terminationGracePeriodSeconds = -1)],
  [
    'TSC-01',
    'spec.topologySpreadConstraints[0].maxSkew',
    (s) => void (s.topologySpreadConstraints = [{ ...spread, maxSkew: 0 }]),
  ],
  [
    'TSC-02',
    'spec.topologySpreadConstraints[0].topologyKey',
    (s) => void (s.topologySpreadConstraints = [{ ...spread, topologyKey: 'a b' }]),
  ],
  ['DNS-2', 'spec.dnsConfig', (s) => void (s.dnsPolicy = 'None')],
  [
    'DNS-3',
    'spec.dnsConfig.nameservers',
    (s) => {
      s.dnsPolicy = 'None';
      s.dnsConfig = {};
    },
  ],
  [
    'DNS-4',
    'spec.dnsConfig.nameservers',
    (s) => void (s.dnsConfig = { nameservers: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '::1'] }),
  ],
  [
    'DNS-5',
    'spec.dnsConfig.nameservers[1]',
    (s) => void (s.dnsConfig = { nameservers: ['10.0.0.1', 'dns.example'] }),
  ],
  [
    'DNS-6',
    'spec.dnsConfig.searches',
    (s) => void (s.dnsConfig = { searches: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }),
  ],
  [
    'DNS-7',
    'spec.dnsConfig.searches',
    (s) => void (s.dnsConfig = { searches: Array<string>(5).fill('a'.repeat(60)) }),
  ],
  ['DNS-8', 'spec.dnsConfig.searches[0]', (s) => void (s.dnsConfig = { searches: ['not_a_domain'] })],
  ['DNS-9', 'spec.dnsConfig.options[0].name', (s) => void (s.dnsConfig = { options: [{ value: '1' }] })],
];

function judge(change: Change, root = 'spec') {
  const given = instanceSpec();
  change(given);
  return instanceFindings({ spec: defaultInstanceSpec(given, configuration), root, configuration });
}

test('an ordinary instance is not objected to', () => {
  expect(judge(() => undefined)).toEqual([]);
  expect(judge(nic)).toEqual([]);
});

describe('each rule objects to its offence', () => {
  test.each(offences)('%s at %s', (rule, field, change) => {
    expect(judge(change).map((finding) => [finding.rule, finding.field])).toContainEqual([rule, field]);
  });

  test('VMI-010, in a cluster that does not update machines live', () => {
    const spec = instanceSpec();
    spec.domain.memory = { guest: '256Mi' };
    spec.domain.resources = { limits: { memory: '128Mi' } };
    const subject = { spec, root: 'spec', configuration: stageRollout };
    expect(instanceFindings(subject)).toMatchObject([{ rule: 'VMI-010', field: 'spec.domain.memory.guest' }]);
  });
});

test('fields of a template are named as they are in its machine', () => {
  const findings = judge((spec) => void (spec.hostname = 'A'), 'spec.template.spec');
  expect(findings.map(({ field }) => field)).toEqual(['spec.template.spec.hostname']);
});
