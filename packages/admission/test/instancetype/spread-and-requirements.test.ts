import type {
  VirtualMachineInstanceSpec,
  VirtualMachineInstancetypeSpec,
  VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyToMachine, guestTopology, requirementFindings, spreadFindings } from '../../src/index.ts';
import { testSides, type Sides } from '../support/sides.ts';
import { bareSpec, machineOf, sizeOf, topologyOf } from './subjects.ts';

const field = 'instancetype.spec.cpu.guest';
interface Spread {
  readonly guest: number;
  readonly preference: VirtualMachinePreferenceSpec;
}

const spreadRows: readonly Sides<Spread>[] = [
  {
    id: 'SPR-1',
    refuses: { guest: 5, preference: topologyOf('spread') },
    accepts: { guest: 6, preference: topologyOf('preferSpread') },
    reason: 'I',
    fields: [field],
    alone: true,
  },
  {
    id: 'SPR-2',
    refuses: { guest: 3, preference: topologyOf('spread', { spreadOptions: { across: 'CoresThreads' } }) },
    accepts: { guest: 4, preference: topologyOf('spread', { spreadOptions: { across: 'CoresThreads' } }) },
    reason: 'I',
    fields: [field],
    alone: true,
  },
  {
    id: 'SPR-3',
    refuses: {
      guest: 10,
      preference: topologyOf('spread', { spreadOptions: { across: 'SocketsCoresThreads', ratio: 2 } }),
    },
    accepts: {
      guest: 12,
      preference: topologyOf('spread', { spreadOptions: { across: 'SocketsCoresThreads', ratio: 3 } }),
    },
    reason: 'I',
    fields: [field],
    alone: true,
  },
];

testSides('virtual CPUs that are to be spread', spreadRows, ({ guest, preference }) =>
  spreadFindings({ instancetype: sizeOf({ cpu: { guest } }), preference }),
);

describe('spreading', () => {
  it('is judged before anything else of a machine, and only where a topology asks for it', () => {
    const machine = machineOf({
      template: { spec: bareSpec({ domain: { devices: {}, cpu: { cores: 3 } } }) },
    });
    const instancetype = sizeOf({ cpu: { guest: 3 } });
    const rulesFor = (preference: VirtualMachinePreferenceSpec) => {
      const applied = applyToMachine(machine, { instancetype, preference });
      return applied.ok ? [] : applied.findings.map(({ rule }) => rule);
    };
    expect(rulesFor(topologyOf('spread'))).toEqual(['SPR-1']);
    expect(rulesFor(topologyOf('cores', { spreadOptions: { ratio: 2 } }))).toEqual(['ITC-05']);
  });

  it('makes the number of virtual CPUs that the instance type has, whenever it comes out even', () => {
    const preferences = fc.record({
      preferredCPUTopology: fc.constantFrom(
        'sockets',
        'cores',
        'threads',
        'spread',
        'any',
        'preferSpread',
        'odd',
      ),
      spreadOptions: fc.record(
        {
          across: fc.constantFrom('SocketsCores', 'CoresThreads', 'SocketsCoresThreads'),
          ratio: fc.integer({ min: 0, max: 8 }),
        },
        { requiredKeys: [] },
      ),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), preferences, (guest, cpu) => {
        const preference = { cpu };
        fc.pre(spreadFindings({ instancetype: sizeOf({ cpu: { guest } }), preference }).length === 0);
        const { sockets, cores, threads } = guestTopology(guest, preference);
        expect(sockets * cores * threads).toBe(guest);
      }),
    );
  });
});

interface Requirement {
  readonly requirements: VirtualMachinePreferenceSpec['requirements'];
  readonly preference?: VirtualMachinePreferenceSpec;
  readonly size?: Partial<VirtualMachineInstancetypeSpec>;
  readonly domain?: Partial<VirtualMachineInstanceSpec['domain']>;
  readonly architecture?: string;
}

const template = 'spec.template.spec';
const cpu = { cpu: { guest: 4 } };
const spreadOver = (across: string) => topologyOf('spread', { spreadOptions: { across } });

const requirementRows: readonly Sides<Requirement>[] = [
  {
    id: 'PRQ-1',
    refuses: { requirements: cpu, size: { cpu: { guest: 3 } }, domain: { cpu: { sockets: 9 } } },
    accepts: { requirements: cpu, size: { cpu: { guest: 4 } } },
    reason: 'NF',
    fields: ['spec.instancetype'],
    alone: true,
  },
  {
    id: 'PRQ-2',
    refuses: { requirements: cpu },
    accepts: { requirements: cpu, domain: { cpu: {} } },
    reason: 'NF',
    fields: [`${template}.domain.cpu`],
    alone: true,
  },
  {
    id: 'PRQ-3',
    refuses: {
      requirements: cpu,
      preference: topologyOf('threads'),
      domain: { cpu: { threads: 3, cores: 8 } },
    },
    accepts: { requirements: cpu, preference: topologyOf('preferThreads'), domain: { cpu: { threads: 4 } } },
    reason: 'NF',
    fields: [`${template}.domain.cpu.threads`],
  },
  {
    id: 'PRQ-4',
    refuses: {
      requirements: cpu,
      preference: topologyOf('any'),
      domain: { cpu: { cores: 3, sockets: 1, threads: 1 } },
    },
    accepts: {
      requirements: cpu,
      preference: topologyOf('any'),
      domain: { cpu: { cores: 2, sockets: 2, threads: 1 } },
    },
    reason: 'NF',
    fields: [`${template}.domain.cpu.cores, ${template}.domain.cpu.sockets, ${template}.domain.cpu.threads`],
  },
  {
    id: 'PRQ-5',
    refuses: {
      requirements: cpu,
      preference: spreadOver('CoresThreads'),
      domain: { cpu: { sockets: 4, cores: 3, threads: 1 } },
    },
    accepts: {
      requirements: cpu,
      preference: spreadOver('CoresThreads'),
      domain: { cpu: { sockets: 1, cores: 2, threads: 2 } },
    },
    reason: 'NF',
    fields: [`${template}.domain.cpu.cores, ${template}.domain.cpu.threads`],
  },
  {
    id: 'PRQ-6',
    refuses: { requirements: { memory: { guest: '2Gi' } }, domain: { memory: { guest: '2047Mi' } } },
    accepts: { requirements: { memory: { guest: '2Gi' } }, domain: { memory: { guest: '2048Mi' } } },
    reason: 'NF',
    fields: [`${template}.domain.memory`],
  },
  {
    id: 'PRQ-7',
    refuses: { requirements: { architecture: 'arm64' }, architecture: 'amd64' },
    accepts: { requirements: { architecture: 'arm64' }, architecture: 'arm64' },
    reason: 'NF',
    fields: [`${template}.architecture`],
  },
];

function unmet({ requirements, preference = {}, size, domain = {}, architecture }: Requirement) {
  return requirementFindings({
    spec: bareSpec({
      domain: { devices: {}, ...domain },
      ...(architecture === undefined ? {} : { architecture }),
    }),
    instancetype: size === undefined ? undefined : sizeOf(size),
    preference: { ...preference, requirements },
  });
}

testSides('requirements of a preference', requirementRows, unmet);

describe('requirements', () => {
  it.each([
    ['sockets', undefined, ['sockets']],
    ['cores', topologyOf('cores'), ['cores']],
    ['sockets and cores', spreadOver('SocketsCores'), ['sockets', 'cores']],
    ['all three', spreadOver('SocketsCoresThreads'), ['sockets', 'cores', 'threads']],
  ])('of virtual CPUs look at %s', (_name, preference, members) => {
    const [found] = unmet({ requirements: cpu, preference: preference ?? {}, domain: { cpu: { cores: 1 } } });
    expect(found?.field).toBe(members.map((member) => `${template}.domain.cpu.${member}`).join(', '));
  });

  it('of memory are met by the instance type where the template has none, and answer at it', () => {
    const requirements = { memory: { guest: '2Gi' } };
    expect(unmet({ requirements, size: { memory: { guest: '2Gi' } } })).toEqual([]);
    expect(unmet({ requirements, size: {} }).map((one) => one.field)).toEqual(['spec.instancetype']);
    expect(unmet({ requirements }).map((one) => one.field)).toEqual([`${template}.domain.memory`]);
  });

  it('answer with the first that is not met', () => {
    const requirements = { ...cpu, memory: { guest: '2Gi' }, architecture: 'arm64' };
    expect(unmet({ requirements }).map(({ rule }) => rule)).toEqual(['PRQ-2']);
    expect(unmet({ requirements, domain: { cpu: { sockets: 4 } } }).map(({ rule }) => rule)).toEqual([
      'PRQ-6',
    ]);
  });

  it('are not looked at where there are none', () => {
    expect(requirementFindings({ spec: bareSpec(), preference: {} })).toEqual([]);
  });
});
