import type { CPU, DomainResources } from '@virtkit/core-types';
import { clusterConfiguration } from '../../../src/index.ts';
import { cluster, inDomain, testInstanceSides, withCpu } from '../../support/instance-sides.ts';

type Amount = string | number;

const request = 'S.domain.resources.requests.cpu';
const limit = 'S.domain.resources.limits.cpu';
const placement = 'S.domain.cpu.dedicatedCpuPlacement';
const passthrough = 'S.domain.cpu.numa.guestMappingPassthrough';

const resources = (asked: Amount | undefined, most?: Amount): DomainResources => ({
  ...(asked === undefined ? {} : { requests: { cpu: asked } }),
  ...(most === undefined ? {} : { limits: { cpu: most } }),
});
const asking = (asked: Amount | undefined, most?: Amount) => inDomain({ resources: resources(asked, most) });

testInstanceSides('CPU requests', [
  { id: 'VMI-015', refuses: asking('-1m'), accepts: asking(0), reason: 'I', fields: [request] },
  {
    id: 'VMI-016',
    refuses: asking(undefined, -1),
    accepts: asking(undefined, 0),
    reason: 'I',
    fields: [limit],
  },
  {
    id: 'VMI-017',
    refuses: asking('1501m', 1.5),
    accepts: asking('1500m', 1.5),
    reason: 'I',
    fields: [request],
  },
  { id: 'VMI-017', refuses: asking(2, '1m'), accepts: asking(2, 0), reason: 'I', fields: [request] },
]);

const dedicated = (cpu: CPU, own: DomainResources, memory?: { guest?: string }) =>
  withCpu({ dedicatedCpuPlacement: true, ...cpu }, { resources: own, ...(memory ? { memory } : {}) });
const memory = (asked: string, most: string): DomainResources => ({
  requests: { memory: asked },
  limits: { memory: most },
});

testInstanceSides('dedicated CPUs', [
  {
    id: 'VMI-018',
    refuses: dedicated({ cores: 1 }, {}),
    accepts: dedicated({ cores: 1 }, {}, { guest: '1Gi' }),
    reason: 'I',
    fields: ['S.domain.resources.limits.memory'],
  },
  {
    id: 'VMI-018',
    refuses: dedicated({ cores: 1 }, {}, { guest: '0' }),
    accepts: withCpu(
      { cores: 1, dedicatedCpuPlacement: true },
      { memory: { hugepages: { pageSize: '2Mi' } } },
    ),
    reason: 'I',
    fields: ['S.domain.resources.limits.memory'],
  },
  {
    id: 'VMI-018',
    refuses: dedicated({ cores: 1 }, memory('0', '0')),
    accepts: dedicated({ cores: 1 }, memory('0', '1Gi')),
    reason: 'I',
    fields: ['S.domain.resources.limits.memory'],
  },
  {
    id: 'VMI-019',
    refuses: dedicated({}, resources('1500m')),
    accepts: dedicated({}, resources('2000m')),
    reason: 'I',
    fields: [request],
  },
  {
    // Only when they are dedicated.
    id: 'VMI-019',
    refuses: dedicated({}, resources('1500m')),
    accepts: asking('1500m'),
    reason: 'I',
    fields: [request],
  },
  {
    id: 'VMI-020',
    refuses: dedicated({}, resources(undefined, 0.5)),
    accepts: dedicated({}, resources(undefined, 1)),
    reason: 'I',
    fields: [limit],
  },
  {
    id: 'VMI-021',
    refuses: dedicated({ cores: 1 }, memory('1Gi', '1025Mi')),
    accepts: dedicated({ cores: 1 }, memory('1Gi', '1024Mi')),
    reason: 'I',
    fields: ['S.domain.resources.requests.memory'],
  },
  {
    id: 'VMI-021',
    refuses: dedicated({ cores: 1 }, memory('1Gi', '2Gi')),
    accepts: dedicated({ cores: 1 }, memory('0', '2Gi')),
    reason: 'I',
    fields: ['S.domain.resources.requests.memory'],
  },
  {
    id: 'VMI-022',
    refuses: dedicated({ cores: 0 }, resources(0)),
    accepts: dedicated({ threads: 1 }, resources(0)),
    reason: 'I',
    fields: [placement],
  },
  {
    id: 'VMI-023',
    refuses: dedicated({}, resources(2, 3)),
    accepts: dedicated({}, resources(2, 2)),
    reason: 'I',
    fields: [placement],
  },
  {
    id: 'VMI-024',
    refuses: dedicated({ sockets: 2, cores: 2 }, resources(2)),
    accepts: dedicated({ sockets: 2, cores: 2 }, resources(4)),
    reason: 'I',
    fields: [placement],
  },
  {
    // One of both is enough; what is not said does not multiply.
    id: 'VMI-024',
    refuses: dedicated({ threads: 2 }, resources(1, 1)),
    accepts: dedicated({ threads: 2 }, resources(1, 2)),
    reason: 'I',
    fields: [placement],
  },
  {
    // A topology that says nothing has nothing to agree with.
    id: 'VMI-024',
    refuses: dedicated({ cores: 1 }, resources(2)),
    accepts: dedicated({}, resources(2)),
    reason: 'I',
    fields: [placement],
  },
  {
    id: 'VMI-025',
    refuses: { architecture: 'arm64', ...dedicated({ threads: 2 }, {}) },
    accepts: { architecture: 'arm64', ...dedicated({ threads: 1 }, {}) },
    reason: 'I',
    fields: ['S.architecture'],
  },
  {
    // The cluster's architecture counts where the instance names none.
    id: 'VMI-025',
    refuses: { parts: dedicated({ threads: 2 }, {}), configuration: cluster({}, 'arm64') },
    accepts: {
      parts: { architecture: 'amd64', ...dedicated({ threads: 2 }, {}) },
      configuration: cluster({}, 'arm64'),
    },
    reason: 'I',
    fields: ['S.architecture'],
  },
  {
    id: 'VMI-026',
    refuses: dedicated({ threads: 3 }, resources(3)),
    accepts: dedicated({ threads: 2 }, resources(2)),
    reason: 'I',
    fields: [placement],
  },
]);

const numa = (cpu: CPU) => ({ numa: { guestMappingPassthrough: {} }, ...cpu });
const pages = { memory: { hugepages: { pageSize: '2Mi' } } };
/** A gate that is generally available cannot be switched off; the rule does not know that. */
const withoutNuma = { ...clusterConfiguration(), gates: new Set<never>() };

testInstanceSides('NUMA', [
  {
    id: 'VMI-027',
    refuses: { parts: withCpu(numa({})), configuration: withoutNuma },
    accepts: {
      parts: withCpu(numa({})),
      configuration: cluster({ developerConfiguration: { disabledFeatureGates: ['NUMA'] } }),
    },
    reason: 'I',
    fields: [passthrough],
  },
  {
    id: 'VMI-028',
    refuses: withCpu(numa({ dedicatedCpuPlacement: false })),
    accepts: withCpu(numa({ dedicatedCpuPlacement: true })),
    reason: 'I',
    fields: [passthrough],
  },
  {
    id: 'VMI-029',
    refuses: withCpu(numa({}), { memory: { guest: '1Gi' } }),
    accepts: withCpu(numa({}), pages),
    reason: 'I',
    fields: [passthrough],
  },
]);

const features = (...policies: (string | undefined)[]) =>
  withCpu({
    features: policies.map((policy) => ({ name: 'vmx', ...(policy === undefined ? {} : { policy }) })),
  });

testInstanceSides('virtual CPUs', [
  {
    id: 'VMI-030',
    refuses: withCpu({ isolateEmulatorThread: true }),
    accepts: withCpu({ isolateEmulatorThread: true, dedicatedCpuPlacement: true }),
    reason: 'I',
    fields: ['S.domain.cpu.isolateEmulatorThread'],
  },
  {
    id: 'VMI-031',
    refuses: features('require', 'Require', 'maybe'),
    accepts: features('', undefined, 'force', 'require', 'optional', 'disable', 'forbid'),
    reason: 'N',
    fields: ['S.domain.cpu.features[1].policy', 'S.domain.cpu.features[2].policy'],
  },
  {
    id: 'VMI-032',
    refuses: withCpu({ sockets: 3, maxSockets: 2 }),
    accepts: withCpu({ sockets: 2, maxSockets: 2 }),
    reason: 'I',
    fields: ['S.domain.cpu.sockets'],
  },
  {
    id: 'VMI-032',
    refuses: withCpu({ sockets: 2, maxSockets: 1 }),
    accepts: withCpu({ sockets: 2, maxSockets: 0 }),
    reason: 'I',
    fields: ['S.domain.cpu.sockets'],
  },
  {
    id: 'VMI-032',
    refuses: withCpu({ sockets: 2, maxSockets: 1 }),
    accepts: withCpu({ sockets: 2 }),
    reason: 'I',
    fields: ['S.domain.cpu.sockets'],
  },
  {
    id: 'VMI-035',
    refuses: withCpu({ realtime: {} }),
    accepts: withCpu({ realtime: {}, dedicatedCpuPlacement: true }),
    reason: 'R',
    fields: [placement],
  },
  {
    id: 'VMI-036',
    refuses: withCpu({ realtime: {}, numa: {} }),
    accepts: withCpu(numa({ realtime: {} })),
    reason: 'R',
    fields: [passthrough],
  },
  {
    id: 'VK-CPU',
    refuses: withCpu({ sockets: -1, threads: 2 ** 32 }),
    accepts: withCpu({ sockets: 0, threads: 2 ** 32 - 1 }),
    reason: 'I',
    fields: ['S.domain.cpu.sockets', 'S.domain.cpu.threads'],
  },
]);
