import { createInformer, errorMessage, silentLogger, type Logger } from '@virtkit/controllers/runtime';
import { resources } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';
import { EmbeddedNodeError } from '../errors.ts';
import { runOrThrow } from '../processes/command.ts';
import { removalRuleset, ruleset, serviceTargets } from './ruleset.ts';

/** Whose Services are led on, and until when. */
export interface ServiceProxyOptions {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly logger?: Logger;
  /** Name of the nftables table, which is the proxy's own; `virtkit-services` when absent. */
  readonly table?: string;
  /** Called after each change of the ruleset. */
  readonly onApplied?: () => void;
}

/** Name of the nftables table when none is given. */
export const defaultServiceTable = 'virtkit-services';
/** Milliseconds for which changes are gathered into one ruleset. */
const gatherTime = 20;
const retryTime = 2_000;

/**
 * Leads connections to Services on to their Pods, by nftables, until the signal aborts. The rules stay when it ends,
 * so that a restart breaks no connection; {@link removeServiceRules} takes them away.
 *
 * @throws EmbeddedNodeError `RightsMissing` without root
 */
export async function runServiceProxy(options: ServiceProxyOptions): Promise<void> {
  const { client, signal, logger = silentLogger, table = defaultServiceTable } = options;
  if (process.getuid?.() !== 0)
    throw new EmbeddedNodeError(
      'RightsMissing',
      'Services need root: without it Pods share the network of the host and are reached at its addresses',
    );
  const common = { namespace: 'all', logger };
  const services = createInformer({
    ...common,
    definition: resources.services,
    source: client.resource(resources.services),
  });
  const slices = createInformer({
    ...common,
    definition: resources.endpointSlices,
    source: client.resource(resources.endpointSlices),
  });
  let changed = Promise.withResolvers<void>();
  const wake = () => changed.resolve();
  signal.addEventListener('abort', wake, { once: true });
  using _services = services.listen(wake);
  using _slices = slices.listen(wake);
  const following = Promise.all([services.run(signal), slices.run(signal)]);
  await Promise.all([services.waitForSync({ signal }), slices.waitForSync({ signal })]);
  wake();
  let applied = '';
  for (;;) {
    await changed.promise;
    if (signal.aborted) break;
    changed = Promise.withResolvers<void>();
    await new Promise((resolve) => setTimeout(resolve, gatherTime));
    const rules = ruleset(table, serviceTargets(services.store.list(), slices.store.list()));
    if (rules === applied) continue;
    try {
      await runOrThrow('nft', ['-f', '-'], { input: rules });
      applied = rules;
      options.onApplied?.();
    } catch (error) {
      logger.error('the rules of the Services could not be applied', { error: errorMessage(error) });
      setTimeout(wake, retryTime).unref();
    }
  }
  await following;
}

/** Removes the proxy's table, if it is there. */
export async function removeServiceRules(table = defaultServiceTable): Promise<void> {
  await runOrThrow('nft', ['-f', '-'], { input: removalRuleset(table) });
}
