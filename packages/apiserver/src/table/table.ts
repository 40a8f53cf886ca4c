import { ApiServerError } from '../errors.ts';
import type { JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { TableColumn } from './columns.ts';

/** What a row says of its object besides the cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** Parses the `includeObject` query parameter, `Metadata` unless given. @throws ApiServerError `BadRequest` */
export function includeObjectParameter(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? '';
  if (value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw new ApiServerError('BadRequest', `includeObject must be None, Metadata or Object, not ${value}`);
}

/** A `meta.k8s.io/v1 Table` without its rows. */
export function tableHead(columns: readonly TableColumn[], metadata: JsonObject): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, type, format = '', description, priority }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
  };
}

/** The row of a Table that shows an object. */
export function tableRow(
  columns: readonly TableColumn[],
  object: KubeObject,
  include: IncludeObject,
  now: Date,
): JsonObject {
  return {
    cells: columns.map((column) => column.cell(object, now)),
    ...(include !== 'None' && { object: include === 'Object' ? object : partialMetadata(object) }),
  };
}

/** A `meta.k8s.io/v1 PartialObjectMetadata` of an object. */
export function partialMetadata({ metadata }: KubeObject): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
