import {
  controller,
  createEventRecorder,
  createInformer,
  keyFor,
  silentLogger,
  watch,
  type Logger,
} from '@virtkit/controllers/runtime';
import { resources, type PersistentVolume, type PersistentVolumeClaim, type Pod } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';
import { ClaimReconciler } from './claim-reconciler.ts';
import { claimNamesOf } from './claim-use.ts';
import { VolumeFolders } from './volume-folders.ts';
import { VolumeReconciler } from './volume-reconciler.ts';

/** Whose claims are bound, and where the volumes made for them are. */
export interface StorageControllerOptions {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly logger?: Logger;
  /** Holds one folder per volume, an absolute path. Nothing else may be in it. */
  readonly folder: string;
  /** The node on which this runs: volumes are reachable from there only. */
  readonly nodeName: string;
}

/**
 * Binds claims to volumes, makes volumes for claims of classes with the provisioner `virtkit.dev/local`, protects claims
 * that Pods use and reclaims volumes, until the signal aborts. To be run on the machine that has the folder.
 */
export async function runStorageController(options: StorageControllerOptions): Promise<void> {
  const { client, signal, logger = silentLogger, nodeName } = options;
  const everywhere = { namespace: 'all', logger };
  const claims = createInformer({
    ...everywhere,
    definition: resources.persistentVolumeClaims,
    source: client.resource(resources.persistentVolumeClaims),
  });
  const pods = createInformer({
    ...everywhere,
    definition: resources.pods,
    source: client.resource(resources.pods),
  });
  const volumes = createInformer({
    definition: resources.persistentVolumes,
    source: client.resource(resources.persistentVolumes),
    logger,
  });
  const classes = createInformer({
    definition: resources.storageClasses,
    source: client.resource(resources.storageClasses),
    logger,
  });
  const nodes = createInformer({
    definition: resources.nodes,
    source: client.resource(resources.nodes),
    logger,
  });
  await using recorder = createEventRecorder({
    client,
    component: 'persistentvolume-controller',
    logger,
    normalDelayMs: 500,
  });
  const folders = new VolumeFolders(options.folder);
  const stores = { client, claims: claims.store, volumes: volumes.store, folders, recorder };
  const claimReconciler = new ClaimReconciler({
    ...stores,
    classes: classes.store,
    nodes: nodes.store,
    pods: pods.store,
    nodeName,
  });
  const volumeReconciler = new VolumeReconciler(stores);
  /** Claims that a change elsewhere may concern: those that are not bound. */
  const unbound = () => claims.store.list().filter(isUnbound).map(keyOfClaim);
  const claimController = controller({
    name: 'claims',
    resource: claims,
    logger,
    // One at a time: each must see what room the one before has taken.
    workers: 1,
    backoff: { baseMs: 20, maxMs: 10_000 },
    reconcile: (key, context) => claimReconciler.reconcile(key, context),
    watches: [
      watch(volumes, (volume) => [...claimOf(volume), ...unbound()]),
      watch(classes, unbound),
      watch(pods, claimsOf),
      { informer: nodes, subscribe: () => ({ [Symbol.dispose]: () => undefined }) },
    ],
  });
  const volumeController = controller({
    name: 'volumes',
    resource: volumes,
    logger,
    backoff: { baseMs: 20, maxMs: 10_000 },
    reconcile: (key, context) => volumeReconciler.reconcile(key, context),
    watches: [
      watch(claims, (claim) =>
        volumes.store
          .list()
          .filter((volume) => claimOf(volume).includes(keyOfClaim(claim)))
          .map(({ metadata }) => metadata.name!),
      ),
    ],
  });
  const following = [claims, pods, volumes, classes, nodes].map((informer) => informer.run(signal));
  try {
    await volumes.waitForSync({ signal });
    await folders.sweep(volumes.store.list());
    await Promise.all([claimController.run({ signal }), volumeController.run({ signal })]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.all(following);
  }
}

function isUnbound({ spec, status }: PersistentVolumeClaim): boolean {
  return (spec?.volumeName ?? '') === '' || status?.phase !== 'Bound';
}

function keyOfClaim({ metadata }: PersistentVolumeClaim): string {
  return keyFor(metadata.namespace, metadata.name!);
}

/** The key of the claim that a volume names. */
function claimOf({ spec }: PersistentVolume): string[] {
  const { namespace, name } = spec?.claimRef ?? {};
  return name === undefined ? [] : [keyFor(namespace, name)];
}

/** Keys of the claims of a Pod. */
function claimsOf(pod: Pod): string[] {
  return claimNamesOf(pod).map((name) => keyFor(pod.metadata.namespace, name));
}
