import { ApiServerError } from '../errors.ts';
import { isObject, type JsonObject } from '../object/json.ts';
import type { DeleteOptions, PropagationPolicy } from '../registry/deletion.ts';
import type { ListRequest } from '../registry/list.ts';
import type { FieldValidation } from '../registry/registry.ts';
import type { WatchRequest } from '../watch/watch-response.ts';
import { integerParameter, isTrue, type RequestInfo } from './request-info.ts';

function text(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name);
  return value === null || value === '' ? undefined : value;
}

function selection({ query, namespace, name }: RequestInfo) {
  return {
    namespace,
    name,
    labelSelector: text(query, 'labelSelector'),
    fieldSelector: text(query, 'fieldSelector'),
  };
}

/** The parameters of a list. */
export function listParameters(info: RequestInfo): ListRequest {
  return {
    ...selection(info),
    limit: integerParameter(info.query, 'limit'),
    continue: text(info.query, 'continue'),
    resourceVersion: text(info.query, 'resourceVersion'),
    resourceVersionMatch: text(info.query, 'resourceVersionMatch'),
  };
}

/** The parameters of a watch. @throws ApiServerError `BadRequest` */
export function watchParameters(info: RequestInfo): WatchRequest {
  const { query } = info;
  const initial = query.get('sendInitialEvents');
  const match = text(query, 'resourceVersionMatch');
  if (initial !== null && match !== 'NotOlderThan')
    throw new ApiServerError('BadRequest', 'sendInitialEvents needs resourceVersionMatch=NotOlderThan');
  if (initial === null && match !== undefined)
    throw new ApiServerError(
      'BadRequest',
      'resourceVersionMatch is forbidden for watch without sendInitialEvents',
    );
  return {
    ...selection(info),
    resourceVersion: text(query, 'resourceVersion'),
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: isTrue(initial),
    timeoutSeconds: integerParameter(query, 'timeoutSeconds'),
  };
}

/** `dryRun=All`, and nothing else. @throws ApiServerError `BadRequest` */
export function dryRunParameter(values: readonly unknown[]): boolean {
  const set = values.filter((value) => value !== '');
  if (set.some((value) => value !== 'All')) throw new ApiServerError('BadRequest', 'dryRun can only be All');
  return set.length > 0;
}

/** The `fieldValidation` parameter, `Warn` unless given. @throws ApiServerError `BadRequest` */
export function fieldValidationParameter(query: URLSearchParams): FieldValidation {
  const value = text(query, 'fieldValidation') ?? 'Warn';
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  throw new ApiServerError('BadRequest', `fieldValidation must be Strict, Warn or Ignore, not ${value}`);
}

const POLICIES: readonly string[] = ['Background', 'Foreground', 'Orphan'];

/**
 * Delete options from the query and, where present, the DeleteOptions body, which wins.
 * @throws ApiServerError `BadRequest`
 */
export function deleteParameters(
  query: URLSearchParams,
  body: JsonObject,
): DeleteOptions & { dryRun: boolean } {
  const grace = body.gracePeriodSeconds ?? integerParameter(query, 'gracePeriodSeconds');
  if (grace !== undefined && !(Number.isInteger(grace) && Number(grace) >= 0))
    throw new ApiServerError('BadRequest', 'gracePeriodSeconds must be a non-negative integer');
  const orphan = body.orphanDependents ?? text(query, 'orphanDependents');
  const policy = body.propagationPolicy ?? text(query, 'propagationPolicy') ?? orphanPolicy(orphan);
  if (policy !== undefined && !(typeof policy === 'string' && POLICIES.includes(policy)))
    throw new ApiServerError('BadRequest', `propagationPolicy must be ${POLICIES.join(', ')}`);
  const dryRun = Array.isArray(body.dryRun) ? (body.dryRun as unknown[]) : [];
  return {
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    ...(policy !== undefined && { propagationPolicy: policy as PropagationPolicy }),
    ...(isObject(body.preconditions) && { preconditions: preconditions(body.preconditions) }),
    dryRun: dryRunParameter([...dryRun, ...query.getAll('dryRun')]),
  };
}

function orphanPolicy(orphan: unknown): string | undefined {
  if (orphan === undefined || orphan === null) return undefined;
  return orphan === true || orphan === 'true' ? 'Orphan' : 'Background';
}

function preconditions({ uid, resourceVersion }: JsonObject): NonNullable<DeleteOptions['preconditions']> {
  return {
    ...(typeof uid === 'string' && { uid }),
    ...(typeof resourceVersion === 'string' && { resourceVersion }),
  };
}
