import { resourcePath } from '@virtkit/core-types';
import { ApiError } from '../errors.ts';
import type { ScopeOptions } from '../resource/options.ts';
import type { Query, RawResponse } from '../transport/request.ts';
import type { Transport } from '../transport/transport.ts';
import type { WebSocketStream } from '../transport/websocket.ts';

/** The subprotocol of KubeVirt's streams: binary messages without a channel prefix. */
export const plainProtocol = 'plain.kubevirt.io';

/** Requests to `subresources.kubevirt.io/v1` for one of its two kinds. */
export interface Subresources {
  put(name: string, subresource: string, scope: ScopeOptions, body?: object): Promise<void>;
  /** Asked for JSON unless `accept` says otherwise. */
  get(
    name: string,
    subresource: string,
    scope: ScopeOptions,
    asked?: { readonly accept?: string; readonly query?: Query },
  ): Promise<RawResponse>;
  stream(name: string, subresource: string, scope: ScopeOptions, query?: Query): Promise<WebSocketStream>;
}

/** @param namespace used where a call names none */
export function subresourcesOf(
  plural: 'virtualmachines' | 'virtualmachineinstances',
  transport: Transport,
  namespace: string,
): Subresources {
  const definition = { group: 'subresources.kubevirt.io', version: 'v1', plural, namespaced: true };
  const pathOf = (name: string, subresource: string, scope: ScopeOptions): string => {
    if (name === '')
      throw new ApiError('invalid', 'a machine needs a name', {
        fields: [{ field: 'metadata.name', message: 'required' }],
      });
    return resourcePath(definition, { namespace: scope.namespace ?? namespace, name, subresource });
  };
  return {
    async put(name, subresource, scope, body = {}) {
      const path = pathOf(name, subresource, scope);
      const response = await transport.request({ method: 'PUT', path, body, signal: scope.signal });
      // Answers 200 and 202 without content; reading it gives the connection back.
      await response.bytes();
    },
    async get(name, subresource, scope, { accept = 'application/json', query } = {}) {
      const path = pathOf(name, subresource, scope);
      return transport.request({ method: 'GET', path, query, headers: { accept }, signal: scope.signal });
    },
    async stream(name, subresource, scope, query) {
      const path = pathOf(name, subresource, scope);
      return transport.upgrade(path, { protocols: [plainProtocol], query, signal: scope.signal });
    },
  };
}
