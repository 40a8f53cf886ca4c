import { Quantity } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import type { LauncherFacts } from '../../../src/index.ts';
import { computeOf, configured, gated, podWith, type Change } from './rendering.ts';

const resourcesOf = (change: Change) => computeOf(podWith(change)).resources!;
/** An amount of memory without the overhead that the Pod itself states. */
const withoutOverhead = (change: Change, which: 'requests' | 'limits') => {
  const pod = podWith(change);
  const overhead = Quantity.parse(pod.metadata.annotations!['kubevirt.io/memory-overhead-bytes']!);
  const memory = Quantity.parse(computeOf(pod).resources![which]!['memory']!);
  return memory.sub(overhead).withFormat('binary').toString();
};
const limitedBy = (resource: string, labels = {}): LauncherFacts => ({
  quotaResources: new Set([resource]),
  namespaceLabels: labels,
});
const cpu = (counts: object) => ({ domain: { cpu: counts, memory: { guest: '1Gi' } } });

describe('CPU of the launcher', () => {
  const requests: [string, Change, string][] = [
    ['one, without a topology', {}, '100m'],
    ['the product of what the topology names', cpu({ sockets: 2, cores: 0, threads: 3 }), '600m'],
    [
      "the pool's threads count",
      { domain: { cpu: { cores: 2 }, ioThreads: { supplementalPoolThreadCount: 3 } } },
      '500m',
    ],
    [
      "the cluster's ratio",
      {
        ...cpu({ cores: 4 }),
        configuration: configured({ developerConfiguration: { cpuAllocationRatio: 3 } }),
      },
      '1333333334n',
    ],
    ['what the user asks for', { domain: { resources: { requests: { cpu: '2' } } } }, '2'],
    ['all of them, when they are its own', cpu({ cores: 2, dedicatedCpuPlacement: true }), '2'],
    [
      'one more for the emulator',
      cpu({ cores: 2, dedicatedCpuPlacement: true, isolateEmulatorThread: true }),
      '3',
    ],
    [
      'an even number in all, where that is wanted',
      {
        ...cpu({ cores: 2, dedicatedCpuPlacement: true, isolateEmulatorThread: true }),
        metadata: { annotations: { 'alpha.kubevirt.io/EmulatorThreadCompleteToEvenParity': '' } },
      },
      '4',
    ],
    [
      'the own number, without a topology',
      {
        domain: {
          cpu: { dedicatedCpuPlacement: true },
          resources: { limits: { cpu: '4' } },
          ioThreads: { supplementalPoolThreadCount: 1 },
        },
      },
      '5',
    ],
  ];
  it.each(requests)('is requested: %s', (_title, change, request) => {
    const { requests: given } = resourcesOf(change);
    expect(Quantity.parse(given!['cpu']!).equals(Quantity.parse(request))).toBe(true);
  });

  const limits: [string, Change, string | undefined][] = [
    ['not by itself', {}, undefined],
    ['when a quota of the namespace does', { ...cpu({ cores: 3 }), facts: limitedBy('limits.cpu') }, '3'],
    [
      'when the namespace is one of those that want it',
      {
        configuration: configured({ autoCPULimitNamespaceLabelSelector: { matchLabels: { limit: 'yes' } } }),
        facts: { namespaceLabels: { limit: 'yes' } },
      },
      '1',
    ],
    [
      'not in other namespaces',
      {
        configuration: configured({ autoCPULimitNamespaceLabelSelector: { matchLabels: { limit: 'yes' } } }),
        facts: { namespaceLabels: { limit: 'no' } },
      },
      undefined,
    ],
    [
      'as the user says',
      { domain: { resources: { limits: { cpu: '7' } } }, facts: limitedBy('limits.cpu') },
      '7',
    ],
    ['when they are its own', cpu({ cores: 2, dedicatedCpuPlacement: true }), '2'],
  ];
  it.each(limits)('is limited: %s', (_title, change, limit) => {
    expect(resourcesOf(change).limits!['cpu']).toBe(limit);
  });
});

describe('memory of the launcher', () => {
  const requests: [string, Change, string][] = [
    ["the guest's", {}, '1Gi'],
    ['what the user asks for', { domain: { resources: { requests: { memory: '2Gi' } } } }, '2Gi'],
    ['the limit, when only that is given', { domain: { resources: { limits: { memory: '3Gi' } } } }, '3Gi'],
    [
      "less than the guest's, where memory is overcommitted",
      { configuration: configured({ developerConfiguration: { memoryOvercommit: 200 } }) },
      '512Mi',
    ],
  ];
  it.each(requests)('is requested, beside the overhead: %s', (_title, change, request) => {
    expect(withoutOverhead(change, 'requests')).toBe(request);
  });

  it('is requested without the overhead when the user overcommits that', () => {
    const resources = { requests: { memory: '1Gi' }, overcommitGuestOverhead: true };
    expect(resourcesOf({ domain: { resources } }).requests!['memory']).toBe('1Gi');
  });

  it("is limited to the user's limit and the overhead", () => {
    const resources = { requests: { memory: '1Gi' }, limits: { memory: '2Gi' } };
    expect(withoutOverhead({ domain: { resources } }, 'limits')).toBe('2Gi');
  });

  const ratios: [string, LauncherFacts, number | undefined][] = [
    ['not without a quota', { namespaceLabels: {} }, undefined],
    ['to twice the request', limitedBy('limits.memory'), 2],
    [
      "to the namespace's ratio",
      limitedBy('limits.memory', { 'alpha.kubevirt.io/auto-memory-limits-ratio': '1.5' }),
      1.5,
    ],
    [
      'to twice the request when the ratio is below 1',
      limitedBy('limits.memory', { 'alpha.kubevirt.io/auto-memory-limits-ratio': '0.5' }),
      2,
    ],
    [
      'to twice the request when the ratio is no number',
      limitedBy('limits.memory', { 'alpha.kubevirt.io/auto-memory-limits-ratio': 'much' }),
      2,
    ],
  ];
  it.each(ratios)('is limited by a quota %s', (_title, facts, ratio) => {
    const { requests: given, limits } = resourcesOf({ facts });
    const request = Quantity.parse(given!['memory']!).toNumber();
    const limit = limits!['memory'];
    expect(limit === undefined ? undefined : Quantity.parse(limit).toNumber()).toBe(
      ratio === undefined ? undefined : request * ratio,
    );
  });

  it('is huge pages for the guest, and ordinary memory for the rest', () => {
    const change = { domain: { memory: { guest: '1Gi', hugepages: { pageSize: '2Mi' } } } };
    expect(resourcesOf(change)).toMatchObject({
      requests: { 'hugepages-2Mi': '1Gi' },
      limits: { 'hugepages-2Mi': '1Gi' },
    });
    expect(withoutOverhead(change, 'requests')).toBe('0');
    const more = {
      domain: { ...change.domain, resources: { requests: { memory: '3Gi' }, limits: { memory: '3Gi' } } },
    };
    expect(withoutOverhead(more, 'requests')).toBe('2Gi');
    expect(withoutOverhead(more, 'limits')).toBe('2Gi');
  });

  it('is limited to the request when CPUs are its own', () => {
    const { requests: given, limits } = resourcesOf(cpu({ cores: 2, dedicatedCpuPlacement: true }));
    expect(limits!['memory']).toBe(given!['memory']);
  });
});

describe('devices of the launcher', () => {
  const one = (name: string): [string, string] => [name, '1'];
  const emulated = configured({ developerConfiguration: { useEmulation: true } });
  const gpu = { name: 'gpu', deviceName: 'nvidia.com/A100' };
  const rows: [string, Change, [string, string][]][] = [
    [
      'a guest without interfaces',
      { devices: { autoattachPodInterface: false } },
      [one('devices.kubevirt.io/kvm')],
    ],
    [
      'a virtio interface',
      { devices: { interfaces: [{ name: 'a', masquerade: {} }] } },
      [one('devices.kubevirt.io/kvm'), one('devices.kubevirt.io/tun'), one('devices.kubevirt.io/vhost-net')],
    ],
    [
      'an emulated interface',
      { devices: { interfaces: [{ name: 'a', masquerade: {}, model: 'e1000' }] } },
      [one('devices.kubevirt.io/kvm'), one('devices.kubevirt.io/tun')],
    ],
    [
      'an emulated guest',
      { configuration: emulated, devices: { interfaces: [{ name: 'a', masquerade: {} }] } },
      [one('devices.kubevirt.io/tun')],
    ],
    [
      'a vsock',
      { devices: { autoattachPodInterface: false, autoattachVSOCK: true } },
      [one('devices.kubevirt.io/kvm'), one('devices.kubevirt.io/vhost-vsock')],
    ],
    [
      'the same GPU twice',
      { devices: { autoattachPodInterface: false, gpus: [gpu, { ...gpu, name: 'second' }] } },
      [one('devices.kubevirt.io/kvm'), ['nvidia.com/A100', '2']],
    ],
    [
      'a persistent reservation',
      { devices: { autoattachPodInterface: false, disks: [{ name: 'd', lun: { reservation: true } }] } },
      [one('devices.kubevirt.io/kvm'), one('devices.kubevirt.io/pr-helper')],
    ],
    [
      'SEV',
      { domain: { devices: { autoattachPodInterface: false }, launchSecurity: { snp: {} } } },
      [one('devices.kubevirt.io/kvm'), one('devices.kubevirt.io/sev')],
    ],
    [
      'TDX and IOMMUFD',
      { domain: { launchSecurity: { tdx: {} } }, configuration: gated('IOMMUFD') },
      [
        one('devices.kubevirt.io/iommufd'),
        one('devices.kubevirt.io/kvm'),
        one('devices.kubevirt.io/tdx'),
        one('devices.kubevirt.io/tun'),
      ],
    ],
    [
      'what networks ask for, where nothing else adds it',
      {
        devices: { autoattachPodInterface: false },
        configuration: configured({
          developerConfiguration: { disabledFeatureGates: ['ExternalNetResourceInjection'] },
        }),
        facts: {
          networkResources: new Map([
            ['red', 'intel.com/vf'],
            ['blue', 'intel.com/vf'],
          ]),
        },
      },
      [one('devices.kubevirt.io/kvm'), ['intel.com/vf', '2']],
    ],
  ];
  it.each(rows)('%s', (_title, change, devices) => {
    const { limits, requests } = resourcesOf(change);
    expect(Object.entries(limits!).sort()).toEqual(devices);
    expect(requests).toMatchObject(Object.fromEntries(devices));
  });

  it('must be permitted, where the cluster permits some', () => {
    const configuration = configured({
      permittedHostDevices: {
        mediatedDevices: [{ mdevNameSelector: 'A100', resourceName: 'nvidia.com/A100' }],
      },
    });
    const other = { name: 'other', deviceName: 'nvidia.com/H100' };
    const hostDevices = [{ name: 'card', deviceName: 'intel.com/card' }];
    expect(() => podWith({ configuration, devices: { gpus: [gpu] } })).not.toThrow();
    expect(() => podWith({ configuration, devices: { gpus: [gpu, other], hostDevices } })).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        message: expect.stringMatching(/GPU other .*HostDevice card /) as string,
      }),
    );
    expect(() =>
      podWith({ configuration, devices: { gpus: [{ name: 'claimed', claimName: 'c' }] } }),
    ).not.toThrow();
  });

  it('of resource claims are requested of these', () => {
    const change: Change = {
      spec: { resourceClaims: [{ name: 'claim', resourceClaimTemplateName: 'template' }] },
      devices: { gpus: [{ name: 'gpu', claimName: 'claim', requestName: 'request' }] },
    };
    expect(resourcesOf(change).claims).toEqual([{ name: 'claim', request: 'request' }]);
    expect(podWith(change).spec.resourceClaims).toEqual(change.spec?.resourceClaims);
    const off = configured({ developerConfiguration: { disabledFeatureGates: ['GPUsWithDRA'] } });
    expect(resourcesOf({ ...change, configuration: off }).claims).toBeUndefined();
  });
});

describe('ephemeral storage of the launcher', () => {
  it('is what the user asks for and a little more', () => {
    const resources = { requests: { 'ephemeral-storage': '1G' }, limits: { 'ephemeral-storage': '2G' } };
    expect(resourcesOf({ domain: { resources } })).toMatchObject({
      requests: { 'ephemeral-storage': '1050M' },
      limits: { 'ephemeral-storage': '2050M' },
    });
    expect(resourcesOf({}).limits).not.toHaveProperty('ephemeral-storage');
  });
});
