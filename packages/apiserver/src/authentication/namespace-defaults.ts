import type { BackgroundErrorHandler } from '../garbage-collector/collector.ts';
import { WorkQueue } from '../garbage-collector/work-queue.ts';
import type { Registry } from '../registry/registry.ts';
import type { StoreEvent } from '../storage/records.ts';
import { ensureObject } from './system-objects.ts';

const DEFAULT_ACCOUNT = 'default';
const ROOT_CA = 'kube-root-ca.crt';
const NAMESPACES = 'namespaces';
const CONCURRENCY = 4;

/** What keeps the defaults of namespaces. */
export interface NamespaceDefaultsOptions {
  /** Certificate of the authority of this server, PEM. */
  readonly ca: string;
  readonly onError: BackgroundErrorHandler;
}

/**
 * Gives each namespace what Kubernetes' controllers give it: the ServiceAccount `default`, and the ConfigMap
 * `kube-root-ca.crt` by which Pods know this server. What is deleted or changed comes back.
 */
export class NamespaceDefaults implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #ca: string;
  readonly #queue: WorkQueue;
  readonly #stop: () => void;

  private constructor(registry: Registry, { ca, onError }: NamespaceDefaultsOptions) {
    this.#registry = registry;
    this.#ca = ca;
    this.#queue = new WorkQueue({
      process: (namespace) => this.#complete(namespace),
      concurrency: CONCURRENCY,
      onError: (namespace, error) => onError(`completing the namespace ${namespace}`, error),
    });
    this.#stop = registry.store.onCommit((events) => events.forEach((event) => this.#learn(event)));
  }

  /** Completes the namespaces that exist, then goes on with those that come. */
  static async start(registry: Registry, options: NamespaceDefaultsOptions): Promise<NamespaceDefaults> {
    const defaults = new NamespaceDefaults(registry, options);
    await Promise.all(registry.store.list(NAMESPACES).map(({ name }) => defaults.#complete(name)));
    return defaults;
  }

  #learn({ resource, namespace, name, type }: StoreEvent): void {
    if (resource === NAMESPACES && type === 'ADDED') this.#queue.add(name);
    if (resource === 'serviceaccounts' && name === DEFAULT_ACCOUNT && type === 'DELETED')
      this.#queue.add(namespace);
    if (resource === 'configmaps' && name === ROOT_CA && type !== 'ADDED') this.#queue.add(namespace);
  }

  async #complete(namespace: string): Promise<void> {
    const { store } = this.#registry;
    const place = store.get({ resource: NAMESPACES, namespace: '', name: namespace });
    if (place === undefined || place.object.metadata.deletionTimestamp !== undefined) return;
    await Promise.all([
      ensureObject(this.#registry, {
        resource: 'serviceaccounts',
        namespace,
        name: DEFAULT_ACCOUNT,
        controller: 'service-account-controller',
      }),
      ensureObject(this.#registry, {
        resource: 'configmaps',
        namespace,
        name: ROOT_CA,
        controller: 'root-ca-cert-publisher',
        data: { 'ca.crt': this.#ca },
      }),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#queue.close();
  }
}
