import type { VirtualMachineInstance } from '@virtkit/core-types';
import { clusterConfiguration } from '../../../src/configuration/index.ts';
import { type InstanceUpdate } from '../../../src/validation/index.ts';

export const handler = {
  name: 'system:serviceaccount:kubevirt:kubevirt-handler',
  extra: { 'authentication.kubernetes.io/node-name': ['node-1'] },
};
export const controller = { name: 'system:serviceaccount:kubevirt:kubevirt-controller' };
export const person = { name: 'alice' };

/** A configuration with gates switched on. */
export const withGates = (...featureGates: string[]) =>
  clusterConfiguration({
    metadata: {},
    spec: { configuration: { developerConfiguration: { featureGates } } },
  });

/** A running instance with a volume that it began with and one that was plugged in. */
function runningInstance(): VirtualMachineInstance {
  return {
    metadata: { name: 'vmi', namespace: 'default', labels: {} },
    spec: {
      domain: {
        cpu: { sockets: 1, maxSockets: 4 },
        memory: { guest: '1Gi', maxGuest: '4Gi' },
        devices: {
          disks: [
            { name: 'system', disk: { bus: 'virtio' } },
            { name: 'data', disk: { bus: 'scsi' } },
          ],
        },
      },
      volumes: [
        { name: 'system', containerDisk: { image: 'registry.example/guest:1' } },
        { name: 'data', persistentVolumeClaim: { claimName: 'data', hotpluggable: true } },
      ],
    },
    status: {
      nodeName: 'node-1',
      volumeStatus: [
        { name: 'system', target: 'vda' },
        { name: 'data', target: 'sda', hotplugVolume: {} },
      ],
    },
  };
}

/** What a test changes, before or after, or about the request. */
export interface Change {
  readonly before?: (instance: VirtualMachineInstance) => void;
  readonly after?: (instance: VirtualMachineInstance) => void;
  readonly user?: InstanceUpdate['user'];
  readonly gates?: readonly string[];
}

/** An update of the running instance, by virt-controller unless told otherwise. */
export function updateOf({ before, after, user = controller, gates = [] }: Change): InstanceUpdate {
  const stored = runningInstance();
  before?.(stored);
  const wanted = structuredClone(stored);
  after?.(wanted);
  return { before: stored, after: wanted, user, configuration: withGates(...gates) };
}
