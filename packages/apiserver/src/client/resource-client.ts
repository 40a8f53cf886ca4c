import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { ApiServerError, errorOfStatus } from '../errors.ts';
import type { Catalogue } from '../registry/catalogue.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import type { Call, Transport } from './transport.ts';
import type {
  CallOptions,
  ClientKind,
  DeleteOptions,
  ListOptions,
  ObjectList,
  Patch,
  ResourceClient,
  SelectOptions,
  Served,
  TypedObject,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './types.ts';

const DEFAULT_NAMESPACE = 'default';
const ALL_NAMESPACES = '*';

/** The client of one kind over the network; only the name of its resource is looked up in this process. */
export class HttpResourceClient<T extends TypedObject> implements ResourceClient<T> {
  readonly #transport: Transport;
  readonly #catalogue: Catalogue;
  readonly #kind: ClientKind;

  constructor(transport: Transport, catalogue: Catalogue, kind: ClientKind) {
    this.#transport = transport;
    this.#catalogue = catalogue;
    this.#kind = kind;
  }

  async get(name: string, options: CallOptions = {}): Promise<Served<T>> {
    const path = this.#path(options.namespace, name);
    return this.#object({ method: 'GET', path, signal: options.signal });
  }

  async list(options: ListOptions = {}): Promise<ObjectList<Served<T>>> {
    const { limit, resourceVersion, signal } = options;
    const list = await this.#transport.json({
      method: 'GET',
      path: this.#collection(options),
      query: {
        ...selection(options),
        limit: limit === undefined ? undefined : String(limit),
        continue: options.continue,
        resourceVersion,
      },
      signal,
    });
    const { items, metadata } = list as ObjectList<Served<T>>;
    // Items of a list leave out what they all have in common.
    return { items: items.map((item) => ({ ...this.#kind, ...item })), metadata };
  }

  async create(object: T, options: Omit<WriteOptions, 'subresource'> = {}): Promise<Served<T>> {
    return this.#write('POST', object, this.#path(options.namespace ?? object.metadata?.namespace), options);
  }

  async update(object: T, options: WriteOptions = {}): Promise<Served<T>> {
    return this.#write('PUT', object, this.#pathOf(object, options), options);
  }

  async patch(name: string, patch: Patch, options: WriteOptions = {}): Promise<Served<T>> {
    return this.#object({
      method: 'PATCH',
      path: this.#path(options.namespace, name, options.subresource),
      query: parameters(options),
      body: patch,
      contentType: Array.isArray(patch) ? 'application/json-patch+json' : 'application/merge-patch+json',
      signal: options.signal,
    });
  }

  async apply(
    object: T,
    options: WriteOptions & { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<Served<T>> {
    return this.#object({
      method: 'PATCH',
      path: this.#pathOf(object, options),
      query: { ...parameters(options), force: options.force === true ? 'true' : undefined },
      body: { ...object, ...this.#kind },
      // JSON is YAML.
      contentType: 'application/apply-patch+yaml',
      signal: options.signal,
    });
  }

  async delete(name: string, options: DeleteOptions = {}): Promise<void> {
    const { namespace, signal, ...body } = options;
    await this.#transport.json({
      method: 'DELETE',
      path: this.#path(namespace, name),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', ...body },
      signal,
    });
  }

  async *watch(options: WatchOptions = {}): AsyncIterableIterator<WatchEvent<Served<T>>> {
    const { resourceVersion, signal } = options;
    const response = await this.#transport.stream({
      method: 'GET',
      path: this.#collection(options),
      query: { ...selection(options), watch: 'true', resourceVersion },
      signal,
    });
    try {
      for await (const line of linesOf(response)) {
        const event = JSON.parse(line) as { type: string; object: unknown };
        if (event.type === 'ERROR') throw errorOfStatus(event.object, 500);
        yield event as WatchEvent<Served<T>>;
      }
    } catch (error) {
      // The end that was asked for is no error.
      if (signal?.aborted === true) return;
      if (error instanceof ApiServerError) throw error;
      throw new ApiServerError('ServiceUnavailable', 'the watch was cut off', { cause: error });
    }
  }

  #write(method: string, object: T, path: string, options: WriteOptions): Promise<Served<T>> {
    const { signal } = options;
    return this.#object({
      method,
      path,
      query: parameters(options),
      body: { ...object, ...this.#kind },
      signal,
    });
  }

  async #object(call: Call): Promise<Served<T>> {
    return (await this.#transport.json(call)) as Served<T>;
  }

  #pathOf({ metadata }: T, { namespace, subresource }: WriteOptions): string {
    if (metadata?.name === undefined)
      throw new ApiServerError('BadRequest', `this ${this.#kind.kind} has no name`);
    return this.#path(namespace ?? metadata.namespace, metadata.name, subresource);
  }

  #collection({ namespace = ALL_NAMESPACES }: SelectOptions): string {
    return this.#path(namespace);
  }

  #path(namespace = DEFAULT_NAMESPACE, name?: string, subresource?: string): string {
    const { group, version, resource, namespaced } = this.#definition();
    const parts = [
      ...(group === '' ? ['api', version] : ['apis', group, version]),
      ...(namespaced && namespace !== ALL_NAMESPACES ? ['namespaces', namespace] : []),
      resource,
      ...[name, subresource].filter((part) => part !== undefined),
    ];
    return `/${parts.map(encodeURIComponent).join('/')}`;
  }

  /** Looked up at every call: custom kinds come and go. */
  #definition(): ResourceDefinition {
    const { apiVersion, kind } = this.#kind;
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const definition = this.#catalogue.findKind(group ?? '', version ?? '', kind);
    if (definition === undefined)
      throw new ApiServerError('NotFound', `no kind ${kind} is served in ${apiVersion}`, { kind });
    return definition;
  }
}

function selection({ labelSelector, fieldSelector }: SelectOptions): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}

function parameters(options: WriteOptions): Record<string, string | undefined> {
  const { dryRun, fieldValidation = 'Strict', fieldManager } = options;
  return { dryRun: dryRun === true ? 'All' : undefined, fieldValidation, fieldManager };
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string, undefined> {
  const decoder = new StringDecoder('utf8');
  let unfinished = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    const lines = (unfinished + decoder.write(chunk)).split('\n');
    unfinished = lines.pop() ?? '';
    yield* lines;
  }
}
