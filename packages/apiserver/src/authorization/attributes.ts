import type { UserInfo } from '../admission/types.ts';
import type { RequestInfo } from '../http/request-info.ts';

/** A resource that somebody wants to do something with; members that do not apply are empty strings. */
export interface ResourceTarget {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
}

/** What is to be authorized: a verb on a resource, or on a path that is no resource. */
export interface Attributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly target: ResourceTarget | { readonly path: string };
}

/** True for attributes of a resource request. */
export function isResourceTarget(target: Attributes['target']): target is ResourceTarget {
  return 'resource' in target;
}

/** What a request for a resource wants, in the vocabulary of RBAC. */
export function resourceAttributes(user: UserInfo, info: RequestInfo): Attributes {
  const { verb, group, version, resource, namespace, name, subresource = '' } = info;
  // Whoever may read one namespace may do so by a right within that namespace.
  const own = resource === 'namespaces' && group === '' ? name : undefined;
  return {
    user,
    verb,
    target: {
      group,
      version,
      namespace: namespace ?? own ?? '',
      resource,
      subresource,
      name: name ?? selectedName(info) ?? '',
    },
  };
}

/** What a request for something else wants. */
export function pathAttributes(user: UserInfo, method: string, path: string): Attributes {
  return { user, verb: method.toLowerCase(), target: { path } };
}

/** The only object that a list or watch can show, if its field selector says so: a right to that one is enough. */
function selectedName({ verb, query }: RequestInfo): string | undefined {
  if (verb !== 'list' && verb !== 'watch') return undefined;
  const selector = query.get('fieldSelector') ?? '';
  if (selector.includes('\\')) return undefined;
  for (const term of selector.split(',')) {
    const name = /^\s*metadata\.name\s*==?\s*([^=!\s/%]+)\s*$/.exec(term)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}
