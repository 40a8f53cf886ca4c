import {
  controller,
  createInformer,
  done,
  keyFor,
  silentLogger,
  watch,
  type Action,
  type Logger,
} from '@virtkit/controllers/runtime';
import { resources, type Pod, type Service } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import { endpointsOf, isOurSlice, serviceNameLabel, slicesOf } from './endpoint-objects.ts';
import { memberGroups } from './members.ts';

/** Whose Services are followed, and until when. */
export interface EndpointsControllerOptions {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly logger?: Logger;
}

/** Keeps the Endpoints and EndpointSlices of every Service with a selector, until the signal aborts. */
export async function runEndpointsController(options: EndpointsControllerOptions): Promise<void> {
  const { client, signal, logger = silentLogger } = options;
  const informer = { namespace: 'all', logger };
  const services = createInformer({
    ...informer,
    definition: resources.services,
    source: client.resource(resources.services),
  });
  const pods = createInformer({
    ...informer,
    definition: resources.pods,
    source: client.resource(resources.pods),
  });
  const slices = createInformer({
    ...informer,
    definition: resources.endpointSlices,
    source: client.resource(resources.endpointSlices),
  });
  const reconciler = new EndpointsReconciler(client, signal);
  const endpoints = controller<Service>({
    name: 'endpoints',
    resource: services,
    logger,
    watches: [
      watch(pods, (pod, change) => [
        ...selecting(services.store.list(), pod),
        ...(change.kind === 'updated' ? selecting(services.store.list(), change.previous) : []),
      ]),
    ],
    reconcile: (key) =>
      reconciler.reconcile(
        services.store.get(key),
        key,
        pods.store.list(),
        slices.store.list().filter(isOurSlice),
      ),
  });
  await Promise.all([services.run(signal), pods.run(signal), slices.run(signal), endpoints.run({ signal })]);
}

/** Keys of the Services that select a Pod. */
function selecting(services: readonly Service[], pod: Pod): string[] {
  return services
    .filter(({ metadata, spec }) => {
      const selector = Object.entries(spec?.selector ?? {});
      return (
        selector.length > 0 &&
        metadata.namespace === pod.metadata.namespace &&
        selector.every(([key, value]) => pod.metadata.labels?.[key] === value)
      );
    })
    .map(({ metadata }) => keyFor(metadata.namespace, metadata.name!));
}

type Slice = ReturnType<typeof slicesOf>[number];

class EndpointsReconciler {
  readonly #client: Client;
  readonly #signal: AbortSignal;

  constructor(client: Client, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  async reconcile(
    service: Service | undefined,
    key: string,
    pods: readonly Pod[],
    slices: readonly Slice[],
  ): Promise<Action> {
    const [namespace = '', name = ''] = key.split('/');
    const own = slices.filter(
      ({ metadata }) => metadata.namespace === namespace && metadata.labels?.[serviceNameLabel] === name,
    );
    if (service === undefined) {
      // Slices follow their owner by garbage collection; Endpoints have none.
      await this.#delete('endpoints', name, namespace);
      return done;
    }
    // Without a selector somebody else says where the Service leads.
    if (Object.keys(service.spec?.selector ?? {}).length === 0) return done;
    const groups = memberGroups(service, pods);
    const scope = { namespace, signal: this.#signal };
    await this.#client.endpoints.createOrPatch(endpointsOf(service, groups), scope);
    const wanted = slicesOf(service, groups);
    for (const slice of wanted) await this.#client.endpointSlices.createOrPatch(slice, scope);
    const kept = new Set(wanted.map(({ metadata }) => metadata.name));
    for (const { metadata } of own)
      if (!kept.has(metadata.name)) await this.#delete('endpointSlices', metadata.name!, namespace);
    return done;
  }

  async #delete(kind: 'endpoints' | 'endpointSlices', name: string, namespace: string): Promise<void> {
    try {
      await this.#client[kind].delete(name, { namespace, signal: this.#signal });
    } catch (error) {
      if (!isApiError(error, 'not-found')) throw error;
    }
  }
}
