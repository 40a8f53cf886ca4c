import type { HttpMethod, Query } from '@virtkit/sdk';

/** What a request to a Kubernetes API is about, in the words of metrics. */
export interface RequestedResource {
  /** `GET`, `LIST`, `WATCH`, `CREATE`, `UPDATE`, `PATCH`, `DELETE` or `DELETECOLLECTION`; the method where no resource is named. */
  readonly verb: string;
  /** Plural name, with the subresource after a slash; empty where the path names none. */
  readonly resource: string;
  /** The path with `{namespace}` and `{name}` in the place of names, so that there are few of them. */
  readonly template: string;
}

/** Subresources of namespaces, which look like objects in them otherwise. */
const ofNamespaces: ReadonlySet<string> = new Set(['status', 'finalize']);

/** What the request with this method, path and query is about. */
export function requestedResource(method: HttpMethod, path: string, query: Query): RequestedResource {
  const [root = '', ...others] = path.split('/').filter((segment) => segment !== '');
  const groupLength = root === 'api' ? 1 : root === 'apis' ? 2 : undefined;
  if (groupLength === undefined || others.length <= groupLength) {
    // Discovery, versions, health: as many paths as the server has APIs.
    return { verb: method, resource: '', template: path };
  }
  const rest = others.slice(groupLength);
  const scoped =
    rest[0] === 'namespaces' && rest.length >= 3 && !(rest.length === 3 && ofNamespaces.has(rest[2]!));
  const [resource = '', name, ...subresource] = scoped ? rest.slice(2) : rest;
  const template = [
    root,
    ...others.slice(0, groupLength),
    ...(scoped ? ['namespaces', '{namespace}'] : []),
    resource,
    ...(name === undefined ? [] : ['{name}']),
    // What follows a subresource is an argument, such as a port.
    ...subresource.slice(0, 1),
  ];
  const [first] = subresource;
  return {
    verb: verbOf(method, name, query),
    resource: first === undefined ? resource : `${resource}/${first}`,
    template: `/${template.join('/')}`,
  };
}

function verbOf(method: HttpMethod, name: string | undefined, query: Query): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (query['watch'] !== undefined && String(query['watch']) !== 'false') return 'WATCH';
      return name === undefined ? 'LIST' : 'GET';
    case 'POST':
      return 'CREATE';
    case 'PUT':
      return 'UPDATE';
    case 'PATCH':
      return 'PATCH';
    case 'DELETE':
      return name === undefined ? 'DELETECOLLECTION' : 'DELETE';
  }
}
