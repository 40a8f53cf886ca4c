import {
  labels,
  resources,
  type ConfigMap,
  type CustomResourceDefinition,
  type KubernetesObject,
  type KubeVirt,
  type KubeVirtSpec,
  type Node,
  type ResourceDefinition,
} from '@virtkit/core-types';
import {
  InformerCache,
  type Clock,
  type Informer,
  type Logger,
  type Watch,
} from '@virtkit/controllers/runtime';
import { authority, installKinds, managedBy, monitoringPlaces, type ClusterFacts } from '@virtkit/install';
import { isApiError, type Client } from '@virtkit/sdk';
import { idOf, managedKinds, monitoringKinds, type ObjectId } from './managed-kinds.ts';
import type { Observation } from './observation.ts';

const ours = Object.entries(managedBy)
  .map(([key, value]) => `${key}=${value}`)
  .join(',');

/** Follows what the operator installs from, and what it has installed. */
export class Observer {
  readonly kubeVirts: Informer<KubeVirt>;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #cache: InformerCache;
  readonly #managed: readonly Informer<KubernetesObject>[];
  readonly #external: Informer<ConfigMap>;
  readonly #nodes: Informer<Node>;
  /** Definitions of kinds of the Prometheus operator: other things bring some of them, and none is served at once. */
  readonly #monitoring: readonly {
    readonly kind: ResourceDefinition;
    readonly definition: Informer<CustomResourceDefinition>;
  }[];

  constructor(options: { client: Client; namespace: string; clock: Clock; logger: Logger }) {
    const { client, namespace, clock, logger } = options;
    this.#client = client;
    this.#clock = clock;
    this.#cache = new InformerCache({ client, clock, logger });
    this.kubeVirts = this.#cache.informer(resources.kubeVirts);
    this.#managed = managedKinds.map((definition) =>
      this.#cache.informer(definition, {
        labelSelector: ours,
        // Secrets and ConfigMaps of other namespaces are none of the operator's business.
        ...(definition.namespaced && { namespace }),
      }),
    );
    this.#external = this.#cache.informer(resources.configMaps, {
      namespace,
      fieldSelector: `metadata.name=${authority.external}`,
    });
    this.#nodes = this.#cache.informer(resources.nodes, { labelSelector: `${labels.schedulable}=true` });
    this.#monitoring = monitoringKinds.map((kind) => ({
      kind,
      definition: this.#cache.informer(resources.customResourceDefinitions, {
        fieldSelector: `metadata.name=${kind.plural}.${kind.group}`,
      }),
    }));
  }

  /** Reasons for a pass over every KubeVirt object. */
  watches(): Watch[] {
    const monitoring = this.#monitoring.map(({ definition }) => definition);
    const informers = [...this.#managed, this.#external, ...monitoring];
    const all = (): string[] =>
      this.kubeVirts.store.list().map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    return [
      ...informers.map((informer): Watch => ({
        informer,
        subscribe: (enqueue) =>
          informer.listen(() => {
            for (const key of all()) enqueue(key);
          }),
      })),
      {
        informer: this.#nodes,
        // Nodes change all the time; how many there are does not.
        subscribe: (enqueue) =>
          this.#nodes.listen(({ kind }) => {
            if (kind !== 'updated') for (const key of all()) enqueue(key);
          }),
      },
    ];
  }

  /** Follows the cluster until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#cache.run(signal);
  }

  /** What is known now; reads only. */
  async observe(spec: KubeVirtSpec, signal: AbortSignal): Promise<Observation> {
    const managed = new Map<ObjectId, KubernetesObject>();
    for (const informer of this.#managed) {
      const { kind } = informer.definition;
      // Items of a list have no kind of their own.
      for (const object of informer.store.list()) managed.set(idOf({ ...object, kind }), object);
    }
    const served = this.#monitoring.filter(({ definition }) => definition.store.list().some(isServed));
    for (const { kind: definition } of served) {
      const list = await this.#client
        .resource(definition)
        .list({ namespace: 'all', labelSelector: ours, signal });
      for (const object of list.items) managed.set(idOf({ ...object, kind: definition.kind }), object);
    }
    const monitored = served.length === this.#monitoring.length;
    return {
      kubeVirts: this.kubeVirts.store.list(),
      managed,
      externalAuthorities: this.#external.store.list()[0],
      cluster: {
        schedulableNodes: this.#nodes.store.size,
        monitoring: monitored ? await this.#prometheus(spec, signal) : undefined,
      },
      now: this.#clock.now(),
    };
  }

  /** Where Prometheus runs: the account that the object names, else KubeVirt's usual ones. */
  async #prometheus(spec: KubeVirtSpec, signal: AbortSignal): Promise<ClusterFacts['monitoring']> {
    const account = spec.monitorAccount || monitoringPlaces.account;
    const namespaces = spec.monitorNamespace ? [spec.monitorNamespace] : monitoringPlaces.namespaces;
    const client = this.#client.resource(installKinds.serviceAccounts);
    for (const namespace of namespaces) {
      try {
        await client.get(account, { namespace, signal });
        return { namespace, account };
      } catch (error) {
        if (!isApiError(error, 'not-found')) throw error;
      }
    }
    return undefined;
  }
}

/** Kubernetes: an API server answers for a kind once it is established. */
function isServed({ status }: CustomResourceDefinition): boolean {
  return (
    status?.conditions?.some(({ type, status: holds }) => type === 'Established' && holds === 'True') === true
  );
}
