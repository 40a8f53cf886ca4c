import type { VirtualMachineInstancetypeSpec, VirtualMachinePreferenceSpec } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { applyReferences, type ReferenceTarget } from '../../src/index.ts';
import { bareSpec, sizeOf, topologyOf } from './subjects.ts';

function apply(
  instancetype: VirtualMachineInstancetypeSpec | undefined,
  preference?: VirtualMachinePreferenceSpec,
  target: ReferenceTarget = { spec: bareSpec() },
): ReferenceTarget {
  const applied = applyReferences(target, { instancetype, preference }, 'spec');
  if (!applied.ok) throw new Error(applied.conflicts.map(({ message }) => message).join());
  return applied.target;
}

const across = (name: string, ratio?: number) =>
  topologyOf('spread', { spreadOptions: { across: name, ...(ratio === undefined ? {} : { ratio }) } });

describe('an instance type', () => {
  it.each<[string, number, VirtualMachinePreferenceSpec | undefined, [number, number, number]]>([
    ['sockets without a preference', 4, undefined, [4, 1, 1]],
    ['sockets without a topology', 4, {}, [4, 1, 1]],
    ['sockets for any', 4, topologyOf('any'), [4, 1, 1]],
    ['sockets in the old spelling', 4, topologyOf('preferSockets'), [4, 1, 1]],
    ['cores', 4, topologyOf('cores'), [1, 4, 1]],
    ['threads', 4, topologyOf('preferThreads'), [1, 1, 4]],
    ['a spread', 8, topologyOf('spread'), [4, 2, 1]],
    [
      'a spread by the older ratio',
      8,
      { ...topologyOf('spread'), preferSpreadSocketToCoreRatio: 4 },
      [2, 4, 1],
    ],
    [
      'a spread whose older ratio is 0',
      8,
      { ...topologyOf('spread'), preferSpreadSocketToCoreRatio: 0 },
      [4, 2, 1],
    ],
    ['a spread over cores and threads', 8, across('CoresThreads'), [1, 4, 2]],
    ['a spread over all three', 12, across('SocketsCoresThreads', 3), [2, 3, 2]],
    [
      'a spread with both ratios',
      8,
      { ...across('SocketsCores', 8), preferSpreadSocketToCoreRatio: 4 },
      [1, 8, 1],
    ],
    ['one virtual CPU', 1, topologyOf('spread'), [1, 1, 1]],
  ])('makes %s of its virtual CPUs', (_name, guest, preference, [sockets, cores, threads]) => {
    const { spec } = apply(sizeOf({ cpu: { guest } }), preference);
    expect(spec.domain.cpu).toEqual({ sockets, cores, threads });
  });

  it('sets everything that it names', () => {
    const device = [{ name: 'one', deviceName: 'vendor.example/one' }];
    const instancetype = sizeOf({
      cpu: {
        guest: 2,
        model: 'Skylake-Server',
        dedicatedCPUPlacement: true,
        isolateEmulatorThread: true,
        numa: { guestMappingPassthrough: {} },
        realtime: { mask: '0' },
        maxSockets: 8,
      },
      memory: { guest: '2Gi', hugepages: { pageSize: '2Mi' }, maxGuest: '8Gi' },
      nodeSelector: { zone: 'a' },
      schedulerName: 'mine',
      ioThreads: { supplementalPoolThreadCount: 4 },
      ioThreadsPolicy: 'supplementalPool',
      launchSecurity: { sev: {} },
      gpus: device,
      hostDevices: device,
      annotations: { 'example.com/size': 'two' },
    });
    expect(apply(instancetype, undefined, { spec: bareSpec(), annotations: { own: 'yes' } })).toEqual({
      annotations: { own: 'yes', 'example.com/size': 'two' },
      spec: {
        nodeSelector: { zone: 'a' },
        schedulerName: 'mine',
        domain: {
          cpu: {
            sockets: 2,
            cores: 1,
            threads: 1,
            model: 'Skylake-Server',
            dedicatedCpuPlacement: true,
            isolateEmulatorThread: true,
            numa: { guestMappingPassthrough: {} },
            realtime: { mask: '0' },
            maxSockets: 8,
          },
          memory: { guest: '2Gi', hugepages: { pageSize: '2Mi' }, maxGuest: '8Gi' },
          ioThreads: { supplementalPoolThreadCount: 4 },
          ioThreadsPolicy: 'supplementalPool',
          launchSecurity: { sev: {} },
          devices: { gpus: device, hostDevices: device },
        },
      },
    });
  });

  it('replaces maxSockets, which is no conflict, and keeps other settings of CPU and memory', () => {
    const spec = bareSpec({
      domain: {
        devices: {},
        cpu: { maxSockets: 2, features: [{ name: 'vmx' }] },
        memory: { reservedOverhead: { addedOverhead: '1Mi' } },
      },
    });
    const { domain } = apply(sizeOf({ cpu: { guest: 1, maxSockets: 16 } }), undefined, { spec }).spec;
    expect(domain.cpu).toMatchObject({ maxSockets: 16, features: [{ name: 'vmx' }] });
    expect(domain.memory).toEqual({ guest: '1Gi', reservedOverhead: { addedOverhead: '1Mi' } });
  });

  it.each([
    ['1Gi', 50, '512Mi'],
    ['1Gi', 15, '912680576'],
    ['1G', 10, '900M'],
    ['1Gi', 100, '0'],
  ])('asks for %s less %d percent as KubeVirt computes it', (guest, overcommitPercent, wanted) => {
    const { domain } = apply(sizeOf({ memory: { guest, overcommitPercent } })).spec;
    expect(domain.resources?.requests).toEqual({ memory: wanted });
  });
});

describe('references', () => {
  it('that there are none of change nothing', () => {
    const target = { spec: bareSpec(), annotations: { a: 'b' } };
    expect(applyReferences(target, {}, 'spec')).toEqual({ ok: true, target });
  });

  it('give annotations in this order: own, instance type, preference', () => {
    const target = { spec: bareSpec(), annotations: { a: 'own' } };
    const { annotations } = apply(
      sizeOf({ annotations: { b: 'type' } }),
      { annotations: { a: 'preference', b: 'preference', c: 'preference' } },
      target,
    );
    expect(annotations).toEqual({ a: 'own', b: 'type', c: 'preference' });
  });
});
