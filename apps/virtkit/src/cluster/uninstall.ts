import { resources, type KubernetesObject, type ResourceDefinition } from '@virtkit/core-types';
import { installKindOf } from '@virtkit/install';
import { isApiError, waitFor, type Client } from '@virtkit/sdk';
import { VirtkitError } from '../errors.ts';
import { connectToCluster, understood, type ClusterFlags } from './connection.ts';
import { nameOf } from './install.ts';
import { releaseOf, type ReleaseFlags } from './manifests.ts';

/** What `virtkit uninstall` is asked for. */
export interface UninstallOptions extends ClusterFlags, ReleaseFlags {
  /** Machines and instances go with the installation. */
  removeWorkloads?: boolean;
  /** Seconds that everything may take. */
  timeoutSeconds: number;
  print: (line: string) => void;
}

/** What people would lose. */
const workloads: readonly [string, ResourceDefinition][] = [
  ['virtual machines', resources.virtualMachines],
  ['instances', resources.virtualMachineInstances],
];

/**
 * Removes an installation and everything that it made. May be repeated after it was interrupted.
 * @throws VirtkitError `refused` while there are machines, unless they are to go too; `timeout`
 */
export async function uninstall(options: UninstallOptions): Promise<void> {
  const { print, timeoutSeconds } = options;
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  await using client = await connectToCluster(options, {
    onWarning: (text) => print(`warning: ${text}`),
    signal,
  });
  const { operator, kubeVirt } = releaseOf(options);
  if (options.removeWorkloads !== true) await expectNoWorkloads(client, signal);
  const { name = '', namespace } = kubeVirt.metadata;
  if (await remove(client, kubeVirt, signal)) {
    print(`${nameOf(kubeVirt)} is being removed by the operator, with everything that it installed`);
    await within(timeoutSeconds, signal, 'the operator has not removed everything', () =>
      waitFor(client.kubeVirts, name, (object) => object === undefined, { namespace, signal }),
    );
  }
  const reversed = [...operator].reverse();
  for (const object of reversed) if (await remove(client, object, signal)) print(`${nameOf(object)} deleted`);
  const named = operator.find(({ kind }) => kind === 'Namespace')?.metadata.name ?? '';
  await within(timeoutSeconds, signal, `the namespace ${named} is still there`, () =>
    waitFor(client.namespaces, named, (object) => object === undefined, { signal }),
  );
}

async function expectNoWorkloads(client: Client, signal: AbortSignal): Promise<void> {
  for (const [what, definition] of workloads) {
    const found = await understood(`look for ${what}`, async () => {
      try {
        return (await client.resource(definition).list({ namespace: 'all', limit: 1, signal })).items;
      } catch (error) {
        if (isApiError(error, 'not-found')) return [];
        throw error;
      }
    });
    if (found.length > 0)
      throw new VirtkitError('refused', `there are still ${what}, which would be lost`, {
        nextStep: 'delete them first, or pass --remove-workloads',
      });
  }
}

/** @returns false when there was nothing to delete */
async function remove(client: Client, object: KubernetesObject, signal: AbortSignal): Promise<boolean> {
  const definition = installKindOf(object);
  if (definition === undefined) return false;
  const { name = '', namespace } = object.metadata;
  return understood(`delete ${nameOf(object)}`, async () => {
    try {
      await client.resource(definition).delete(name, { namespace, signal });
      return true;
    } catch (error) {
      if (isApiError(error, 'not-found')) return false;
      throw error;
    }
  });
}

async function within(
  timeoutSeconds: number,
  signal: AbortSignal,
  problem: string,
  wait: () => Promise<unknown>,
): Promise<void> {
  try {
    await wait();
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new VirtkitError('timeout', `${problem} after ${timeoutSeconds} s`, {
      cause,
      nextStep: 'see the conditions of the KubeVirt object, then run the same command again',
    });
  }
}
