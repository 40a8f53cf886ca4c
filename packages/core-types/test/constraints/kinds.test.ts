import { describe } from 'vitest';
import { absent, shows, type Constraint } from './constraint.ts';

const rows = (
  id: string,
  kind: string,
  places: Record<string, [bad: unknown[], good: unknown[]]>,
): Constraint[] => Object.entries(places).map(([at, [bad, good]]) => ({ id, kind, at, bad, good }));

/** Each place must be there; the object in which it is, is taken as it is. */
const required = (id: string, kind: string, ...places: string[]): Constraint[] =>
  places.map((at) => ({ id, kind, at, bad: [absent], good: [] }));

const selector = { matchLabels: { app: 'x' } };

describe('machines, replica sets, presets and migrations', () => {
  shows([
    ...required('CRD-09', 'VirtualMachine', 'spec.template', 'spec.dataVolumeTemplates.0.spec'),
    ...rows('CRD-09', 'VirtualMachine', {
      'spec.dataVolumeTemplates.0.spec.contentType': [
        ['', 'iso'],
        ['kubevirt', 'archive', absent],
      ],
      'spec.template.metadata': [[], [{ 'x-new': 1, labels: {} }, absent]],
    }),
    ...required('CRD-11', 'VirtualMachineInstanceReplicaSet', 'spec.selector', 'spec.template'),
    ...rows('CRD-11', 'VirtualMachineInstanceReplicaSet', { 'spec.selector': [['app=x'], [{}, selector]] }),
    ...required('CRD-13', 'VirtualMachineInstancePreset', 'spec.selector'),
    ...rows('CRD-13', 'VirtualMachineInstancePreset', {
      'spec.selector': [[], [{}, selector]],
      spec: [[], [absent]],
    }),
    ...required(
      'CRD-14',
      'VirtualMachineInstanceMigration',
      'spec.receive.migrationID',
      'spec.sendTo.migrationID',
      'spec.sendTo.connectURL',
    ),
    ...rows('CRD-14', 'VirtualMachineInstanceMigration', {
      'spec.receive': [[{}], [{ migrationID: 'x' }, absent]],
      'spec.sendTo': [[{ connectURL: 'x' }], [{ connectURL: 'x', migrationID: 'x' }, absent]],
    }),
  ]);
});

describe('pools', () => {
  const kind = 'VirtualMachinePool';
  const preservation: [unknown[], unknown[]] = [
    ['Always', ''],
    ['Disabled', 'Offline', 'Online', absent],
  ];
  const order: [unknown[], unknown[]] = [
    ['Ascending', ''],
    ['AscendingOrder', 'DescendingOrder', 'Newest', 'Oldest', 'Random', absent],
  ];
  shows([
    ...required('CRD-12', kind, 'spec.selector', 'spec.virtualMachineTemplate'),
    ...rows('CRD-12', kind, {
      'spec.replicas': [
        [-1, 1.5],
        [0, 1, absent],
      ],
      'spec.autohealing.startUpFailureThreshold': [[0], [1, absent]],
      'spec.scaleInStrategy.proactive.statePreservation': preservation,
      'spec.scaleInStrategy.opportunistic.statePreservation': preservation,
      'spec.scaleInStrategy.proactive.selectionPolicy.sortPolicy': order,
      'spec.updateStrategy.proactive.selectionPolicy.sortPolicy': order,
    }),
  ]);
});

describe('migration policies', () => {
  const experimental = 'spec.experimental';
  const fromOne: [unknown[], unknown[]] = [
    [0, -1],
    [1, absent],
  ];
  shows([
    ...required('CRD-15', 'MigrationPolicy', 'spec.selectors'),
    ...rows('CRD-15', 'MigrationPolicy', {
      'spec.selectors': [[], [{}]],
      'spec.maxDowntimeMs': [
        [0, 2_000_001],
        [1, 2_000_000, absent],
      ],
      [`${experimental}.compression`]: [
        ['', 'gzip'],
        ['none', 'zstd', absent],
      ],
      [`${experimental}.stallDetector.stallMargin`]: [
        [-1, 101],
        [0, 100, absent],
      ],
      [`${experimental}.stallDetector.stallProgressTimeout`]: [[-1], [0, absent]],
      [`${experimental}.stallDetector.switchoverTimeout`]: [[-1], [0, absent]],
      [`${experimental}.downtimeTuning.initialMs`]: fromOne,
      [`${experimental}.downtimeTuning.steps`]: fromOne,
      [`${experimental}.downtimeTuning.startAfterIteration`]: fromOne,
      [`${experimental}.downtimeTuning.cooldownSeconds`]: fromOne,
    }),
  ]);
});

describe('instance types and preferences', () => {
  for (const kind of ['VirtualMachineInstancetype', 'VirtualMachineClusterInstancetype'])
    shows([
      ...required(
        'CRD-16',
        kind,
        'spec.cpu',
        'spec.cpu.guest',
        'spec.memory',
        'spec.memory.guest',
        'spec.gpus.0.name',
        'spec.hostDevices.0.name',
      ),
      ...rows('CRD-16', kind, {
        'spec.memory.overcommitPercent': [
          [-1, 101],
          [0, 100, absent],
        ],
        'spec.cpu': [[], [{ guest: 1 }]],
        'spec.memory': [[], [{ guest: '1Gi' }]],
        'spec.gpus': [[], [[{ name: 'gpu' }], absent]],
      }),
    ]);
  for (const kind of ['VirtualMachinePreference', 'VirtualMachineClusterPreference'])
    shows([
      ...required(
        'CRD-17',
        kind,
        'spec.requirements.cpu.guest',
        'spec.requirements.memory.guest',
        'spec.cpu.preferredCPUFeatures.0.name',
      ),
      ...rows('CRD-17', kind, {
        'spec.requirements': [[], [{}, { cpu: { guest: 1 }, memory: { guest: '1Gi' } }, absent]],
        'spec.cpu.preferredCPUFeatures': [[], [[{ name: 'vmx' }], [], absent]],
      }),
    ]);
});

describe('snapshots, exports, restores and clones', () => {
  const reference: [unknown[], unknown[]] = [['vm'], [{ kind: 'VirtualMachine', name: 'vm' }]];
  for (const kind of ['VirtualMachineSnapshot', 'VirtualMachineExport'])
    shows([
      ...required('CRD-18', kind, 'spec.source', 'spec.source.kind', 'spec.source.name'),
      ...rows('CRD-18', kind, { 'spec.source': reference }),
    ]);
  shows([
    ...required(
      'CRD-19',
      'VirtualMachineRestore',
      'spec.target',
      'spec.target.kind',
      'spec.target.name',
      'spec.virtualMachineSnapshotName',
    ),
    ...rows('CRD-19', 'VirtualMachineRestore', {
      'spec.target': reference,
      'spec.targetReadinessPolicy': [
        ['Wait', ''],
        ['StopTarget', 'WaitGracePeriod', 'FailImmediate', 'WaitEventually', absent],
      ],
    }),
    ...required(
      'CRD-20',
      'VirtualMachineClone',
      'spec.source',
      'spec.source.kind',
      'spec.source.name',
      'spec.target.kind',
      'spec.target.name',
    ),
    ...rows('CRD-20', 'VirtualMachineClone', {
      'spec.target': [[{ name: 'x' }], [absent, { kind: 'VirtualMachine', name: 'x' }]],
      'spec.volumeNamePolicy': [
        ['InPlace', ''],
        ['RandomizeNames', 'PrefixTargetName', absent],
      ],
    }),
  ]);
});

describe('plugins', () => {
  const named: [unknown[], unknown[]] = [[''], ['x']];
  shows(
    rows('CRD-23', 'Plugin', {
      'spec.domainHooks.0.cel.expression': named,
      'spec.domainHooks.0.sidecar.socketPath': named,
      'spec.nodeHooks.0.socket': named,
      'spec.nodeHooks.0.permittedHooks': [[[]], [['PreVMStart']]],
      'spec.mutatingAdmissionPolicies.0.name': named,
      'spec.mutatingAdmissionWebhooks.0.name': named,
      'spec.validatingAdmissionPolicies.0.name': named,
      'spec.validatingAdmissionWebhooks.0.name': named,
    }),
  );
});

describe('the installation', () => {
  const resources = { resources: {}, type: 'container-disk' };
  const configuration = (places: Record<string, [bad: unknown[], good: unknown[]]>): Constraint[] =>
    rows(
      'CRD-24',
      'KubeVirt',
      Object.fromEntries(Object.entries(places).map(([at, sides]) => [`spec.configuration.${at}`, sides])),
    );
  shows([
    ...configuration({
      hypervisors: [[[{ name: 'kvm' }, { name: 'kvm' }]], [[{ name: 'kvm' }], [], absent]],
      'hypervisors.0.name': [
        ['qemu', ''],
        ['kvm', 'hyperv-direct'],
      ],
      'instancetype.referencePolicy': [
        ['Reference', ''],
        ['reference', 'expand', 'expandAll', absent],
      ],
      'migrations.maxDowntimeMs': [
        [0, 2_000_001],
        [1, 2_000_000, absent],
      ],
      'developerConfiguration.memoryOvercommit': [[9], [10, absent]],
      roleAggregationStrategy: [
        ['Automatic', ''],
        ['AggregateToDefault', 'Manual', absent],
      ],
      'tlsConfiguration.minTLSVersion': [
        ['TLS12', 'VersionTLS14', ''],
        ['VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13', absent],
      ],
      vmRolloutStrategy: [
        ['Now', ''],
        ['Stage', 'LiveUpdate', absent],
      ],
      supportContainerResources: [
        [[resources, { ...resources, resources: { limits: { cpu: '1' } } }]],
        [[resources, { ...resources, type: 'virtiofs' }], absent],
      ],
    }),
    ...rows('CRD-24', 'KubeVirt', {
      'spec.customizeComponents.patches.0.resourceName': [[''], ['x']],
      'spec.customizeComponents.patches.0.resourceType': [[''], ['x']],
    }),
  ]);
});
