import type { Catalogue } from '../registry/catalogue.ts';
import { HttpResourceClient } from './resource-client.ts';
import { Transport, type Endpoint } from './transport.ts';
import type { ClientKind, ResourceClient, TypedObject } from './types.ts';

/** The clients that a control plane hands out; each user has connections of its own. */
export class Clients {
  readonly #endpoint: Omit<Endpoint, 'token'>;
  readonly #catalogue: Catalogue;
  readonly #transports = new Map<string, Transport>();

  constructor(endpoint: Omit<Endpoint, 'token'>, catalogue: Catalogue) {
    this.#endpoint = endpoint;
    this.#catalogue = catalogue;
  }

  of<T extends TypedObject>(kind: ClientKind, token: string): ResourceClient<T> {
    const transport = this.#transports.get(token) ?? new Transport({ ...this.#endpoint, token });
    this.#transports.set(token, transport);
    return new HttpResourceClient<T>(transport, this.#catalogue, kind);
  }

  close(): void {
    for (const transport of this.#transports.values()) transport.close();
  }
}
