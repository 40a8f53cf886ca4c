import type { BackgroundErrorHandler } from '../garbage-collector/collector.ts';
import { SystemOperations } from '../garbage-collector/system-operations.ts';
import { equalJson, type JsonObject } from '../object/json.ts';
import { timestamp, type KubeObject } from '../object/types.ts';
import type { Registry } from '../registry/registry.ts';
import type { ApiServices } from './api-services.ts';
import type { RemoteConnections } from './connection.ts';
import { API_SERVICE_STORAGE } from './group.ts';
import { availableCondition } from './kind.ts';
import { probe } from './probe.ts';
import type { RemoteApiService } from './types.ts';

const RECHECK_MS = 30_000;
/** The first repetition after a failed check; each further one waits twice as long, until RECHECK_MS. */
const FIRST_RETRY_MS = 250;
const USER = 'system:kube-aggregator';
const SLICES = 'endpointslices.discovery.k8s.io';
/** Changes of these may make a server reachable. */
const RELEVANT = new Set(['services', 'endpoints', SLICES]);

/** What is known of the server of one APIService. */
interface Watched {
  timer: NodeJS.Timeout | undefined;
  failures: number;
  checking: boolean;
  again: boolean;
}

/**
 * Checks every 30 seconds, and when something relevant changes, that the servers of APIServices answer, and writes their
 * condition `Available`. What they answer is kept, for discovery.
 */
export class AvailabilityController implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #services: ApiServices;
  readonly #connections: RemoteConnections;
  readonly #operations: SystemOperations;
  readonly #onError: BackgroundErrorHandler;
  readonly #watched = new Map<string, Watched>();
  readonly #resources = new Map<string, JsonObject>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #stop: () => void;

  constructor(
    registry: Registry,
    services: ApiServices,
    connections: RemoteConnections,
    onError: BackgroundErrorHandler,
  ) {
    this.#registry = registry;
    this.#services = services;
    this.#connections = connections;
    this.#onError = onError;
    this.#operations = new SystemOperations(registry, USER);
    this.#checkAll();
    this.#stop = registry.store.onCommit((events) => {
      if (events.some(({ resource }) => RELEVANT.has(resource))) this.#checkAll();
      for (const event of events)
        if (event.resource === API_SERVICE_STORAGE && changesSpec(event)) this.#consider(event.name);
    });
  }

  /** The last APIResourceList that the server of an APIService gave. */
  resources(name: string): JsonObject | undefined {
    return this.#resources.get(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    this.#stopping.abort();
    for (const { timer } of this.#watched.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #checkAll(): void {
    for (const { name } of this.#services.all()) this.#consider(name);
  }

  #consider(name: string): void {
    const watched = this.#watched.get(name) ?? {
      timer: undefined,
      failures: 0,
      checking: false,
      again: false,
    };
    this.#watched.set(name, watched);
    if (watched.checking) {
      watched.again = true;
      return;
    }
    clearTimeout(watched.timer);
    watched.checking = true;
    const run = this.#check(name, watched).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #check(name: string, watched: Watched): Promise<void> {
    const service = this.#services.all().find((candidate) => candidate.name === name);
    if (service === undefined) {
      this.#watched.delete(name);
      this.#resources.delete(name);
      return;
    }
    try {
      const condition = await this.#judge(service);
      watched.failures = condition.status === 'True' ? 0 : watched.failures + 1;
      if (!this.#stopping.signal.aborted) await this.#write(name, condition);
    } catch (error) {
      watched.failures += 1;
      this.#onError(`checking the APIService ${name}`, error);
    }
    watched.checking = false;
    if (this.#stopping.signal.aborted) return;
    if (watched.again) {
      watched.again = false;
      this.#consider(name);
      return;
    }
    const retry = FIRST_RETRY_MS * 2 ** Math.min(watched.failures - 1, 10);
    const wait = watched.failures === 0 ? RECHECK_MS : Math.min(retry, RECHECK_MS);
    watched.timer = setTimeout(() => this.#consider(name), wait);
    watched.timer.unref();
  }

  async #judge(service: RemoteApiService): Promise<JsonObject> {
    try {
      this.#resources.set(service.name, await probe(this.#connections, service, this.#stopping.signal));
      return { status: 'True', reason: 'Passed', message: 'all checks passed' };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { status: 'False', ...this.#why(service, message) };
    }
  }

  /** Kubernetes' names for the reasons why there is nothing to connect to, and its words. */
  #why({ spec }: RemoteApiService, message: string): { reason: string; message: string } {
    const { namespace, name, port } = spec.service;
    const service = `service/${name} in ${JSON.stringify(namespace)}`;
    if (message.startsWith('service ') && message.endsWith('not found'))
      return { reason: 'ServiceNotFound', message: `${service} is not present` };
    if (message.startsWith('no service port'))
      return { reason: 'ServicePortError', message: `${service} is not listening on port ${port}` };
    if (!message.startsWith('no endpoints')) return { reason: 'FailedDiscoveryCheck', message };
    const { store } = this.#registry;
    const known =
      store.get({ resource: 'endpoints', namespace, name }) !== undefined ||
      store.list(SLICES).some((slice) => isSliceOf(slice.object, namespace, name));
    return known
      ? { reason: 'MissingEndpoints', message: `endpointslices for ${service} have no ready addresses` }
      : { reason: 'EndpointsNotFound', message: `cannot find endpointslices for ${service}` };
  }

  async #write(name: string, condition: JsonObject): Promise<void> {
    const key = { resource: API_SERVICE_STORAGE, namespace: '', name };
    const current = this.#registry.store.get(key);
    if (current === undefined) return;
    const { lastTransitionTime, ...before } = availableCondition(current.object) ?? {};
    if (equalJson(before, { type: 'Available', ...condition })) return;
    const since = before.status === condition.status ? lastTransitionTime : timestamp(this.#registry.now());
    await this.#operations.change(key, (object) => {
      object.status = { conditions: [{ type: 'Available', ...condition, lastTransitionTime: since }] };
    });
  }
}

function isSliceOf({ metadata }: KubeObject, namespace: string, service: string): boolean {
  return metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === service;
}

function changesSpec({
  object,
  previous,
}: {
  object: KubeObject;
  previous: KubeObject | undefined;
}): boolean {
  return previous === undefined || !equalJson(object.spec, previous.spec);
}
