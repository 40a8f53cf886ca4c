import type { IncomingMessage } from 'node:http';
import { ApiServerError } from '../errors.ts';
import type { JsonObject } from '../object/json.ts';
import { apiVersionOf } from '../object/types.ts';
import { fromStorage, type ResourceDefinition } from '../registry/definition.ts';
import type { ListPage } from '../registry/list.ts';
import { encodeOutcome, type Outcome } from '../registry/registry.ts';
import type { StoredObject } from '../storage/records.ts';
import { includeObjectParameter, partialMetadata, tableHead, tableRow } from '../table/table.ts';
import { PLAIN_FORMAT, type ObjectFormat } from '../watch/watch-encoder.ts';
import { acceptedShape } from './accept.ts';

/** How a response shows objects, as the client's Accept header asks. */
export interface ResponseFormat {
  object(outcome: Outcome): string;
  /** The text of a list in parts, made one after the other. */
  list(page: ListPage): Iterable<string>;
  watchFormat(): ObjectFormat;
}

/**
 * The format of a response.
 * @param answer whether a list is sent; the metadata of one object and that of a list are asked for by different names.
 * @throws ApiServerError `NotAcceptable`, `BadRequest`; the former also from the format, if it is asked for by the name of the other
 */
export function negotiate(
  request: IncomingMessage,
  definition: ResourceDefinition,
  query: URLSearchParams,
  answer: 'list' | 'object',
): ResponseFormat {
  const shape = acceptedShape(request.headers.accept);
  switch (shape) {
    case 'table':
      return tableFormat(definition, query);
    case 'metadata':
    case 'metadata-list':
      return (shape === 'metadata-list') === (answer === 'list')
        ? metadataFormat(definition)
        : noFormat(answer);
    case 'plain':
      return plainFormat(definition);
  }
}

/** Refuses what there is to answer: whether there is something is looked at first. */
function noFormat(answer: 'list' | 'object'): ResponseFormat {
  const refuse = (): never => {
    const [what, kind] =
      answer === 'list' ? ['a list', 'PartialObjectMetadataList'] : ['one object', 'PartialObjectMetadata'];
    throw new ApiServerError(
      'NotAcceptable',
      `only application/json is available; for ${what} ask for ${kind}`,
      { detailed: false },
    );
  };
  return { object: refuse, list: refuse, watchFormat: refuse };
}

/** `metadata` of a list. */
function listMetadata(page: ListPage): JsonObject {
  return {
    resourceVersion: String(page.revision),
    ...(page.continue !== undefined && { continue: page.continue }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
}

/** The text of a list: `head`, and in the array `member` what is made of each object. */
function* listText(
  head: JsonObject,
  member: string,
  page: ListPage,
  textOf: (stored: StoredObject) => string,
): Generator<string, undefined> {
  yield `${JSON.stringify(head).slice(0, -1)},"${member}":[`;
  for (const [index, stored] of page.items.entries()) yield `${index === 0 ? '' : ','}${textOf(stored)}`;
  yield ']}';
}

function plainFormat(definition: ResourceDefinition): ResponseFormat {
  return {
    object: (outcome) => encodeOutcome(definition, outcome),
    list: (page) =>
      listText(
        {
          kind: definition.listKind,
          apiVersion: apiVersionOf(definition.group, definition.version),
          // The empty member is how Kubernetes encodes lists of custom resources.
          metadata: { ...(definition.origin === 'custom' && { continue: '' }), ...listMetadata(page) },
        },
        'items',
        page,
        (stored) => {
          const object = fromStorage(definition, stored.object);
          return object === stored.object ? stored.json : JSON.stringify(object);
        },
      ),
    watchFormat: () => PLAIN_FORMAT,
  };
}

function tableFormat(definition: ResourceDefinition, query: URLSearchParams): ResponseFormat {
  const include = includeObjectParameter(query);
  const { columns } = definition;
  const table = (objects: readonly Outcome['object'][], metadata: JsonObject) =>
    JSON.stringify({
      ...tableHead(columns, metadata),
      rows: objects.map((object) => tableRow(columns, object, include, new Date())),
    });
  const one = (object: Outcome['object']) =>
    table([object], { resourceVersion: object.metadata.resourceVersion });
  return {
    object: (outcome) => one(fromStorage(definition, outcome.object)),
    list: (page) => {
      const now = new Date();
      return listText(tableHead(columns, listMetadata(page)), 'rows', page, (stored) =>
        JSON.stringify(tableRow(columns, fromStorage(definition, stored.object), include, now)),
      );
    },
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
      listText(
        {
          kind: 'PartialObjectMetadataList',
          apiVersion: 'meta.k8s.io/v1',
          metadata: listMetadata(page),
        },
        'items',
        page,
        (stored) => one(fromStorage(definition, stored.object)),
      ),
    watchFormat: () => ({ variant: 'metadata', encode: one, encodeBookmark: one }),
  };
}
