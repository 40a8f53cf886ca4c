// One pass over the KubeVirt object: observe, decide, write, tell. Nothing is remembered between passes, so whoever takes over
// goes on where another operator stopped.
import {
  done,
  type Action,
  type Clock,
  type Logger,
  type ReconcileContext,
} from '@virtkit/controllers/runtime';
import { annotations, finalizers, type KubeVirt } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';
import { remove } from './deletion/remove.ts';
import type { Observation } from './observe/observation.ts';
import type { Observer } from './observe/observer.ts';
import { install } from './rollout/install.ts';
import type { OperatorSettings } from './settings.ts';
import { isActive } from './status/active.ts';
import { withSituation } from './status/project.ts';
import { StatusTeller } from './status/teller.ts';
import { Writer } from './writer.ts';

/** What passes are made with. */
export interface ReconcilerOptions {
  readonly client: Client;
  readonly observer: Observer;
  readonly settings: OperatorSettings;
  /** Of guests that name none. */
  readonly architecture: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One pass over the object that an operator acts for. */
export interface Pass {
  readonly kubeVirt: KubeVirt;
  readonly observation: Observation;
  readonly settings: OperatorSettings;
  readonly architecture: string;
  readonly client: Client;
  readonly writer: Writer;
  readonly status: StatusTeller;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** The next pass waits until the store has this version. */
  readonly onWrite: (stored: KubeVirt) => void;
}

/** The finalizer that keeps a KubeVirt object until what it asked for is gone, and its old form. */
export const ownFinalizers: readonly string[] = [finalizers.kubeVirt, 'foregroundDeleteKubeVirt'];

/**
 * Installs, changes or removes what a KubeVirt object asks for, in one pass.
 * @throws OperatorError `refused`, InstallError, ApiError: the next pass tries again after a while
 */
export async function reconcile(
  options: ReconcilerOptions,
  key: string,
  { signal, expectations }: Pick<ReconcileContext, 'signal' | 'expectations'>,
): Promise<Action> {
  const { observer, settings, client, logger, architecture } = options;
  const kubeVirt = observer.kubeVirts.store.get(key);
  if (kubeVirt === undefined) {
    expectations.forget(key);
    return done;
  }
  const observation = await observer.observe(kubeVirt.spec, signal);
  const onWrite = (stored: KubeVirt): void => expectations.expectVersion(key, stored);
  const status = new StatusTeller(client, kubeVirt, onWrite);
  const { now } = observation;
  if (!isActive(kubeVirt, observation.kubeVirts, settings.namespace)) {
    await status.tell((told) => withSituation(told, { kind: 'other-installation' }, now), signal);
    return done;
  }
  const writer = new Writer(client, signal);
  const pass = {
    kubeVirt,
    observation,
    settings,
    architecture,
    client,
    writer,
    status,
    logger,
    signal,
    onWrite,
  };
  const deleting = kubeVirt.metadata.deletionTimestamp !== undefined;
  if (!deleting && !kubeVirt.metadata.finalizers?.includes(finalizers.kubeVirt)) return takeOn(pass);
  try {
    return await (deleting ? remove(pass) : install(pass));
  } catch (error) {
    if (signal.aborted) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const situation = { kind: deleting ? 'deletion-failed' : 'failed', error: message } as const;
    await status.tell((told) => withSituation(told, situation, now), signal);
    throw error;
  }
}

/** Its finalizer, and the API versions that it was seen in; the change is the reason for the next pass. */
async function takeOn({ kubeVirt, client, signal, onWrite }: Pass): Promise<Action> {
  const { name = '', namespace, resourceVersion, finalizers: given = [] } = kubeVirt.metadata;
  const body = {
    metadata: {
      resourceVersion,
      finalizers: [...given.filter((one) => !ownFinalizers.includes(one)), finalizers.kubeVirt],
      annotations: {
        [annotations.latestObservedApiVersion]: 'v1',
        [annotations.storageObservedApiVersion]: 'v1',
      },
    },
  };
  onWrite(await client.kubeVirts.patch(name, { type: 'merge', body }, { namespace, signal }));
  return done;
}
