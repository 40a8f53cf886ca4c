import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../object/json.ts';
import { apiVersionOf } from '../object/types.ts';
import { fromStorage, type ResourceDefinition } from '../registry/definition.ts';
import type { ListPage } from '../registry/list.ts';
import { encodeOutcome, type Outcome } from '../registry/registry.ts';
import { includeObjectParameter, partialMetadata, tableOf } from '../table/table.ts';
import { PLAIN_FORMAT, type ObjectFormat } from '../watch/watch-encoder.ts';
import { acceptedShape } from './accept.ts';

/** How a response shows objects, as the client's Accept header asks. */
export interface ResponseFormat {
  object(outcome: Outcome): string;
  list(page: ListPage): string;
  watchFormat(): ObjectFormat;
}

/** The format of a response. @throws ApiServerError `NotAcceptable`, `BadRequest` */
export function negotiate(
  request: IncomingMessage,
  definition: ResourceDefinition,
  query: URLSearchParams,
): ResponseFormat {
  switch (acceptedShape(request.headers.accept)) {
    case 'table':
      return tableFormat(definition, query);
    case 'metadata':
      return metadataFormat(definition);
    case 'plain':
      return plainFormat(definition);
  }
}

/** `metadata` of a list. */
function listMetadata(page: ListPage): JsonObject {
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

function tableFormat(definition: ResourceDefinition, query: URLSearchParams): ResponseFormat {
  const include = includeObjectParameter(query);
  const { columns } = definition;
  const table = (objects: readonly Outcome['object'][], metadata: JsonObject) =>
    JSON.stringify(tableOf(columns, objects, include, metadata, new Date()));
  const one = (object: Outcome['object']) =>
    table([object], { resourceVersion: object.metadata.resourceVersion });
  return {
    object: (outcome) => one(fromStorage(definition, outcome.object)),
    list: (page) =>
      table(
        page.items.map((stored) => fromStorage(definition, stored.object)),
        listMetadata(page),
      ),
    watchFormat: () => ({
      variant: `table/${include}`,
      encode: one,
      encodeBookmark: (bookmark) => table([], bookmark.metadata),
    }),
  };
}

function metadataFormat(definition: ResourceDefinition): ResponseFormat {
  const one = (object: Outcome['object']) => JSON.stringify(partialMetadata(object));
  return {
    object: ({ object }) => one(object),
    list: (page) =>
      JSON.stringify({
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata: listMetadata(page),
        items: page.items.map((stored) => partialMetadata(fromStorage(definition, stored.object))),
      }),
    watchFormat: () => ({ variant: 'metadata', encode: one, encodeBookmark: one }),
  };
}
