import { ApiServerError } from '../errors.ts';

/** A parsed resource path and what is done to it; the vocabulary is that of Kubernetes' authorisation and audit. */
export interface RequestInfo {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly resource: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** What follows the subresource in the path. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** The resource that a path names, or `undefined` if it names none (discovery and the like). */
export function parseRequestInfo(
  method: string,
  segments: readonly string[],
  query: URLSearchParams,
): RequestInfo | undefined {
  const [root, ...others] = segments;
  const groupVersion =
    root === 'api' ? ['', others[0]] : root === 'apis' ? [others[0], others[1]] : undefined;
  if (groupVersion === undefined) return undefined;
  const [group, version] = groupVersion;
  if (group === undefined || version === undefined) return undefined;
  const path = others.slice(root === 'api' ? 1 : 2);
  if (path.length === 0) return undefined;
  const scoped =
    path[0] === 'namespaces' &&
    path.length >= 3 &&
    !(path.length === 3 && NAMESPACE_SUBRESOURCES.has(path[2] ?? ''));
  const [resource = '', name, subresource, ...rest] = scoped ? path.slice(2) : path;
  return {
    verb: verbOf(method, name, query),
    group,
    version,
    namespace: scoped ? path[1] : undefined,
    resource,
    name,
    subresource,
    rest,
    query,
  };
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    case 'GET':
    case 'HEAD':
      if (name !== undefined) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
    default:
      // Who may do nothing here is not told what can be done.
      return '';
  }
}

/** A boolean query parameter: whatever is not `false` or `0` says yes. */
export function isTrue(value: string | null): boolean {
  return value !== null && !['false', '0'].includes(value.toLowerCase());
}

/** An integer query parameter. @throws ApiServerError `BadRequest` */
export function integerParameter(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^-?\d{1,15}$/.test(text))
    throw new ApiServerError(
      'BadRequest',
      `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return Number(text);
}
