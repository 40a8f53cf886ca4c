import type { IncomingMessage } from 'node:http';
import { ApiServerError } from '../errors.ts';
import { apiVersionOf } from '../object/types.ts';
import { fromStorage, type ResourceDefinition } from '../registry/definition.ts';
import type { ListPage } from '../registry/list.ts';
import { encodeOutcome, type Outcome } from '../registry/registry.ts';
import { PLAIN_FORMAT, type ObjectFormat } from '../watch/watch-encoder.ts';

/** How a response shows objects, as the client's Accept header asks. */
export interface ResponseFormat {
  object(outcome: Outcome): string;
  list(page: ListPage): string;
  watchFormat(): ObjectFormat;
}

/** The format of a response. @throws ApiServerError `NotAcceptable` when the client takes no JSON. */
export function negotiate(
  request: IncomingMessage,
  definition: ResourceDefinition,
  _query: URLSearchParams,
): ResponseFormat {
  const accept = request.headers.accept ?? '*/*';
  const types = accept.split(',').map((part) => part.trim().split(';')[0]?.trim().toLowerCase() ?? '');
  if (!types.some((type) => ['application/json', '*/*', 'application/*', ''].includes(type)))
    throw new ApiServerError('NotAcceptable', `only application/json is available, not ${accept}`);
  return plainFormat(definition);
}

/** `metadata` of a list. */
export function listMetadata(page: ListPage): Record<string, unknown> {
  return {
    resourceVersion: String(page.revision),
    ...(page.continue !== undefined && { continue: page.continue }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
}

function plainFormat(definition: ResourceDefinition): ResponseFormat {
  return {
    object: (outcome) => encodeOutcome(definition, outcome),
    list: (page) => {
      const items = page.items.map((stored) => {
        const object = fromStorage(definition, stored.object);
        return object === stored.object ? stored.json : JSON.stringify(object);
      });
      const head = JSON.stringify({
        kind: definition.listKind,
        apiVersion: apiVersionOf(definition.group, definition.version),
        metadata: listMetadata(page),
      });
      return `${head.slice(0, -1)},"items":[${items.join(',')}]}`;
    },
    watchFormat: () => PLAIN_FORMAT,
  };
}
