import { resources, type ConfigMap, type Secret } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import { EmbeddedNodeError } from '../errors.ts';

/** ConfigMaps and Secrets of one namespace, each read once. */
export class ReferencedObjects {
  readonly #client: Client;
  readonly #namespace: string;
  readonly #signal: AbortSignal;
  readonly #found = new Map<string, Promise<ReadonlyMap<string, Buffer> | undefined>>();

  constructor(client: Client, namespace: string, signal: AbortSignal) {
    this.#client = client;
    this.#namespace = namespace;
    this.#signal = signal;
  }

  /** The content by key; undefined when the object does not exist and need not. @throws EmbeddedNodeError `ConfigMissing` */
  async content(
    kind: 'ConfigMap' | 'Secret',
    name: string,
    optional: boolean,
  ): Promise<ReadonlyMap<string, Buffer> | undefined> {
    const id = `${kind}/${name}`;
    const found = this.#found.get(id) ?? this.#read(kind, name);
    this.#found.set(id, found);
    const content = await found;
    if (content === undefined && !optional)
      throw new EmbeddedNodeError(
        'ConfigMissing',
        `${kind} ${name} does not exist in namespace ${this.#namespace}`,
      );
    return content;
  }

  async #read(kind: 'ConfigMap' | 'Secret', name: string): Promise<ReadonlyMap<string, Buffer> | undefined> {
    const scope = { namespace: this.#namespace, signal: this.#signal };
    try {
      return kind === 'ConfigMap'
        ? configMapContent(await this.#client.resource(resources.configMaps).get(name, scope))
        : secretContent(await this.#client.resource(resources.secrets).get(name, scope));
    } catch (error) {
      if (isApiError(error, 'not-found')) return undefined;
      throw error;
    }
  }
}

function configMapContent({ data = {}, binaryData = {} }: ConfigMap): ReadonlyMap<string, Buffer> {
  return new Map([
    ...Object.entries(data).map(([key, value]): [string, Buffer] => [key, Buffer.from(value)]),
    ...decoded(binaryData),
  ]);
}

function secretContent({ data = {} }: Secret): ReadonlyMap<string, Buffer> {
  return new Map(decoded(data));
}

function decoded(data: Readonly<Record<string, string>>): [string, Buffer][] {
  return Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]);
}
