import { ApiServerError, expired, unclassified } from '../errors.ts';
import { COMMON_FIELDS, parseFieldSelector } from '../object/field-selector.ts';
import { parseLabelSelector } from '../object/label-selector.ts';
import type { KubeObject } from '../object/types.ts';
import { compareKeys } from '../storage/object-index.ts';
import type { StoredObject } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { servedAll } from '../conversion/remote.ts';
import { fromStorage, type ResourceDefinition } from './definition.ts';

/** Which objects of a resource are meant. */
export interface Selection {
  /** Absent for all namespaces. */
  namespace?: string;
  /** Only the object of this name. */
  name?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** A list request: selection, paging, and which revision it wants to see. */
export interface ListRequest extends Selection {
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  resourceVersionMatch?: string;
}

/** One page of a list; every page of a list shows the same revision. */
export interface ListPage {
  readonly items: readonly StoredObject[];
  readonly revision: number;
  readonly continue?: string;
  readonly remaining?: number;
}

/** A predicate over stored objects, or `undefined` when everything matches. */
export interface Matcher {
  /** True if only namespace and name decide, so that objects need not be looked into. */
  readonly keyOnly: boolean;
  matchesKey(key: { namespace: string; name: string }): boolean;
  matchesObject(object: KubeObject): boolean;
}

/** Compiles a selection. @throws ApiServerError `BadRequest` for a selector that cannot be parsed. */
export function compileSelection(definition: ResourceDefinition, selection: Selection): Matcher {
  const { namespace, name, labelSelector = '', fieldSelector = '' } = selection;
  const labels = labelSelector === '' ? undefined : parseLabelSelector(labelSelector);
  const fields =
    fieldSelector === ''
      ? undefined
      : parseFieldSelector(fieldSelector, { ...COMMON_FIELDS, ...definition.selectableFields });
  const wanted = name ?? exactName(fieldSelector);
  return {
    keyOnly: labels === undefined && fields === undefined,
    matchesKey: (key) =>
      (namespace === undefined || key.namespace === namespace) &&
      (wanted === undefined || key.name === wanted),
    matchesObject: (object) =>
      (labels === undefined || labels(object.metadata.labels)) &&
      (fields === undefined || fields(fromStorage(definition, object))),
  };
}

/** The name that a field selector asks for: with it one object is looked up, and there is no next page. */
function exactName(fieldSelector: string): string | undefined {
  return fieldSelector
    .split(',')
    .map((term) => /^metadata\.name==?(.*)$/.exec(term)?.[1])
    .find((found) => found !== undefined);
}

interface ContinueToken {
  /** Revision of the list; -1 for a continuation at the present revision, after the original one expired. */
  readonly revision: number;
  readonly namespace: string;
  readonly name: string;
}

const INCONSISTENT = -1;

/**
 * Lists objects.
 * @throws ApiServerError `BadRequest`, `Expired` (with a token to go on inconsistently in `metadata.continue`),
 * `Timeout` for a revision that does not exist yet.
 */
export async function listObjects(
  store: Store,
  definition: ResourceDefinition,
  request: ListRequest,
): Promise<ListPage> {
  const selected = selectObjects(store, definition, request);
  if (definition.remote === undefined) return pageOf(selected, selected.candidates);
  // Selectors look at the served version; without one only what is shown has to be converted.
  if (!selected.matcher.keyOnly) return pageOf(selected, await servedAll(definition, selected.candidates));
  const page = pageOf(selected, selected.candidates);
  return { ...page, items: await servedAll(definition, page.items) };
}

/** What a list may show, as far as namespace, name and continue token decide. */
interface Selected {
  readonly matcher: Matcher;
  readonly candidates: readonly StoredObject[];
  readonly revision: number;
  readonly limit: number | undefined;
}

function selectObjects(store: Store, definition: ResourceDefinition, request: ListRequest): Selected {
  const matcher = compileSelection(definition, request);
  const after = request.continue ? decodeToken(request.continue) : undefined;
  if (
    after !== undefined &&
    request.resourceVersion !== undefined &&
    !['', '0'].includes(request.resourceVersion)
  )
    throw new ApiServerError('BadRequest', 'specifying resource version is not allowed when using continue');
  const revision = after === undefined ? requestedRevision(store, request) : after.revision;
  const candidates = objectsAt(store, definition, revision, after).filter(
    (stored) => matcher.matchesKey(stored) && (after === undefined || compareKeys(stored, after) > 0),
  );
  // As in Kubernetes, whoever takes any revision gets everything at once.
  const unlimited = request.limit === undefined || request.limit <= 0 || request.resourceVersion === '0';
  const shown = revision === undefined || revision === INCONSISTENT ? store.revision : revision;
  return { matcher, candidates, revision: shown, limit: unlimited ? undefined : request.limit };
}

function pageOf({ matcher, revision, limit }: Selected, candidates: readonly StoredObject[]): ListPage {
  const items: StoredObject[] = [];
  let seen = 0;
  for (const stored of candidates) {
    if (items.length === limit) break;
    seen += 1;
    if (matcher.keyOnly || matcher.matchesObject(stored.object)) items.push(stored);
  }
  const last = items.at(-1);
  // As in Kubernetes, a full page is followed by another one even if nothing in there is going to match.
  if (seen === candidates.length || last === undefined) return { items, revision };
  return {
    items,
    revision,
    continue: encodeToken({ revision, namespace: last.namespace, name: last.name }),
    // Nor is the rest counted when a selector would have to be applied to it.
    ...(matcher.keyOnly && { remaining: candidates.length - seen }),
  };
}

function objectsAt(
  store: Store,
  definition: ResourceDefinition,
  revision: number | undefined,
  after: ContinueToken | undefined,
): readonly StoredObject[] {
  if (revision === undefined || revision === INCONSISTENT) return store.list(definition.storage);
  if (revision > store.revision)
    throw new ApiServerError('BadRequest', 'the continue token is not one that this server has given out');
  if (after !== undefined && revision < store.compactedRevision)
    throw expired(
      'the continue token is too old: its revision has been compacted; list again, or go on with the token in metadata.continue',
      {
        continue: encodeToken({ ...after, revision: INCONSISTENT }),
      },
    );
  return store.listAt(definition.storage, revision);
}

/** The exact revision to list at, or `undefined` for the present one. */
function requestedRevision(store: Store, request: ListRequest): number | undefined {
  const { resourceVersion = '', resourceVersionMatch = '' } = request;
  if (resourceVersion === '') return undefined;
  if (!REVISION.test(resourceVersion))
    throw new ApiServerError('BadRequest', `invalid resource version: ${revisionProblem(resourceVersion)}`);
  const wanted = parseRevision(store, resourceVersion);
  if (wanted === 0) return undefined;
  const exact = resourceVersionMatch === 'Exact' || (resourceVersionMatch === '' && (request.limit ?? 0) > 0);
  return exact ? wanted : undefined;
}

const REVISION = /^\d{1,15}$/;

function revisionProblem(text: string): string {
  const quoted = JSON.stringify(text);
  return `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`;
}

/**
 * Parses a client's resourceVersion.
 * @throws ApiServerError without a reason, or `Timeout` for a revision that has not been reached.
 */
export function parseRevision(store: Store, text: string): number {
  if (!REVISION.test(text)) throw unclassified(revisionProblem(text));
  const revision = Number(text);
  if (revision > store.revision)
    throw new ApiServerError(
      'Timeout',
      `Timeout: Too large resource version: ${revision}, current: ${store.revision}`,
      {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    );
  return revision;
}

function encodeToken({ revision, namespace, name }: ContinueToken): string {
  return Buffer.from(JSON.stringify([revision, namespace, name])).toString('base64url');
}

function decodeToken(text: string): ContinueToken {
  const malformed = () =>
    new ApiServerError('BadRequest', 'the continue token is not one that this server has given out');
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed();
    throw error;
  }
  if (!Array.isArray(parts)) throw malformed();
  const [revision, namespace, name] = parts as unknown[];
  if (!Number.isInteger(revision) || typeof namespace !== 'string' || typeof name !== 'string')
    throw malformed();
  return { revision: Number(revision), namespace, name };
}
