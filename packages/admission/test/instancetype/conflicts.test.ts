import type { VirtualMachineInstanceSpec, VirtualMachineInstancetypeSpec } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { applyReferences } from '../../src/index.ts';
import { testSides, type Sides } from '../support/sides.ts';
import { bareSpec, sizeOf } from './subjects.ts';

interface Change {
  readonly domain?: Partial<VirtualMachineInstanceSpec['domain']>;
  readonly spec?: Partial<VirtualMachineInstanceSpec>;
  readonly annotations?: Record<string, string>;
  readonly size?: Partial<VirtualMachineInstancetypeSpec>;
}

function conflictsOf({ domain = {}, spec = {}, annotations, size = {} }: Change) {
  const target = { spec: bareSpec({ domain: { devices: {}, ...domain }, ...spec }), annotations };
  const applied = applyReferences(target, { instancetype: sizeOf(size) }, 'spec.template.spec');
  return applied.ok ? [] : applied.conflicts;
}

const root = 'spec.template.spec';
const cpu = (members: object) => ({ guest: 1, ...members });
const device = [{ name: 'one', deviceName: 'vendor.example/one' }];

const rows: readonly Sides<Change>[] = [
  {
    id: 'ITC-01',
    refuses: { spec: { nodeSelector: { a: 'b' } }, size: { nodeSelector: { c: 'd' } } },
    accepts: { spec: { nodeSelector: { a: 'b' } } },
    reason: 'I',
    fields: [`${root}.nodeSelector`],
    alone: true,
  },
  {
    id: 'ITC-02',
    refuses: { spec: { schedulerName: 'mine' }, size: { schedulerName: 'theirs' } },
    accepts: { spec: { schedulerName: 'mine' }, size: { schedulerName: '' } },
    reason: 'I',
    fields: [`${root}.schedulerName`],
  },
  {
    id: 'ITC-03',
    refuses: { domain: { resources: { requests: { cpu: '1' } } } },
    accepts: { domain: { resources: { requests: { 'ephemeral-storage': '1Gi' } } } },
    reason: 'I',
    fields: [`${root}.domain.resources.requests.cpu`],
  },
  {
    id: 'ITC-04',
    refuses: { domain: { resources: { limits: { cpu: '1' } } } },
    accepts: { domain: { resources: { limits: {} } } },
    reason: 'I',
    fields: [`${root}.domain.resources.limits.cpu`],
  },
  {
    id: 'ITC-05',
    refuses: { domain: { cpu: { sockets: 1, cores: 1, threads: 1 } } },
    accepts: { domain: { cpu: { sockets: 0, cores: 0, threads: 0 } } },
    reason: 'I',
    fields: ['sockets', 'cores', 'threads'].map((member) => `${root}.domain.cpu.${member}`),
  },
  {
    id: 'ITC-06',
    refuses: { domain: { cpu: { model: 'Penryn' } }, size: { cpu: cpu({ model: 'Skylake-Server' }) } },
    accepts: { domain: { cpu: { model: 'Penryn' } } },
    reason: 'I',
    fields: [`${root}.domain.cpu.model`],
  },
  {
    id: 'ITC-07',
    refuses: {
      domain: { cpu: { dedicatedCpuPlacement: true } },
      size: { cpu: cpu({ dedicatedCPUPlacement: false }) },
    },
    accepts: {
      domain: { cpu: { dedicatedCpuPlacement: false } },
      size: { cpu: cpu({ dedicatedCPUPlacement: true }) },
    },
    reason: 'I',
    fields: [`${root}.domain.cpu.dedicatedCPUPlacement`],
  },
  {
    id: 'ITC-08',
    refuses: {
      domain: { cpu: { isolateEmulatorThread: true } },
      size: { cpu: cpu({ isolateEmulatorThread: true }) },
    },
    accepts: { domain: { cpu: { isolateEmulatorThread: true } } },
    reason: 'I',
    fields: [`${root}.domain.cpu.isolateEmulatorThread`],
  },
  {
    id: 'ITC-09',
    refuses: {
      domain: { cpu: { numa: {}, realtime: {} } },
      size: { cpu: cpu({ numa: { guestMappingPassthrough: {} }, realtime: {} }) },
    },
    accepts: { domain: { cpu: { numa: {} } }, size: { cpu: cpu({ realtime: {} }) } },
    reason: 'I',
    fields: [`${root}.domain.cpu.numa`, `${root}.domain.cpu.realtime`],
  },
  {
    id: 'ITC-10',
    // The first one answers for all of memory.
    refuses: {
      domain: { memory: { guest: '1Gi', maxGuest: '2Gi' }, resources: { requests: { memory: '1Gi' } } },
      size: { memory: { guest: '1Gi', maxGuest: '2Gi' } },
    },
    accepts: { domain: { memory: { maxGuest: '2Gi', hugepages: { pageSize: '2Mi' } } } },
    reason: 'I',
    fields: [`${root}.domain.memory.guest`],
    alone: true,
  },
  {
    id: 'ITC-11',
    refuses: {
      domain: { ioThreads: { supplementalPoolThreadCount: 2 } },
      size: { ioThreads: { supplementalPoolThreadCount: 2 } },
    },
    accepts: { domain: { ioThreads: { supplementalPoolThreadCount: 2 } }, size: { ioThreads: {} } },
    reason: 'I',
    fields: [`${root}.domain.ioThreads.supplementalPoolThreadCount`],
  },
  {
    id: 'ITC-12',
    refuses: { domain: { ioThreadsPolicy: 'auto' }, size: { ioThreadsPolicy: 'auto' } },
    accepts: { domain: { ioThreadsPolicy: 'auto' } },
    reason: 'I',
    fields: [`${root}.domain.ioThreadsPolicy`],
  },
  {
    id: 'ITC-13',
    refuses: { domain: { launchSecurity: { sev: {} } }, size: { launchSecurity: { snp: {} } } },
    accepts: { domain: { launchSecurity: { sev: {} } } },
    reason: 'I',
    fields: [`${root}.domain.launchSecurity`],
  },
  {
    id: 'ITC-14',
    refuses: {
      domain: { devices: { gpus: device, hostDevices: device } },
      size: { gpus: device, hostDevices: device },
    },
    accepts: { domain: { devices: { gpus: [], hostDevices: device } }, size: { gpus: device } },
    reason: 'I',
    fields: [`${root}.domain.devices.gpus`, `${root}.domain.devices.hostDevices`],
  },
  {
    id: 'ITC-15',
    refuses: { annotations: { 'example.com/a': '1' }, size: { annotations: { 'example.com/a': '2' } } },
    accepts: {
      annotations: { 'example.com/a': '1', 'example.com/b': '1' },
      size: { annotations: { 'example.com/a': '1', 'example.com/c': '2' } },
    },
    reason: 'I',
    fields: ['annotations.example.com/a'],
  },
];

testSides('conflicts of a template with its instance type', rows, conflictsOf);

describe('conflicts', () => {
  it.each([
    ['hugepages', { hugepages: { pageSize: '2Mi' } }, {}, 'domain.memory.hugepages'],
    ['maxGuest', { maxGuest: '2Gi' }, {}, 'domain.memory.maxGuest'],
    ['a request', {}, { requests: { memory: '1Gi' } }, 'domain.resources.requests.memory'],
    ['a limit', {}, { limits: { memory: '1Gi' } }, 'domain.resources.limits.memory'],
  ])('of memory name %s where the guest size is not set', (_name, memory, resources, path) => {
    const size = { memory: { guest: '1Gi', hugepages: { pageSize: '1Gi' }, maxGuest: '4Gi' } };
    const fields = conflictsOf({ domain: { memory, resources }, size }).map(({ field }) => field);
    expect(fields).toEqual([`${root}.${path}`]);
  });

  it('are all told, in one order', () => {
    const found = conflictsOf({
      spec: { nodeSelector: { a: 'b' } },
      domain: { cpu: { cores: 2 }, memory: { guest: '2Gi' }, ioThreadsPolicy: 'shared' },
      size: { nodeSelector: {}, ioThreadsPolicy: 'auto' },
    });
    expect(found.map(({ rule }) => rule)).toEqual(['ITC-01', 'ITC-05', 'ITC-10', 'ITC-12']);
  });

  it('leave the target as it is, without the preference too', () => {
    const target = { spec: bareSpec({ domain: { devices: {}, memory: { guest: '2Gi' } } }) };
    const references = { instancetype: sizeOf(), preference: { preferredSubdomain: 'sub' } };
    expect(applyReferences(target, references, 'spec')).toMatchObject({
      ok: false,
      conflicts: [{ rule: 'ITC-10', field: 'spec.domain.memory.guest' }],
    });
  });
});
