import type { StorageClass } from '@virtkit/core-types';
import { localProvisioner, storageAnnotations } from '@virtkit/embedded-node';
import { isApiError, type Client } from '@virtkit/sdk';

/** Name of the class whose volumes are folders of this machine. */
const localClass = 'local';

/**
 * Makes the class of claims that name none, unless it is there. What users changed about it stays; who wants another
 * default takes the annotation off this one.
 */
export async function ensureStorageClass(client: Client, signal: AbortSignal): Promise<void> {
  const storageClass: StorageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: localClass, annotations: { [storageAnnotations.defaultClass]: 'true' } },
    provisioner: localProvisioner,
    reclaimPolicy: 'Delete',
    // A Pod's place decides where its disks are; on one machine this only keeps unused claims from taking space.
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  try {
    await client.storageClasses.create(storageClass, { signal });
  } catch (error) {
    if (!isApiError(error, 'already-exists')) throw error;
  }
}
