import type { PersistentVolumeClaim, Pod, VirtualMachineInstance } from '@virtkit/core-types';
import { expect, it } from 'vitest';
import { observeInstance } from '../../src/index.ts';
import { projectInstance } from '../../src/virtual-machine-instance/project.ts';
import { instanceOf, podOf, runningPod } from '../builders.ts';

const claim: PersistentVolumeClaim = {
  metadata: { name: 'data', namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  status: { phase: 'Bound', capacity: { storage: '2Gi' } },
};
const info = {
  claimName: 'data',
  accessModes: ['ReadWriteOnce'],
  volumeMode: 'Filesystem',
  requests: { storage: '1Gi' },
  capacity: { storage: '2Gi' },
  filesystemOverhead: '0.055',
};
const volumes = [
  { name: 'root', persistentVolumeClaim: { claimName: 'data' } },
  { name: 'copy', ephemeral: { persistentVolumeClaim: { claimName: 'data' } } },
  { name: 'imported', dataVolume: { name: 'data' } },
  { name: 'scratch', emptyDisk: { capacity: '1Gi' } },
];

function project(instance: VirtualMachineInstance, pods: Pod[], claims: PersistentVolumeClaim[]) {
  const observation = observeInstance({
    instance,
    candidates: pods,
    claims,
    ownerGone: false,
    launcherImage: 'launcher:1',
    now: 0,
  });
  return projectInstance(observation, undefined).status?.volumeStatus;
}

it('what is known of claims is told when the instance is handed over, and follows the claim', () => {
  const instance = instanceOf({ phase: 'Scheduling' }, {}, { volumes });
  const pods = [podOf(runningPod, {}, 'node-1')];
  const entries = project(instance, pods, [claim]);
  expect(entries).toEqual([
    { name: 'copy', target: '' },
    { name: 'imported', target: '', persistentVolumeClaimInfo: info },
    { name: 'root', target: '', persistentVolumeClaimInfo: info },
    { name: 'scratch', target: '' },
  ]);
  const handled = entries?.map((entry) => ({ ...entry, target: 'vda' }));
  const running = instanceOf(
    { phase: 'Running', nodeName: 'node-1', volumeStatus: handled },
    {},
    { volumes },
  );
  expect(project(running, pods, [claim])).toEqual(handled);
  expect(project(running, pods, [])).toEqual(handled);
  const marked = {
    ...claim,
    metadata: { ...claim.metadata, annotations: { 'cdi.kubevirt.io/storage.preallocation': 'true' } },
  };
  expect(project(running, pods, [marked])?.[1]?.persistentVolumeClaimInfo).toEqual({
    ...info,
    preallocated: true,
  });
});

it('a block device has no file system that takes of it', () => {
  const instance = instanceOf({ phase: 'Scheduling' }, {}, { volumes: volumes.slice(0, 1) });
  const block: PersistentVolumeClaim = { ...claim, spec: { ...claim.spec, volumeMode: 'Block' } };
  expect(project(instance, [podOf(runningPod, {}, 'node-1')], [block])).toMatchObject([
    { persistentVolumeClaimInfo: { volumeMode: 'Block', filesystemOverhead: '0' } },
  ]);
});

it('a claim that does not exist counts as no node for the pod', () => {
  const observation = observeInstance({
    instance: instanceOf({ phase: 'Pending' }, {}, { volumes }),
    candidates: [],
    ownerGone: false,
    launcherImage: 'launcher:1',
    now: 0,
  });
  const { status } = projectInstance(observation, { reason: 'FailedPvcNotFound', message: 'no claim data' });
  expect(status?.phase).toBe('Pending');
  expect(status?.conditions).toMatchObject([
    { type: 'Ready', status: 'False' },
    { type: 'Synchronized', status: 'False', reason: 'FailedPvcNotFound', message: 'no claim data' },
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
  ]);
});
