import type { VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import { clusterConfiguration, type ClusterConfiguration } from '../../../src/configuration/index.ts';
import { machineFindings, type Finding } from '../../../src/validation/index.ts';

/** A machine with all defaults that its template is judged with. */
export function sampleMachine(): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: 'vm', namespace: 'default' },
    spec: {
      runStrategy: 'Halted',
      template: {
        metadata: { labels: {}, annotations: {} },
        spec: {
          architecture: 'amd64',
          domain: {
            machine: { type: 'q35' },
            memory: { guest: '1Gi' },
            cpu: { sockets: 1, cores: 1, threads: 1 },
            devices: { disks: [{ name: 'system', disk: { bus: 'virtio' } }] },
          },
          volumes: [{ name: 'system', containerDisk: { image: 'registry.example/guest:1' } }],
        },
      },
    },
  };
}

/** What a test changes of a write. */
export interface MachineChange {
  readonly machine?: (machine: VirtualMachine) => void;
  /** Present for updates. */
  readonly before?: (machine: VirtualMachine) => void;
  readonly instance?: VirtualMachineInstance;
  readonly disabledGates?: readonly string[];
  readonly rollout?: 'Stage' | 'LiveUpdate';
}

export function configurationOf({ disabledGates = [], rollout }: MachineChange): ClusterConfiguration {
  return clusterConfiguration({
    metadata: {},
    spec: {
      configuration: {
        developerConfiguration: { disabledFeatureGates: [...disabledGates] },
        ...(rollout === undefined ? {} : { vmRolloutStrategy: rollout }),
      },
    },
  });
}

/** The findings of a write to the sample. */
export function judge(change: MachineChange): readonly Finding[] {
  const machine = sampleMachine();
  change.machine?.(machine);
  const before = change.before === undefined ? undefined : sampleMachine();
  if (before !== undefined) change.before?.(before);
  return machineFindings({
    machine,
    effective: machine,
    before,
    trusted: false,
    configuration: configurationOf(change),
    instance: change.instance,
    now: '2026-01-01T12:00:00Z',
  });
}
