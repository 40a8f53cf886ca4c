import { ApiServerError, invalidOptions, type StatusCause } from '../errors.ts';
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

/** The parameters of a list. @throws ApiServerError `BadRequest`, `Invalid` */
export function listParameters(info: RequestInfo): ListRequest {
  checkListOptions(info.query);
  integerParameter(info.query, 'timeoutSeconds');
  return {
    ...selection(info),
    limit: integerParameter(info.query, 'limit'),
    continue: text(info.query, 'continue'),
    resourceVersion: text(info.query, 'resourceVersion'),
    resourceVersionMatch: text(info.query, 'resourceVersionMatch'),
  };
}

/** The parameters of a watch. @throws ApiServerError `BadRequest`, `Invalid` */
export function watchParameters(info: RequestInfo): WatchRequest {
  const { query } = info;
  const initial = query.get('sendInitialEvents');
  checkWatchOptions(query);
  return {
    ...selection(info),
    resourceVersion: text(query, 'resourceVersion'),
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    ...(initial !== null && { sendInitialEvents: isTrue(initial) }),
    timeoutSeconds: integerParameter(query, 'timeoutSeconds'),
  };
}

const MATCH = 'resourceVersionMatch';

function forbidden(field: string, why: string): StatusCause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field };
}

function unsupported(field: string, value: unknown, choices: readonly string[]): StatusCause {
  const supported = choices.map((choice) => JSON.stringify(choice)).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`,
    field,
  };
}

function refuse(kind: string, causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalidOptions(kind, causes);
}

function checkListOptions(query: URLSearchParams): void {
  const match = text(query, MATCH);
  const revision = text(query, 'resourceVersion');
  const causes: StatusCause[] = [];
  if (match !== undefined) {
    if (revision === undefined)
      causes.push(forbidden(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`));
    if (text(query, 'continue') !== undefined)
      causes.push(forbidden(MATCH, `${MATCH} is forbidden when continue is provided`));
    if (match !== 'Exact' && match !== 'NotOlderThan')
      causes.push(unsupported(MATCH, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && revision === '0')
      causes.push(forbidden(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`));
  }
  if (query.has('sendInitialEvents'))
    causes.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  refuse('ListOptions', causes);
}

function checkWatchOptions(query: URLSearchParams): void {
  const match = text(query, MATCH);
  const initial = query.has('sendInitialEvents');
  const causes: StatusCause[] = [];
  if (initial && match !== 'NotOlderThan')
    causes.push(forbidden(MATCH, `sendInitialEvents requires setting ${MATCH} to NotOlderThan`));
  if (match !== undefined && !initial)
    causes.push(forbidden(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`));
  if (match !== undefined && match !== 'NotOlderThan')
    causes.push(unsupported(MATCH, match, ['NotOlderThan']));
  if (text(query, 'continue') !== undefined)
    causes.push(forbidden(MATCH, `${MATCH} is forbidden when continue is provided`));
  refuse('ListOptions', causes);
}

/** `dryRun=All`, and nothing else. @param options their kind, such as `CreateOptions` @throws ApiServerError `Invalid` */
export function dryRunParameter(values: readonly unknown[], options: string): boolean {
  if (values.some((value) => value !== 'All')) refuse(options, [unsupported('dryRun', values, ['All'])]);
  return values.length > 0;
}

/** The `fieldValidation` parameter, `Warn` unless given. @throws ApiServerError `Invalid` */
export function fieldValidationParameter(query: URLSearchParams, options: string): FieldValidation {
  const value = text(query, 'fieldValidation') ?? 'Warn';
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  throw invalidOptions(options, [unsupported('fieldValidation', value, ['', 'Ignore', 'Strict', 'Warn'])]);
}

const POLICIES: readonly string[] = ['Foreground', 'Background', 'Orphan'];

/**
 * Delete options from the DeleteOptions body or, as in Kubernetes only where there is none, from the query.
 * @throws ApiServerError `BadRequest`
 */
export function deleteParameters(
  request: URLSearchParams,
  given: JsonObject | undefined,
): DeleteOptions & { dryRun: boolean; acceptedOnly?: boolean } {
  const body = given ?? {};
  const query = given === undefined ? request : new URLSearchParams();
  checkDeleteOptions(body);
  const grace = body.gracePeriodSeconds ?? integerParameter(query, 'gracePeriodSeconds');
  if (grace !== undefined && !Number.isInteger(grace))
    throw new ApiServerError('BadRequest', 'gracePeriodSeconds must be an integer');
  const orphan = body.orphanDependents ?? text(query, 'orphanDependents');
  const policy = body.propagationPolicy ?? text(query, 'propagationPolicy') ?? orphanPolicy(orphan);
  if (policy !== undefined && !(typeof policy === 'string' && POLICIES.includes(policy)))
    throw invalidOptions('DeleteOptions', [unsupported('propagationPolicy', policy, [...POLICIES, 'nil'])]);
  const named = body.propagationPolicy ?? text(query, 'propagationPolicy');
  if (orphan !== undefined && orphan !== null && named !== undefined)
    throw invalidOptions('DeleteOptions', [
      {
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${JSON.stringify(named)}: orphanDependents and deletionPropagation cannot be both set`,
        field: 'propagationPolicy',
      },
    ]);
  const dryRun = Array.isArray(body.dryRun) ? (body.dryRun as unknown[]) : [];
  return {
    // As in Kubernetes, a negative grace is the shortest.
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) < 0 ? 1 : Number(grace) }),
    ...(policy !== undefined && { propagationPolicy: policy as PropagationPolicy }),
    ...(isObject(body.preconditions) && { preconditions: preconditions(body.preconditions) }),
    ...(isFalse(orphan) && { acceptedOnly: true }),
    dryRun: dryRunParameter([...dryRun, ...query.getAll('dryRun')], 'DeleteOptions'),
  };
}

function isFalse(value: unknown): boolean {
  return value === false || value === 'false';
}

function checkDeleteOptions({ kind }: JsonObject): void {
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions')
    throw new ApiServerError(
      'BadRequest',
      `the body of a DELETE must be DeleteOptions, not ${JSON.stringify(kind)}`,
    );
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
