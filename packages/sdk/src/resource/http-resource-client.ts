import {
  apiVersionOf,
  resourcePath,
  type KubernetesObject,
  type ResourceDefinition,
} from '@virtkit/core-types';
import { ApiError, isApiError } from '../errors.ts';
import { isKubernetesStatus } from '../status.ts';
import type { Query, RawRequest } from '../transport/request.ts';
import type { Transport } from '../transport/transport.ts';
import type { Judge } from '../admission/judge.ts';
import type { Judgement } from '../admission/judgement.ts';
import { judgeObject } from '../admission/judge-object.ts';
import type { CheckOptions, WriteCheck } from '../checks/write-check.ts';
import { createOrPatch } from './create-or-patch.ts';
import type {
  ApplyOptions,
  DeleteCollectionOptions,
  DeleteOptions,
  KubernetesList,
  ListOptions,
  Patch,
  ScopeOptions,
  SelectionOptions,
  SubresourceWriteOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './options.ts';
import { encodePatch, errorOfPatch } from './patch.ts';
import type { ResourceClient, SubresourceRequest } from './resource-client.ts';
import { readWatch } from './watch.ts';

export interface ResourceClientSettings {
  readonly transport: Transport;
  readonly namespace: string;
  /** What is looked at before a write is sent. */
  readonly check: WriteCheck;
  readonly judge: Judge;
}

const defaultPageSize = 500;

/** {@link ResourceClient} over HTTP. */
export class HttpResourceClient<T extends KubernetesObject> implements ResourceClient<T> {
  readonly definition: ResourceDefinition<T>;
  readonly #settings: ResourceClientSettings;

  constructor(definition: ResourceDefinition<T>, settings: ResourceClientSettings) {
    this.definition = definition;
    this.#settings = settings;
  }

  async get(name: string, options: ScopeOptions = {}): Promise<T> {
    return this.#object({
      method: 'GET',
      path: this.#path(options, checkedName(name)),
      signal: options.signal,
    });
  }

  async list(options: ListOptions = {}): Promise<KubernetesList<T>> {
    const { namespace: _, signal, ...query } = options;
    const body = await this.#json({ method: 'GET', path: this.#collection(options), query, signal });
    return this.#toList(body);
  }

  async *pages(options: ListOptions = {}): AsyncIterable<KubernetesList<T>> {
    let next: ListOptions = { limit: defaultPageSize, ...options };
    for (;;) {
      const page = await this.list(next);
      yield page;
      const token = page.metadata.continue;
      if (token === undefined || token === '') return;
      // The token implies the version of the first page; the server refuses both together.
      next = { ...next, continue: token, resourceVersion: undefined, resourceVersionMatch: undefined };
    }
  }

  async *watch(options: WatchOptions = {}): AsyncIterable<WatchEvent<T>> {
    const { namespace: _, signal, allowWatchBookmarks = true, ...query } = options;
    const response = await this.#settings.transport.request({
      method: 'GET',
      path: this.#collection(options),
      query: { ...query, watch: true, allowWatchBookmarks },
      signal,
      longLived: true,
    });
    yield* readWatch<T>(response.body, signal);
  }

  async create(object: T, options: WriteOptions = {}): Promise<T> {
    const body = this.#prepare(object);
    const scope = this.#scopeOf(object, options);
    await this.#settings.check.creation(this, body, scope);
    return this.#object({
      method: 'POST',
      path: this.#path(scope),
      query: writeQuery(options),
      body,
      signal: options.signal,
    });
  }

  async replace(object: T, options: SubresourceWriteOptions = {}): Promise<T> {
    const body = this.#prepare(object);
    const scope = this.#scopeOf(object, options);
    const path = this.#path(scope, nameOf(object), options.subresource);
    await this.#settings.check.replacement(this, body, scope);
    return this.#object({
      method: 'PUT',
      path,
      query: writeQuery(options),
      body,
      signal: options.signal,
    });
  }

  async patch(name: string, patch: Patch, options: SubresourceWriteOptions = {}): Promise<T> {
    const namespace = options.namespace ?? this.#settings.namespace;
    await this.#settings.check.patch(this, checkedName(name), patch, { ...options, namespace });
    return this.#send(name, patch, options);
  }

  async #send(name: string, patch: Patch, options: SubresourceWriteOptions): Promise<T> {
    const { contentType, body } = encodePatch(patch);
    const request: RawRequest = {
      method: 'PATCH',
      path: this.#path(options, checkedName(name), options.subresource),
      query: { ...writeQuery(options), force: patch.type === 'apply' ? patch.force : undefined },
      headers: { 'content-type': contentType },
      body,
      signal: options.signal,
    };
    try {
      return await this.#object(request);
    } catch (error) {
      throw errorOfPatch(patch, error);
    }
  }

  async apply(object: T, options: ApplyOptions): Promise<T> {
    const { force, ...rest } = options;
    const body = this.#prepare(object);
    const scope = this.#scopeOf(object, rest);
    try {
      return await this.patch(nameOf(object), { type: 'apply', body, force }, scope);
    } catch (error) {
      if (!isApiError(error, 'unsupported-media-type')) throw error;
      throw new ApiError(
        'unsupported-media-type',
        `the API server does not offer server-side apply for ${this.definition.plural}; createOrPatch works without it`,
        { cause: error, status: error.status, httpStatus: error.httpStatus },
      );
    }
  }

  async createOrPatch(object: T, options: WriteOptions = {}): Promise<T> {
    const wanted = this.#prepare(object);
    const scope = this.#scopeOf(object, options);
    const store = {
      get: (name: string) => this.get(name, { namespace: scope.namespace, signal: scope.signal }),
      create: (desired: T) => this.create(desired, scope),
      change: async (name: string, sides: { stored: T; changed: T }, body: object) => {
        await this.#settings.check.change(this, sides, scope);
        return this.#send(name, { type: 'merge', body }, scope);
      },
    };
    return createOrPatch(store, nameOf(object), wanted);
  }

  async validate(object: T, options: ScopeOptions = {}): Promise<Judgement<T>> {
    assertObject(this.definition, object);
    return judgeObject(this.#settings.judge, this, this.#typed(object), this.#scopeOf(object, options));
  }

  async delete(name: string, options: DeleteOptions = {}): Promise<T | undefined> {
    const body = await this.#json({
      method: 'DELETE',
      path: this.#path(options, checkedName(name)),
      body: deleteBody(options),
      signal: options.signal,
    });
    return body === undefined || isKubernetesStatus(body) ? undefined : (body as T);
  }

  async deleteCollection(options: DeleteCollectionOptions = {}): Promise<void> {
    const { labelSelector, fieldSelector, signal } = options;
    await this.#json({
      method: 'DELETE',
      path: this.#collection(options),
      query: { labelSelector, fieldSelector },
      body: deleteBody(options),
      signal,
    });
  }

  async subresource(name: string, subresource: string, request: SubresourceRequest = {}): Promise<unknown> {
    const response = await this.#settings.transport.request({
      method: request.method ?? 'GET',
      path: this.#path(request, checkedName(name), subresource),
      query: request.query,
      body: request.body,
      headers: { accept: 'application/json, */*' },
      signal: request.signal,
    });
    const isJson = response.headers['content-type']?.includes('json') === true;
    if (isJson) return response.json();
    const text = await response.text();
    return text === '' ? undefined : text;
  }

  /** Checks an object as far as the client is set to, and fills in the type that its definition implies. */
  #prepare(object: T): T {
    assertObject(this.definition, object);
    this.#settings.check.object(this, object);
    return this.#typed(object);
  }

  #typed(object: T): T {
    if (object.apiVersion !== undefined && object.kind !== undefined) return object;
    return { apiVersion: apiVersionOf(this.definition), kind: this.definition.kind, ...object };
  }

  async #json(request: RawRequest): Promise<unknown> {
    const response = await this.#settings.transport.request(request);
    return response.json();
  }

  /** The server is trusted to answer with the kind that was asked for; that it is an object at all is checked. */
  async #object(request: RawRequest): Promise<T> {
    const body = await this.#json(request);
    if (isObject(body)) return body as T;
    throw new ApiError(
      'protocol',
      `the API server answered ${request.method} ${request.path} without an object`,
    );
  }

  #toList(body: unknown): KubernetesList<T> {
    if (!isList(body)) {
      throw new ApiError(
        'protocol',
        `the API server answered a list of ${this.definition.plural} without items`,
      );
    }
    const list = body as KubernetesList<T>;
    // Go clients and servers write an empty list as null in places.
    return {
      ...list,
      metadata: list.metadata ?? {},
      items: (list.items ?? []).map((item) => this.#typed(item)),
    };
  }

  #collection(options: SelectionOptions): string {
    const namespace =
      options.namespace === 'all' ? undefined : (options.namespace ?? this.#settings.namespace);
    return resourcePath(this.definition, { namespace });
  }

  #path(scope: ScopeOptions, name?: string, subresource?: string): string {
    return resourcePath(this.definition, {
      namespace: scope.namespace ?? this.#settings.namespace,
      name,
      subresource,
    });
  }

  /** The namespace of the call, else of the object, else of the client. */
  #scopeOf(object: T, options: SubresourceWriteOptions): CheckOptions {
    const namespace = options.namespace ?? object.metadata.namespace ?? this.#settings.namespace;
    return { ...options, namespace };
  }
}

/** For callers without a compiler; everything else that may be wrong with an object has checks of its own. */
function assertObject({ kind }: ResourceDefinition<unknown>, object: unknown): void {
  if (isObject(object) && 'metadata' in object && isObject(object.metadata)) return;
  const field = isObject(object) ? 'metadata' : '';
  throw new ApiError(
    'invalid',
    `this is no ${kind}: ${field === '' ? 'not an object' : 'it has no metadata'}`,
    {
      fields: [{ field, message: 'required' }],
    },
  );
}

function nameOf(object: KubernetesObject): string {
  return checkedName(object.metadata.name ?? '');
}

/** Without a name the request for one object would be one for all of them. */
function checkedName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new ApiError('invalid', 'the object has no name', {
    fields: [{ field: 'metadata.name', message: 'required' }],
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is object {
  return isObject(value) && 'items' in value && (value.items === null || Array.isArray(value.items));
}

function writeQuery(options: WriteOptions): Query {
  return {
    dryRun: options.dryRun === true ? 'All' : undefined,
    fieldManager: options.fieldManager,
    fieldValidation: options.fieldValidation,
  };
}

function deleteBody(options: DeleteOptions): object {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: options.gracePeriodSeconds,
    propagationPolicy: options.propagationPolicy,
    preconditions: options.preconditions,
    dryRun: options.dryRun === true ? ['All'] : undefined,
  };
}
