import type { VirtualMachineInstance } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { phaseTransition } from '../src/metrics/phase-transitions.ts';
import { launcher, told, vmi, type Contents } from './metric-contents.ts';

describe('metrics of instances', () => {
  const info = 'kubevirt_vmi_info';
  const placed = 'node=n1 namespace=default name=web';

  it.each<[string, string, Contents, string[]]>([
    [
      'one that is new',
      info,
      { instances: [vmi()] },
      ['namespace=default name=web evictable=true outdated=false 1'],
    ],
    [
      'one that runs',
      info,
      {
        instances: [
          vmi(
            {
              phase: 'Running',
              nodeName: 'n1',
              machine: { type: 'pc-q35-7.2' },
              guestOSInfo: { name: 'Debian', versionId: '12', kernelRelease: '6.1', machine: 'x86_64' },
            },
            {
              labels: { 'kubevirt.io/outdatedLauncherImage': '' },
              annotations: {
                'vm.kubevirt.io/os': 'linux',
                'kubevirt.io/cluster-instancetype-name': 'u1.small',
                'kubevirt.io/preference-name': 'mine',
              },
            },
          ),
        ],
        pods: [launcher('Failed'), launcher('Running')],
      },
      [
        `${placed} phase=running os=linux instance_type=u1.small preference=<other> guest_os_kernel_release=6.1 ` +
          'guest_os_machine=pc-q35-7.2 guest_os_arch=x86_64 guest_os_name=Debian guest_os_version_id=12 ' +
          'evictable=true outdated=true vmi_pod=virt-launcher-running 1',
      ],
    ],
    ['none', 'kubevirt_vmi_number_of_outdated', {}, ['0']],
    [
      'one of two',
      'kubevirt_vmi_number_of_outdated',
      { instances: [vmi(), vmi({}, { labels: { 'kubevirt.io/outdatedLauncherImage': '' } })] },
      ['1'],
    ],
    [
      'a strategy that wants a migration which is not possible',
      'kubevirt_vmi_non_evictable',
      {
        instances: [vmi({ nodeName: 'n1', conditions: [{ type: 'LiveMigratable', status: 'False' }] })],
        kubeVirt: {
          apiVersion: 'kubevirt.io/v1',
          kind: 'KubeVirt',
          metadata: { name: 'kubevirt' },
          spec: { configuration: { evictionStrategy: 'LiveMigrate' } },
        },
      },
      [`${placed} 1`],
    ],
    [
      'a strategy that wants none',
      'kubevirt_vmi_non_evictable',
      { instances: [vmi({ nodeName: 'n1' })] },
      [`${placed} 0`],
    ],
    [
      'addresses',
      'kubevirt_vmi_status_addresses',
      {
        instances: [
          vmi({
            nodeName: 'n1',
            interfaces: [
              { name: 'default', interfaceName: 'eth0', ipAddress: '10.0.0.2' },
              { interfaceName: 'lo' },
            ],
          }),
        ],
      },
      [
        `${placed} vnic_name=default interface_name=eth0 address=10.0.0.2 type=ExternalInterface 1`,
        `${placed} interface_name=lo type=SystemInterface 1`,
      ],
    ],
    [
      'NICs',
      'kubevirt_vmi_vnic_info',
      { instances: [vmi()] },
      [
        'namespace=default name=web vnic_name=default binding_type=core binding_name=masquerade network=pod networking model=<none> 1',
      ],
    ],
    ['no overhead yet', 'kubevirt_vmi_launcher_memory_overhead_bytes', { instances: [vmi()] }, []],
    [
      'overhead',
      'kubevirt_vmi_launcher_memory_overhead_bytes',
      { instances: [vmi({ memory: { memoryOverhead: '100Mi' } })] },
      ['namespace=default name=web 104857600'],
    ],
  ])('%s: %s', (_name, metric, contents, expected) => {
    expect(told(metric, contents)).toEqual(expected);
  });
});

describe('phaseTransition', () => {
  const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
  const entered = (...phases: [string, number][]) =>
    phases.map(([phase, second]) => ({ phase, phaseTransitionTimestamp: at(second) }));
  const change = (
    from: string,
    phase: string,
    timestamps: [string, number][],
    metadata: VirtualMachineInstance['metadata'] = {},
  ) => ({
    kind: 'updated' as const,
    key: 'default/web',
    previous: vmi({ phase: from }),
    object: vmi(
      { phase, phaseTransitionTimestamps: entered(...timestamps) },
      { creationTimestamp: at(0), ...metadata },
    ),
  });

  it.each([
    ['the same phase', change('Running', 'Running', []), undefined],
    [
      'the next',
      change('Scheduled', 'Running', [
        ['Scheduled', 4],
        ['Running', 9],
      ]),
      { phase: 'Running', lastPhase: 'Scheduled', sincePhase: 5, sinceCreation: 9, sinceDeletion: undefined },
    ],
    [
      'one whose time nobody wrote',
      change('Scheduled', 'Running', [['Scheduled', 4]]),
      {
        phase: 'Running',
        lastPhase: 'Scheduled',
        sincePhase: undefined,
        sinceCreation: undefined,
        sinceDeletion: undefined,
      },
    ],
    [
      'the end after a deletion',
      change(
        'Running',
        'Succeeded',
        [
          ['Running', 9],
          ['Succeeded', 30],
        ],
        { deletionTimestamp: at(20) },
      ),
      { phase: 'Succeeded', lastPhase: 'Running', sincePhase: 21, sinceCreation: 30, sinceDeletion: 10 },
    ],
  ])('%s', (_name, given, expected) => expect(phaseTransition(given)).toEqual(expected));
});
