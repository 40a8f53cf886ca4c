import type {
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeSpec,
  StorageClass,
} from '@virtkit/core-types';
import { localProvisioner, storageAnnotations } from '../../src/storage/names.ts';

/** A claim for 1 MiB in the namespace `default`. */
export function claimOf(
  name: string,
  spec: PersistentVolumeClaimSpec = {},
  metadata: PersistentVolumeClaim['metadata'] = {},
): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default', ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } }, ...spec },
  };
}

/** A volume of 1 MiB at a path of the host. */
export function volumeOf(name: string, spec: PersistentVolumeSpec = {}, phase?: string): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Mi' },
      hostPath: { path: '/nowhere' },
      ...spec,
    },
    ...(phase !== undefined && { status: { phase } }),
  };
}

/** A class of the local provisioner; the default one unless changed. */
export function classOf(name: string, changes: Partial<StorageClass> = {}): StorageClass {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations: { [storageAnnotations.defaultClass]: 'true' } },
    provisioner: localProvisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    ...changes,
  };
}
