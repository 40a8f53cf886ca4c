import { readdir, rm } from 'node:fs/promises';
import { cleanUpNode } from '@virtkit/embedded-node';
import { isDeleted, waitFor } from '@virtkit/sdk';
import { VirtkitError } from '../errors.ts';
import { setCordon } from '../platform/cordon.ts';
import { ensureIdentities } from '../platform/identities.ts';
import { layoutOf, type Layout } from '../platform/layout.ts';
import { connectAsAdmin } from '../platform/platform.ts';
import { readSettings, type Settings } from '../platform/settings.ts';
import { isAlive } from '../supervisor/process-identity.ts';
import { askToStop, runningPlatform } from './up.ts';

export interface DownOptions {
  root: string;
  /** Removes machines, volumes with their data, images, certificates and settings too. */
  purge: boolean;
  print: (line: string) => void;
}

/** How long the programs may take to end, in milliseconds. */
const stopPatience = 30_000;
/** How long guests get to shut down, in milliseconds. */
const guestPatience = 20_000;

/**
 * Ends the platform: guests are asked to shut down, programs end, everything on the host that belonged to it is removed.
 * Machines stay in the store, with the data of their claims, and start again with the next `up`, unless `purge` removes it
 * all. Idempotent.
 */
export async function down({ root, purge, print }: DownOptions): Promise<void> {
  const layout = layoutOf(root);
  const settings = await readSettings(layout);
  const record = await runningPlatform(root);
  if (record !== undefined && settings !== undefined) {
    if (!purge) await shutGuestsDown(layout, settings, print);
    print('virtkit: stopping programs');
    askToStop(record);
    const deadline = performance.now() + stopPatience;
    while (await isAlive(record.supervisor)) {
      if (performance.now() > deadline)
        throw new VirtkitError('timeout', `process ${record.supervisor.pid} does not end`, {
          nextStep: `read ${layout.logs}/supervisor.log, then end that process by hand and run this again`,
        });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  if (settings !== undefined) {
    await cleanUpNode({
      root: layout.kubelet,
      serviceTable: settings.serviceTable,
      network: {
        bridge: settings.bridge,
        subnet: settings.subnet,
        namespacePrefix: settings.namespacePrefix,
      },
      images: purge,
    });
  }
  if (purge) {
    await tellOfData(layout, print);
    await rm(root, { recursive: true, force: true });
  }
  print(
    settings === undefined && record === undefined
      ? 'virtkit: nothing to stop'
      : `virtkit: ${purge ? 'removed' : 'stopped'}`,
  );
}

/** Says what goes that no other command brings back. */
async function tellOfData({ volumes }: Layout, print: (line: string) => void): Promise<void> {
  const names = await entriesOf(volumes);
  if (names.length > 0)
    print(`virtkit: deleting the data of ${names.length} persistent volumes in ${volumes}`);
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    // No claim was ever bound.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Ends the launcher Pods, whose guests then shut down, and waits until they are gone. The node takes no new Pods meanwhile:
 * the machines that run always would otherwise come back at once. Who does not go in time is ended with its Pod.
 */
async function shutGuestsDown(
  layout: Layout,
  settings: Settings,
  print: (line: string) => void,
): Promise<void> {
  try {
    const identities = await ensureIdentities(layout);
    await using client = await connectAsAdmin(layout, settings, identities.admin);
    const signal = AbortSignal.timeout(guestPatience);
    const selection = { namespace: 'all' as const, labelSelector: 'kubevirt.io=virt-launcher', signal };
    const { items } = await client.pods.list(selection);
    if (items.length === 0) return;
    print(`virtkit: shutting down ${items.length} guests`);
    await setCordon(client, settings.nodeName, true, signal);
    for (const { metadata } of items)
      await client.pods.delete(metadata.name ?? '', { namespace: metadata.namespace, signal });
    await Promise.all(
      items.map(({ metadata }) =>
        waitFor(client.pods, metadata.name ?? '', isDeleted, { namespace: metadata.namespace, signal }),
      ),
    );
  } catch (error) {
    print(`virtkit: not all guests shut down: ${error instanceof Error ? error.message : String(error)}`);
  }
}
