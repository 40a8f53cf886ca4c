import { describe, expect, test } from 'vitest';
import { builtInMigrationTuning, clusterConfiguration } from '../../src/index.ts';

const { values } = clusterConfiguration();

/** The member at a path such as `network.defaultNetworkInterface`. */
function at(path: string, root: unknown = values): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], root);
}

const limiter = (component: string) => `${component}.restClient.rateLimiter.tokenBucketRateLimiter`;

describe('without a word from the KubeVirt object', () => {
  test.each<[string, unknown]>([
    ['additionalGuestMemoryOverheadRatio', undefined],
    [limiter('apiConfiguration'), { qps: 200, burst: 400 }],
    [limiter('controllerConfiguration'), { qps: 200, burst: 400 }],
    [limiter('handlerConfiguration'), { qps: 50, burst: 100 }],
    [limiter('webhookConfiguration'), { qps: 200, burst: 400 }],
    [
      'architectureConfiguration.amd64',
      { machineType: 'q35', emulatedMachines: ['q35*', 'pc-q35*'], ovmfPath: '/usr/share/edk2/ovmf' },
    ],
    [
      'architectureConfiguration.arm64',
      { machineType: 'virt', emulatedMachines: ['virt*'], ovmfPath: '/usr/share/AAVMF' },
    ],
    [
      'architectureConfiguration.s390x',
      { machineType: 's390-ccw-virtio', emulatedMachines: ['s390-ccw-virtio*'], ovmfPath: '' },
    ],
    ['architectureConfiguration.ppc64le', undefined],
    ['architectureConfiguration.defaultArchitecture', 'amd64'],
    ['autoCPULimitNamespaceLabelSelector', undefined],
    ['changedBlockTrackingLabelSelectors', undefined],
    ['commonInstancetypesDeployment', undefined],
    ['confidentialCompute.tdx.attestation.enforced', false],
    ['confidentialCompute.tdx.attestation.qgsSocketPath', '/var/run/tdx-qgs/qgs.socket'],
    ['cpuModel', ''],
    ['cpuRequest', '100m'],
    ['defaultRuntimeClass', ''],
    ['developerConfiguration.featureGates', []],
    ['developerConfiguration.disabledFeatureGates', []],
    ['developerConfiguration.useEmulation', false],
    ['developerConfiguration.memoryOvercommit', 100],
    ['developerConfiguration.pvcTolerateLessSpaceUpToPercent', 10],
    ['developerConfiguration.minimumReservePVCBytes', 131072],
    ['developerConfiguration.nodeSelectors', undefined],
    ['developerConfiguration.cpuAllocationRatio', 10],
    ['developerConfiguration.minimumClusterTSCFrequency', undefined],
    ['developerConfiguration.diskVerification.memoryLimit', 2000 * 1024 * 1024],
    ['developerConfiguration.logVerbosity.virtAPI', 2],
    ['developerConfiguration.logVerbosity.virtController', 2],
    ['developerConfiguration.logVerbosity.virtHandler', 2],
    ['developerConfiguration.logVerbosity.virtLauncher', 2],
    ['developerConfiguration.logVerbosity.virtOperator', 2],
    ['developerConfiguration.logVerbosity.virtSynchronizationController', 0],
    ['developerConfiguration.logVerbosity.nodeVerbosity', undefined],
    ['developerConfiguration.clusterProfiler', false],
    ['emulatedMachines', undefined],
    ['evictionStrategy', 'None'],
    ['hypervisors', [{ name: 'kvm' }]],
    ['imagePullPolicy', 'IfNotPresent'],
    ['instancetype.referencePolicy', 'reference'],
    ['ksmConfiguration', undefined],
    ['liveUpdateConfiguration.maxHotplugRatio', 4],
    ['liveUpdateConfiguration.maxCpuSockets', undefined],
    ['liveUpdateConfiguration.maxGuest', undefined],
    ['machineType', ''],
    ['mediatedDevicesConfiguration', undefined],
    ['memBalloonStatsPeriod', 10],
    ['migrations.parallelMigrationsPerCluster', 5],
    ['migrations.parallelOutboundMigrationsPerNode', 2],
    ['migrations.nodeDrainTaintKey', 'kubevirt.io/drain'],
    ['migrations.bandwidthPerMigration', '0Mi'],
    ['migrations.progressTimeout', 150],
    ['migrations.completionTimeoutPerGiB', 150],
    ['migrations.utilityVolumesTimeout', 150],
    ['migrations.maxDowntimeMs', 900],
    ['migrations.unsafeMigrationOverride', false],
    ['migrations.allowAutoConverge', false],
    ['migrations.allowPostCopy', false],
    ['migrations.allowWorkloadDisruption', undefined],
    ['migrations.disableTLS', undefined],
    ['migrations.network', undefined],
    ['migrations.matchSELinuxLevelOnMigration', undefined],
    ['minCPUModel', ''],
    ['network.defaultNetworkInterface', 'bridge'],
    ['network.permitBridgeInterfaceOnPodNetwork', true],
    ['network.binding', undefined],
    ['obsoleteCPUModels', undefined],
    ['ovmfPath', ''],
    ['permittedHostDevices', undefined],
    ['persistentReservationConfiguration', undefined],
    ['roleAggregationStrategy', undefined],
    ['seccompConfiguration', undefined],
    ['selinuxLauncherType', ''],
    ['smbios', { family: 'KubeVirt', manufacturer: 'KubeVirt', product: 'None', sku: '', version: '' }],
    ['supportContainerResources', undefined],
    ['supportedGuestAgentVersions', ['2.*', '3.*', '4.*', '5.*']],
    ['tlsConfiguration', undefined],
    ['virtTemplateDeployment', undefined],
    ['virtualMachineInstancesPerNode', undefined],
    ['virtualMachineOptions', undefined],
    ['vmRolloutStrategy', 'LiveUpdate'],
    ['vmStateStorageClass', ''],
  ])('%s is %j', (path, value) => {
    expect(at(path)).toEqual(value);
  });

  test.each<[string, unknown]>([
    ['stallDetector.stallMargin', 4],
    ['stallDetector.ewmaAlpha', 0.4],
    ['stallDetector.stallProgressTimeout', 40],
    ['stallDetector.switchoverTimeout', 60],
    ['stallDetector.precopyPossibleFactor', 1.5],
    ['stallDetector.patienceWindowDecayFactor', 0.5],
    ['stallDetector.searchLocalMinima', true],
    ['stallDetector.completionTimeoutFactor', 2],
    ['downtimeTuning.initialMs', 150],
    ['downtimeTuning.steps', 7],
    ['downtimeTuning.startAfterIteration', 3],
    ['downtimeTuning.cooldownSeconds', 10],
  ])('the migration setting %s is %j', (path, value) => {
    expect(at(path, builtInMigrationTuning)).toBe(value);
  });
});
