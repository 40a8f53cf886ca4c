import type { KubeVirt, KubeVirtConfiguration } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import {
  activeKubeVirt,
  builtInConfiguration,
  clusterConfiguration,
  configurationFaults,
  configurationReader,
  nextConfiguration,
} from '../../src/index.ts';
import { mergeConfiguration } from '../../src/configuration/merge.ts';
import { configured, kubevirtWith } from '../support/kubevirts.ts';
import { deepFreeze } from '../support/deep-freeze.ts';

describe('what the KubeVirt object says is laid on the defaults', () => {
  test.each<[string, KubeVirtConfiguration, KubeVirtConfiguration]>([
    [
      'members of objects one by one',
      { smbios: { product: 'P' } },
      { smbios: { product: 'P', family: 'KubeVirt' } },
    ],
    [
      'of objects within objects',
      { developerConfiguration: { logVerbosity: { virtAPI: 7 } } },
      { developerConfiguration: { cpuAllocationRatio: 10, logVerbosity: { virtAPI: 7, virtHandler: 2 } } },
    ],
    [
      'of maps too',
      { obsoleteCPUModels: { a: true, b: false } },
      { obsoleteCPUModels: { a: true, b: false } },
    ],
    ['lists as a whole', { supportedGuestAgentVersions: ['6.*'] }, { supportedGuestAgentVersions: ['6.*'] }],
    [
      'not an empty list',
      { supportedGuestAgentVersions: [] },
      { supportedGuestAgentVersions: ['2.*', '3.*', '4.*', '5.*'] },
    ],
    ['not an empty text', { smbios: { family: '' } }, { smbios: { family: 'KubeVirt' } }],
    [
      'not a zero number',
      { developerConfiguration: { cpuAllocationRatio: 0, pvcTolerateLessSpaceUpToPercent: 0 } },
      { developerConfiguration: { cpuAllocationRatio: 10, pvcTolerateLessSpaceUpToPercent: 10 } },
    ],
    [
      'not an empty default interface',
      { network: { defaultNetworkInterface: '' } },
      { network: { defaultNetworkInterface: 'bridge' } },
    ],
    [
      'an architecture member by member',
      { architectureConfiguration: { amd64: { machineType: '', emulatedMachines: ['pc*'] } } },
      { architectureConfiguration: { amd64: { machineType: 'q35', emulatedMachines: ['pc*'] } } },
    ],
    ['a zero that KubeVirt can tell from none', { memBalloonStatsPeriod: 0 }, { memBalloonStatsPeriod: 0 }],
    [
      'in migrations',
      { migrations: { progressTimeout: 0 } },
      { migrations: { progressTimeout: 0, completionTimeoutPerGiB: 150 } },
    ],
    [
      'in rate limits',
      { apiConfiguration: { restClient: { rateLimiter: { tokenBucketRateLimiter: { qps: 0, burst: 1 } } } } },
      { apiConfiguration: { restClient: { rateLimiter: { tokenBucketRateLimiter: { qps: 0, burst: 1 } } } } },
    ],
    [
      'and a false that it can tell from none',
      { network: { permitBridgeInterfaceOnPodNetwork: false } },
      { network: { permitBridgeInterfaceOnPodNetwork: false } },
    ],
    [
      'an empty object that is a setting',
      { virtualMachineOptions: { disableFreePageReporting: {} } },
      { virtualMachineOptions: { disableFreePageReporting: {} } },
    ],
  ])('%s', (_title, configuration, expected) => {
    expect(configured(deepFreeze(configuration)).values).toMatchObject(expected);
  });

  test('and members that no schema lists are kept, also dangerous names', () => {
    const odd = JSON.parse('{"obsoleteCPUModels":{"__proto__":true}}') as KubeVirtConfiguration;
    const { obsoleteCPUModels = {} } = configured(odd).values;
    expect(Object.keys(obsoleteCPUModels)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(obsoleteCPUModels)).toBe(Object.prototype);
  });

  test.each([
    [undefined, undefined, 'amd64'],
    [undefined, 'arm64', 'arm64'],
    ['s390x', 'arm64', 's390x'],
    ['ppc64le', 'arm64', 'arm64'],
  ] as const)(
    'status %s on a control plane of %s makes %s the default architecture',
    (status, own, expected) => {
      const given = { architectureConfiguration: { defaultArchitecture: 'riscv64' } };
      const facts = { status: { defaultArchitecture: status }, ...(own && { architecture: own }) };
      const { defaultArchitecture, values } = configured(given, facts);
      expect([defaultArchitecture, values.architectureConfiguration.defaultArchitecture]).toEqual([
        expected,
        expected,
      ]);
    },
  );
});

describe('a configuration that cannot be in force', () => {
  const developer = (developerConfiguration: KubeVirtConfiguration['developerConfiguration']) => ({
    developerConfiguration,
  });
  /** As it may be stored although the schema does not allow it. */
  const oddPolicy = JSON.parse('{"imagePullPolicy":"Sometimes"}') as KubeVirtConfiguration;

  test.each<[string, KubeVirtConfiguration, KubeVirtConfiguration]>([
    ['imagePullPolicy', oddPolicy, { imagePullPolicy: 'Never' }],
    [
      'developerConfiguration.memoryOvercommit',
      developer({ memoryOvercommit: -1 }),
      developer({ memoryOvercommit: 1 }),
    ],
    [
      'developerConfiguration.cpuAllocationRatio',
      developer({ cpuAllocationRatio: -1 }),
      developer({ cpuAllocationRatio: 1 }),
    ],
    [
      'developerConfiguration.pvcTolerateLessSpaceUpToPercent',
      developer({ pvcTolerateLessSpaceUpToPercent: 101 }),
      developer({ pvcTolerateLessSpaceUpToPercent: 100 }),
    ],
    [
      'developerConfiguration.pvcTolerateLessSpaceUpToPercent',
      developer({ pvcTolerateLessSpaceUpToPercent: -1 }),
      developer({ pvcTolerateLessSpaceUpToPercent: 1 }),
    ],
    [
      'network.defaultNetworkInterface',
      { network: { defaultNetworkInterface: 'macvtap' } },
      { network: { defaultNetworkInterface: 'slirp' } },
    ],
  ])('%s: the last one stays', (path, wrong, right) => {
    const mark = { cpuModel: 'marked' };
    const last = clusterConfiguration(kubevirtWith({ cpuModel: 'last' }));
    expect(nextConfiguration(last, kubevirtWith({ ...wrong, ...mark }))).toBe(last);
    expect(nextConfiguration(undefined, kubevirtWith({ ...wrong, ...mark }))).toEqual(clusterConfiguration());
    const next = nextConfiguration(last, kubevirtWith({ ...right, ...mark }));
    expect(next.values.cpuModel).toBe('marked');
    expect(configurationFaults(next.values)).toEqual([]);
    const broken = mergeConfiguration(builtInConfiguration, wrong);
    expect(configurationFaults(broken).map((fault) => fault.path)).toEqual([path]);
  });
});

describe('which KubeVirt object counts', () => {
  const named = (name: string, more: Parameters<typeof kubevirtWith>[1] = {}) =>
    kubevirtWith({}, { ...more, metadata: { name, namespace: 'kubevirt', ...more.metadata } });
  const deployed = { status: { phase: 'Deployed' } };
  const leaving = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };

  test.each<[string, KubeVirt[], Parameters<typeof activeKubeVirt>[1], string | undefined]>([
    ['none', [], {}, undefined],
    ['the first', [named('a'), named('b')], {}, 'a'],
    ['one that is not being deleted', [named('a', leaving), named('b')], {}, 'b'],
    [
      'one of the namespace of the installation',
      [named('a', { metadata: { namespace: 'other' } }), named('b')],
      { namespace: 'kubevirt' },
      'b',
    ],
    [
      'one with a phase, where an operator writes it',
      [named('a'), named('b', deployed)],
      { operated: true },
      'b',
    ],
    ['one without, where nobody does', [named('a'), named('b', deployed)], {}, 'a'],
  ])('%s', (_title, objects, facts, expected) => {
    expect(activeKubeVirt(objects, facts)?.metadata.name).toBe(expected);
  });
});

test('a reader remembers the last usable configuration, and what it has worked out', () => {
  const read = configurationReader({ architecture: 'arm64' });
  const bare = read([]);
  expect(bare).toEqual(clusterConfiguration(undefined, { architecture: 'arm64' }));
  expect(read([])).toBe(bare);
  const good = [kubevirtWith({ cpuModel: 'Haswell' })];
  const first = read(good);
  expect(first.values.cpuModel).toBe('Haswell');
  expect(read(good)).toBe(first);
  expect(read([kubevirtWith({ network: { defaultNetworkInterface: 'macvtap' } })])).toBe(first);
  expect(read([])).toEqual(bare);
});
