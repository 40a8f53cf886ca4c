import type { KubeVirtConfiguration } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import {
  architectureSettings,
  commonInstancetypesEnabled,
  kubeVirtHypervisor,
  leastTlsVersion,
  mediatedDevicesEnabled,
  mediatedDeviceTypes,
  memoryOverheadRatio,
  persistentReservationEnabled,
  roleAggregation,
  virtTemplateEnabled,
  workloadDisruptionAllowed,
  type ArchitectureSettings,
  type ClusterConfiguration,
} from '../../src/index.ts';
import { configured } from '../support/kubevirts.ts';

const gates = (...featureGates: string[]) => ({ developerConfiguration: { featureGates } });
const withoutGate = (...disabledFeatureGates: string[]) => ({
  developerConfiguration: { disabledFeatureGates },
});

describe('settings of an architecture', () => {
  const arm64 = { machineType: 'own', emulatedMachines: ['own*'], ovmfPath: '/own' };
  const deprecated = { machineType: 'all', emulatedMachines: ['all*'], ovmfPath: '/all' };
  test.each<[string, string, KubeVirtConfiguration, Partial<ArchitectureSettings>]>([
    [
      'are built in',
      's390x',
      {},
      { machineType: 's390-ccw-virtio', emulatedMachines: ['s390-ccw-virtio*'], ovmfPath: '' },
    ],
    [
      'are those of amd64 for an unknown one',
      'z80',
      {},
      { machineType: 'q35', ovmfPath: '/usr/share/edk2/ovmf' },
    ],
    ['are what the cluster says of it', 'arm64', { architectureConfiguration: { arm64 } }, arm64],
    ["do not come from another's", 'amd64', { architectureConfiguration: { arm64 } }, { machineType: 'q35' }],
    [
      'are the deprecated ones for all before that',
      'arm64',
      { architectureConfiguration: { arm64 }, ...deprecated },
      deprecated,
    ],
    [
      'are not replaced by empty deprecated ones',
      'arm64',
      { machineType: '', emulatedMachines: [], ovmfPath: '' },
      { machineType: 'virt', emulatedMachines: ['virt*'], ovmfPath: '/usr/share/AAVMF' },
    ],
  ])('%s', (_title, architecture, configuration, expected) => {
    expect(architectureSettings(configured(configuration), architecture)).toMatchObject(expected);
  });
});

describe('settings that follow others', () => {
  test.each<[string, (configuration: ClusterConfiguration) => unknown, KubeVirtConfiguration, unknown]>([
    ['mediated devices are on', mediatedDevicesEnabled, {}, true],
    ['unless the gate switches them off', mediatedDevicesEnabled, gates('DisableMDEVConfiguration'), false],
    [
      'whatever the gate says, when it is set',
      mediatedDevicesEnabled,
      { ...gates('DisableMDEVConfiguration'), mediatedDevicesConfiguration: { enabled: true } },
      true,
    ],
    ['persistent reservation is off', persistentReservationEnabled, {}, false],
    ['on when its gate is listed', persistentReservationEnabled, gates('PersistentReservation'), true],
    [
      'off when it is set so',
      persistentReservationEnabled,
      { ...gates('PersistentReservation'), persistentReservationConfiguration: { enabled: false } },
      false,
    ],
    ['templates are on', virtTemplateEnabled, {}, true],
    ['off when set so', virtTemplateEnabled, { virtTemplateDeployment: { enabled: false } }, false],
    [
      'off whatever is set, with the gate off',
      virtTemplateEnabled,
      { ...withoutGate('Template'), virtTemplateDeployment: { enabled: true } },
      false,
    ],
    ['common instance types are on', commonInstancetypesEnabled, {}, true],
    [
      'common instance types are off',
      commonInstancetypesEnabled,
      { commonInstancetypesDeployment: { enabled: false } },
      false,
    ],
    ['no workload is disrupted', workloadDisruptionAllowed, {}, false],
    ['it is with post-copy', workloadDisruptionAllowed, { migrations: { allowPostCopy: true } }, true],
    [
      'it is not when that is said',
      workloadDisruptionAllowed,
      { migrations: { allowPostCopy: true, allowWorkloadDisruption: false } },
      false,
    ],
    ['the hypervisor is kvm', kubeVirtHypervisor, { hypervisors: [{ name: 'hyperv-direct' }] }, 'kvm'],
    [
      'the one that is set, with the gate on',
      kubeVirtHypervisor,
      { ...gates('ConfigurableHypervisor'), hypervisors: [{ name: 'hyperv-direct' }] },
      'hyperv-direct',
    ],
    ['roles are aggregated', roleAggregation, {}, 'AggregateToDefault'],
    ['roles are aggregated by hand', roleAggregation, { roleAggregationStrategy: 'Manual' }, 'Manual'],
    ['the overhead is as it is', memoryOverheadRatio, {}, 1],
    ['the overhead is multiplied', memoryOverheadRatio, { additionalGuestMemoryOverheadRatio: '1.5' }, 1.5],
    ['not by what is no number', memoryOverheadRatio, { additionalGuestMemoryOverheadRatio: 'much' }, 1],
    ['TLS 1.2 at least', leastTlsVersion, {}, 'VersionTLS12'],
    ['TLS as set', leastTlsVersion, { tlsConfiguration: { minTLSVersion: 'VersionTLS13' } }, 'VersionTLS13'],
  ])('%s', (_title, lookup, configuration, expected) => {
    expect(lookup(configured(configuration))).toBe(expected);
  });
});

test('types of mediated devices have a deprecated spelling, which counts where the other is empty', () => {
  const nodeSelector = { zone: 'a' };
  const mediatedDevicesConfiguration = {
    mediatedDevicesTypes: ['old'],
    nodeMediatedDeviceTypes: [
      { nodeSelector, mediatedDevicesTypes: ['old'], mediatedDeviceTypes: ['new'] },
      { nodeSelector, mediatedDevicesTypes: ['old'] },
    ],
  };
  expect(mediatedDeviceTypes(configured({ mediatedDevicesConfiguration }))).toEqual({
    everywhere: ['old'],
    onNodes: [
      { selector: nodeSelector, types: ['new'] },
      { selector: nodeSelector, types: ['old'] },
    ],
  });
  expect(mediatedDeviceTypes(configured({}))).toEqual({ everywhere: [], onNodes: [] });
});
