import type { BackgroundErrorHandler } from '../garbage-collector/collector.ts';
import type { JsonObject } from '../object/json.ts';
import { createObject } from '../registry/create.ts';
import { deleteObject } from '../registry/delete.ts';
import type { Registry, RequestScope } from '../registry/registry.ts';
import { bodyOf } from '../registry/update.ts';
import { ApiServerError } from '../errors.ts';
import type { MountedGroup } from '../mounts/types.ts';
import type { ClientCertificate } from '../tls/client-authority.ts';
import type { ServiceResolver } from '../webhooks/types.ts';
import { ApiServices } from './api-services.ts';
import { AvailabilityController } from './availability.ts';
import { RemoteConnections } from './connection.ts';
import { API_SERVICE_STORAGE, REGISTRATION_GROUP } from './group.ts';
import { AUTOMANAGED, localApiService, localVersions } from './local-services.ts';
import { AggregationProxy } from './proxy.ts';
import { SYSTEM_SCOPE } from './system-scope.ts';
import type { RemoteApiService } from './types.ts';

/** What aggregation works with. */
export interface AggregatorParts {
  readonly registry: Registry;
  /** Groups and versions beside those of the catalogue that this server serves itself. */
  readonly others: readonly Pick<MountedGroup, 'group' | 'version'>[];
  readonly resolve: ServiceResolver;
  /** Shown to other servers: who has it is believed in what the headers say. */
  readonly certificate: ClientCertificate;
  readonly onError: BackgroundErrorHandler;
}

/** API groups that other servers serve behind this one, and the list of those that it serves itself. */
export class Aggregator implements AsyncDisposable {
  readonly proxy: AggregationProxy;
  readonly #parts: AggregatorParts;
  readonly #services: ApiServices;
  readonly #availability: AvailabilityController;
  readonly #owned: AsyncDisposableStack;
  #catalogueGeneration: number;
  #syncing: Promise<void> = Promise.resolve();

  private constructor(
    parts: AggregatorParts,
    connections: RemoteConnections,
    services: ApiServices,
    owned: AsyncDisposableStack,
  ) {
    this.#parts = parts;
    this.#services = services;
    this.proxy = new AggregationProxy(connections);
    this.#availability = owned.use(
      new AvailabilityController(parts.registry, services, connections, parts.onError),
    );
    const { store, catalogue } = parts.registry;
    this.#catalogueGeneration = catalogue.generation;
    owned.defer(() => this.#syncing);
    owned.defer(
      store.onCommit(() => {
        if (catalogue.generation === this.#catalogueGeneration) return;
        this.#catalogueGeneration = catalogue.generation;
        this.#syncing = this.#syncing
          .then(() => this.#sync())
          .catch((error: unknown) => parts.onError('registering local APIServices', error));
      }),
    );
    this.#owned = owned;
  }

  /** Starts aggregation; what this server serves itself is listed when this has returned. */
  static async start(parts: AggregatorParts): Promise<Aggregator> {
    const owned = new AsyncDisposableStack();
    try {
      const services = owned.use(new ApiServices(parts.registry.store));
      const connections = owned.use(new RemoteConnections(parts.resolve, parts.certificate));
      const aggregator = new Aggregator(parts, connections, services, owned);
      await aggregator.#sync(true);
      return aggregator;
    } catch (error) {
      await owned.disposeAsync();
      throw error;
    }
  }

  /** The APIService that another server answers for a group and version, if there is one. */
  find(group: string, version: string): RemoteApiService | undefined {
    const service = this.#services.find(group, version);
    return service === undefined || this.#isBuiltin(group, version) ? undefined : service;
  }

  /** All of them, those that come first in discovery first. */
  remote(): readonly RemoteApiService[] {
    return this.#services
      .all()
      .filter(({ spec }) => !this.#isBuiltin(spec.group, spec.version))
      .toSorted(
        ({ spec: a }, { spec: b }) =>
          b.groupPriorityMinimum - a.groupPriorityMinimum || b.versionPriority - a.versionPriority,
      );
  }

  /** Where their OpenAPI documents of version 3 are, as far as they answer. */
  openApiPaths(): string[] {
    return this.remote()
      .filter(({ available }) => available)
      .map(({ spec }) => `apis/${spec.group}/${spec.version}`);
  }

  /** The last APIResourceList of a remote APIService. */
  resources(name: string): JsonObject | undefined {
    return this.#availability.resources(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  #isBuiltin(group: string, version: string): boolean {
    const { catalogue } = this.#parts.registry;
    return (
      this.#parts.others.some((other) => other.group === group && other.version === version) ||
      catalogue.all().some((d) => d.origin === 'builtin' && d.group === group && d.version === version)
    );
  }

  /** @param own true while nobody else can have a say in what is written. */
  async #sync(own = false): Promise<void> {
    const { registry, others } = this.#parts;
    const definition = registry.catalogue.find({
      group: REGISTRATION_GROUP,
      version: 'v1',
      resource: 'apiservices',
    });
    if (definition === undefined) throw new ApiServerError('InternalError', 'the kind APIService is missing');
    const wanted = new Map(
      localVersions(registry.catalogue, others)
        .map(localApiService)
        .map((object) => [object.metadata.name ?? '', object]),
    );
    const present = registry.store.list(API_SERVICE_STORAGE);
    const names = new Set(present.map(({ name }) => name));
    const missing = [...wanted.values()].filter(({ metadata }) => !names.has(metadata.name ?? ''));
    const outdated = present.filter(
      ({ name, object }) => !wanted.has(name) && object.metadata.labels?.[AUTOMANAGED] !== undefined,
    );
    const scope = (): RequestScope => ({ ...SYSTEM_SCOPE, warnings: [] });
    await Promise.all([
      ...missing.map((object) =>
        settled(
          'AlreadyExists',
          createObject(registry, definition, scope(), undefined, { ...bodyOf({ ...object }), own }),
        ),
      ),
      ...outdated.map(({ name }) =>
        settled(
          'NotFound',
          deleteObject(registry, definition, scope(), { namespace: undefined, name, options: {} }),
        ),
      ),
    ]);
  }
}

/** Somebody else may have been faster. */
async function settled(code: 'AlreadyExists' | 'NotFound', work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ApiServerError && error.code === code)) throw error;
  }
}
