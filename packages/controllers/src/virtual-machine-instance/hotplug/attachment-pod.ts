import { createHash } from 'node:crypto';
import type { ClusterConfiguration } from '@virtkit/admission';
import {
  annotations,
  labels,
  type Pod,
  type PodVolume,
  type VirtualMachineInstance,
  type VolumeMount,
} from '@virtkit/core-types';
import { podType } from '../../kinds.ts';
import { controllerReference } from '../../runtime/object-key.ts';
import { launcherUser, unprivileged } from '../launcher-pod/identity.ts';
import { supportResources } from '../launcher-pod/support-containers.ts';
import type { PluggedVolume } from './plugged-volumes.ts';

/** Value of the label `kubevirt.io` of attachment Pods. */
export const attachmentLabel = 'hotplug-disk';
const scratchVolume = 'hotplug-disks';

/** Taints that a volume is not taken off a node for (KubeVirt launcher pod, hot-plug attachment pod). */
const toleratedPressure = [
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/network-unavailable',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/unschedulable',
];

export interface AttachmentOptions {
  readonly configuration: ClusterConfiguration;
  readonly launcherImage: string;
}

/**
 * The Pod that brings the claims of plugged volumes to the node of a launcher: one for all of them (KubeVirt launcher pod, hot-plug
 * attachment pod). It does nothing but hold them. Its name follows from its volumes, so that a second attempt to create it is told
 * that it exists.
 */
export function renderAttachmentPod(
  instance: VirtualMachineInstance,
  launcher: Pod,
  volumes: readonly PluggedVolume[],
  { configuration, launcherImage }: AttachmentOptions,
): Pod {
  const { name = '', namespace, uid = '' } = instance.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `hp-volume-${ending(launcher, volumes)}`,
      generateName: 'hp-volume-',
      namespace,
      labels: { [labels.app]: attachmentLabel },
      annotations: { [annotations.ownerInstanceName]: name, [annotations.ownerInstanceUID]: uid },
      ownerReferences: [controllerReference(launcher, podType)],
    },
    spec: {
      terminationGracePeriodSeconds: 0,
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      affinity: onNodeOf(launcher),
      tolerations: tolerations(launcher),
      securityContext: { runAsUser: launcherUser, runAsNonRoot: true },
      containers: [
        {
          name: 'hotplug-disk',
          image: launcherImage,
          imagePullPolicy: configuration.values.imagePullPolicy,
          command: ['tail', '--follow', '/dev/null'],
          resources: supportResources('hotplug-disk', instance, configuration),
          securityContext: unprivileged,
          volumeMounts: [{ name: scratchVolume, mountPath: '/path' }, ...volumes.flatMap(mountOf)],
          volumeDevices: volumes.flatMap(deviceOf),
        },
      ],
      volumes: [{ name: scratchVolume, emptyDir: {} }, ...volumes.map(volumeOf)],
    },
  };
}

/** Names of the plugged volumes that an attachment Pod holds. */
export function heldVolumes({ spec }: Pod): string[] {
  return (spec.volumes ?? [])
    .filter(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined)
    .map(({ name }) => name);
}

function ending({ metadata: { uid = '' } }: Pod, volumes: readonly PluggedVolume[]): string {
  const content = [uid, ...volumes.map(({ name, claimName }) => `${name}=${claimName}`).sort()].join('\n');
  return BigInt(`0x${createHash('sha256').update(content).digest('hex').slice(0, 16)}`)
    .toString(36)
    .slice(-8)
    .padStart(8, '0');
}

function volumeOf({ name, claimName }: PluggedVolume): PodVolume {
  return { name, persistentVolumeClaim: { claimName } };
}

const isBlock = ({ claim }: PluggedVolume): boolean => claim?.spec?.volumeMode === 'Block';

function mountOf(volume: PluggedVolume): VolumeMount[] {
  return isBlock(volume) ? [] : [{ name: volume.name, mountPath: `/${volume.name}` }];
}

function deviceOf(volume: PluggedVolume): { name: string; devicePath: string }[] {
  const { name, claim } = volume;
  return isBlock(volume) ? [{ name, devicePath: `/path/${name}/${claim?.metadata.uid ?? ''}` }] : [];
}

function onNodeOf({ spec }: Pod): Pod['spec']['affinity'] {
  const matchExpressions = [
    { key: 'kubernetes.io/hostname', operator: 'In' as const, values: [spec.nodeName ?? ''] },
  ];
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  };
}

function tolerations({ spec }: Pod): Pod['spec']['tolerations'] {
  const pressure = toleratedPressure.map((key) => ({
    key,
    operator: 'Exists' as const,
    effect: 'NoSchedule' as const,
  }));
  const own = (spec.tolerations ?? []).filter(
    ({ key, effect }) => effect !== 'NoSchedule' || !toleratedPressure.includes(key ?? ''),
  );
  return [...pressure, ...own].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
}
