import type { ClusterConfiguration } from '@virtkit/admission';
import {
  resources,
  type PersistentVolumeClaim,
  type StorageClass,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { instanceType } from '../kinds.ts';
import { ControllerError } from '../runtime/errors.ts';
import type { ClientSet, ObjectClient } from '../runtime/object-client.ts';
import { controllerReference, keyFor, type ObjectKey } from '../runtime/object-key.ts';
import { hasPersistentState } from './launcher-pod/volumes.ts';

/** KubeVirt: names, on a claim, the machine whose persistent state it holds. */
const stateLabel = 'persistent-state-for';
/** KubeVirt: the size of such a claim. */
const stateSize = '10Mi';
/** Lets a storage profile complete the claim, where there are profiles. */
const profileLabel = { 'cdi.kubevirt.io/applyStorageProfile': 'true' };

const defaultClassAnnotations = [
  'storageclass.kubevirt.io/is-default-virt-class',
  'storageclass.kubernetes.io/is-default-class',
];

/** Index of claims by the key of the machine whose persistent state they hold. */
export function byStateOf({ metadata }: PersistentVolumeClaim): ObjectKey[] {
  const name = metadata.labels?.[stateLabel];
  return name === undefined ? [] : [keyFor(metadata.namespace, name)];
}

/** Brings about the claims for what outlives an instance beside its disks: UEFI variables, records of changed blocks. */
export class StateClaims {
  readonly #client: ClientSet;
  readonly #claims: ObjectClient<PersistentVolumeClaim>;

  constructor(client: ClientSet) {
    this.#client = client;
    this.#claims = client.resource(resources.persistentVolumeClaims);
  }

  /**
   * The name of the instance's claim, which is made where there is none and taken away where it is not needed.
   * @param known The instance's claims, as far as a cache knows them.
   * @throws ControllerError `no-storage-class`, `lost-claim`; the client's error
   */
  async ensure(
    instance: VirtualMachineInstance,
    known: readonly PersistentVolumeClaim[],
    configuration: ClusterConfiguration,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { name = '', namespace } = instance.metadata;
    if (!hasPersistentState(instance)) {
      for (const { metadata } of known) await this.#claims.delete(metadata.name!, { namespace, signal });
      return undefined;
    }
    // A claim that was made just now may not be in the cache yet, and a second one would be empty.
    const selection = { namespace, labelSelector: `${stateLabel}=${name}`, signal };
    const { items } = await this.#claims.list(selection);
    const [found] = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (found?.status?.phase === 'Lost')
      throw new ControllerError(
        'lost-claim',
        `the claim ${found.metadata.name!} with the persistent state lost its volume`,
      );
    if (found !== undefined) return found.metadata.name;
    const made = await this.#claims.create(await this.#claimOf(instance, configuration, signal), {
      namespace,
      signal,
    });
    return made.metadata.name;
  }

  async #claimOf(
    instance: VirtualMachineInstance,
    { values: { vmStateStorageClass } }: ClusterConfiguration,
    signal: AbortSignal,
  ): Promise<PersistentVolumeClaim> {
    const { name = '', namespace, ownerReferences } = instance.metadata;
    const { items } = await this.#client.resource(resources.storageClasses).list({ signal });
    const storageClassName = vmStateStorageClass === '' ? defaultClassOf(items) : vmStateStorageClass;
    if (storageClassName === undefined)
      throw new ControllerError(
        'no-storage-class',
        'persistent state needs a storage class, and none is the default',
      );
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        generateName: `persistent-state-for-${name}-`,
        namespace,
        labels: { [stateLabel]: name, ...profileLabel },
        // It goes with the machine, or with the instance that has none.
        ownerReferences: ownerReferences ?? [controllerReference(instance, instanceType)],
      },
      spec: {
        // KubeVirt: a class that was chosen for it is taken as shared storage where no profile says otherwise.
        accessModes: [vmStateStorageClass === '' ? 'ReadWriteOnce' : 'ReadWriteMany'],
        resources: { requests: { storage: stateSize } },
        storageClassName,
        volumeMode: 'Filesystem',
      },
    };
  }
}

/** KubeVirt: the default for machines, else the cluster's. */
function defaultClassOf(classes: readonly StorageClass[]): string | undefined {
  const marked = defaultClassAnnotations.map((annotation) =>
    classes.find(({ metadata }) => metadata.annotations?.[annotation] === 'true'),
  );
  return marked.find((found) => found !== undefined)?.metadata.name;
}
