import { clusterConfiguration } from '@virtkit/admission';
import type { PersistentVolumeClaim, Pod, VolumeStatus } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { observeInstance, planInstance, type InstanceObservation } from '../../src/index.ts';
import { renderAttachmentPod } from '../../src/virtual-machine-instance/hotplug/attachment-pod.ts';
import { projectInstance } from '../../src/virtual-machine-instance/project.ts';
import { instanceOf, podOf, runningPod } from '../builders.ts';

const launcher = podOf(runningPod, {}, 'node-1');
const volumeOf = (name: string) => ({ name, persistentVolumeClaim: { claimName: name, hotpluggable: true } });
const claimOf = (name: string, phase = 'Bound', storageClassName = 'now'): PersistentVolumeClaim => ({
  metadata: { name, namespace: 'default', uid: `${name}-claim` },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName },
  status: { phase },
});
const rendering = { configuration: clusterConfiguration(), launcherImage: 'launcher:1' };

/** The attachment Pod of these volumes, in this phase. */
function attachment(names: readonly string[], phase = 'Running', metadata: Pod['metadata'] = {}): Pod {
  const volumes = names.map((name) => ({ name, claimName: name, claim: claimOf(name) }));
  const pod = renderAttachmentPod(instanceOf(), launcher, volumes, rendering);
  const ready = phase === 'Running';
  const container = { name: 'hotplug-disk', ready, restartCount: 0, image: '', imageID: '' };
  return {
    ...pod,
    metadata: { ...pod.metadata, uid: `uid-${names.join('-')}`, ...metadata },
    status: { phase, containerStatuses: [container] },
  };
}

interface Scene {
  volumes?: string[];
  claims?: PersistentVolumeClaim[];
  attachments?: Pod[];
  entries?: VolumeStatus[];
  phase?: string;
  metadata?: Pod['metadata'];
}

function observe(scene: Scene): InstanceObservation {
  const { volumes = [], entries, phase = 'Running' } = scene;
  const claims = scene.claims ?? volumes.map((name) => claimOf(name));
  const gate = { type: 'kubevirt.io/virtual-machine-unpaused', status: 'True' as const };
  return observeInstance({
    instance: instanceOf(
      { phase, nodeName: 'node-1', ...(entries && { volumeStatus: entries }) },
      scene.metadata,
      { volumes: volumes.map(volumeOf) },
    ),
    candidates: [{ ...launcher, status: { ...launcher.status, conditions: [gate] } }],
    claims,
    attachments: scene.attachments ?? [],
    waitingClasses: new Set(['later']),
    ownerGone: false,
    launcherImage: 'launcher:1',
    now: 0,
  });
}

const entry = (name: string, phase: VolumeStatus['phase'], uid?: string): VolumeStatus => ({
  name,
  phase,
  target: '',
  hotplugVolume: uid === undefined ? {} : { attachPodName: 'hp', attachPodUID: uid },
});

describe('attachment pods', () => {
  it('hold claims on the node of the launcher, whose end is theirs', () => {
    const pod = renderAttachmentPod(
      instanceOf(),
      launcher,
      [
        { name: 'disk', claimName: 'disk', claim: claimOf('disk') },
        {
          name: 'raw',
          claimName: 'raw',
          claim: { ...claimOf('raw'), spec: { volumeMode: 'Block' } },
        },
      ],
      rendering,
    );
    expect(pod.metadata.name).toMatch(/^hp-volume-[a-z0-9]{8}$/);
    expect(pod.metadata.labels).toEqual({ 'kubevirt.io': 'hotplug-disk' });
    expect(pod.metadata.ownerReferences).toMatchObject([{ kind: 'Pod', uid: 'pod-uid', controller: true }]);
    expect(pod.spec.terminationGracePeriodSeconds).toBe(0);
    const [container] = pod.spec.containers;
    expect(container?.volumeMounts).toEqual([
      { name: 'hotplug-disks', mountPath: '/path' },
      { name: 'disk', mountPath: '/disk' },
    ]);
    expect(container?.volumeDevices).toEqual([{ name: 'raw', devicePath: '/path/raw/raw-claim' }]);
    expect(container?.resources).toEqual({
      requests: { cpu: '10m', memory: '2M' },
      limits: { cpu: '100m', memory: '80M' },
    });
    expect(
      pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms,
    ).toEqual([
      { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-1'] }] },
    ]);
  });

  it.each<[string, Scene, string]>([
    ['nothing is plugged', {}, 'none'],
    ['a volume is wanted', { volumes: ['a'] }, 'create-attachment'],
    ['its claim does not exist', { volumes: ['a'], claims: [] }, 'none'],
    ['its claim is not bound', { volumes: ['a'], claims: [claimOf('a', 'Pending')] }, 'none'],
    [
      'its claim waits for a pod',
      { volumes: ['a'], claims: [claimOf('a', 'Pending', 'later')] },
      'create-attachment',
    ],
    ['its pod is there', { volumes: ['a'], attachments: [attachment(['a'])] }, 'none'],
    [
      'another volume is wanted',
      { volumes: ['a', 'b'], attachments: [attachment(['a'])] },
      'create-attachment',
    ],
    [
      'a pod has not started yet',
      { volumes: ['a', 'b'], attachments: [attachment(['a'], 'Pending')] },
      'none',
    ],
    [
      'the new pod has not started yet',
      { volumes: ['a', 'b'], attachments: [attachment(['a']), attachment(['a', 'b'], 'Pending')] },
      'none',
    ],
    [
      'the new pod runs',
      { volumes: ['a', 'b'], attachments: [attachment(['a']), attachment(['a', 'b'])] },
      'delete-attachments',
    ],
    [
      'a removed volume is still plugged in',
      { attachments: [attachment(['a'])], entries: [entry('a', 'Ready', 'u')] },
      'none',
    ],
    [
      'a removed volume may be plugged in',
      { attachments: [attachment(['a'])], entries: [entry('a', 'AttachedToNode', 'u')] },
      'none',
    ],
    [
      'a removed volume is out',
      { attachments: [attachment(['a'])], entries: [entry('a', 'UnMountedFromPod', 'u')] },
      'delete-attachments',
    ],
    ['the guest has ended', { phase: 'Succeeded', attachments: [attachment(['a'])] }, 'delete-attachments'],
    [
      'it is to go already',
      { attachments: [attachment(['a'], 'Running', { deletionTimestamp: '2026-01-01T00:00:00Z' })] },
      'none',
    ],
  ])('%s: %s', (_title, scene, kind) => {
    expect(planInstance(observe(scene)).kind).toBe(kind);
  });
});

describe('what is told of plugged volumes', () => {
  const project = (scene: Scene) => projectInstance(observe(scene), undefined).status?.volumeStatus;

  it.each<[string, Scene, Partial<VolumeStatus> | undefined]>([
    [
      'no claim',
      { volumes: ['a'], claims: [], entries: [] },
      { phase: 'Pending', reason: 'FailedPvcNotFound' },
    ],
    [
      'a claim that is not bound',
      { volumes: ['a'], claims: [claimOf('a', 'Pending')], entries: [] },
      { phase: 'Pending', reason: 'PVCNotReady' },
    ],
    ['a bound claim', { volumes: ['a'], entries: [] }, { phase: 'Bound', reason: 'PVCNotReady' }],
    [
      'a pod that starts',
      { volumes: ['a'], entries: [], attachments: [attachment(['a'], 'Pending')] },
      { phase: 'AttachedToNode', reason: 'SuccessfulCreate' },
    ],
    [
      'a volume in the guest',
      { volumes: ['a'], entries: [entry('a', 'Ready', 'u')], attachments: [attachment(['a'])] },
      { phase: 'Ready' },
    ],
    [
      'a volume that is to leave and has not',
      { entries: [entry('a', 'Ready', 'u')], attachments: [attachment(['a'])] },
      { phase: 'Ready' },
    ],
    [
      'a volume that has left',
      { entries: [entry('a', 'UnMountedFromPod', 'u')], attachments: [attachment(['a'])] },
      { phase: 'Detaching' },
    ],
    [
      'a pod that goes',
      {
        entries: [entry('a', 'Detaching', 'u')],
        attachments: [attachment(['a'], 'Running', { deletionTimestamp: '2026-01-01T00:00:00Z' })],
      },
      { phase: 'Detaching', reason: 'SuccessfulDelete' },
    ],
    ['nothing that holds it', { entries: [entry('a', 'Detaching', 'u')] }, undefined],
    [
      'a volume that comes back',
      {
        volumes: ['a'],
        entries: [entry('a', 'Detaching', 'u')],
        attachments: [attachment(['a'], 'Running', { deletionTimestamp: '2026-01-01T00:00:00Z' })],
      },
      { phase: 'Bound' },
    ],
  ])('%s', (_title, scene, expected) => {
    const [seen] = project(scene) ?? [];
    if (expected === undefined) expect(seen).toBeUndefined();
    else expect(seen).toMatchObject(expected);
  });

  it('names the pod, and its UID once it holds the volume', () => {
    const starting = attachment(['a'], 'Pending');
    const holding = attachment(['a']);
    const holder = (pod: Pod) =>
      project({ volumes: ['a'], entries: [], attachments: [pod] })?.[0]?.hotplugVolume;
    expect(holder(starting)).toEqual({ attachPodName: starting.metadata.name });
    expect(holder(holding)).toEqual({ attachPodName: holding.metadata.name, attachPodUID: 'uid-a' });
  });
});
