import type { IncomingMessage } from 'node:http';
import type { UserInfo } from '../admission/types.ts';
import type { Attributes, ResourceTarget } from '../authorization/attributes.ts';
import { PRIVILEGED_GROUP, type Authorizer } from '../authorization/authorizer.ts';
import { forbidden } from '../authorization/forbidden.ts';
import { ApiServerError } from '../errors.ts';
import { nameProblem } from '../object/names.ts';
import { ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED } from './groups.ts';
import { accountGroups } from './service-account-claims.ts';

/** Whom a request wants to be taken for. */
interface Wanted {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/** One of the ways in which somebody may be allowed to act as another. */
interface Mode {
  /** Verb on whom is impersonated. */
  readonly verb: string;
  /** Besides, `impersonate-on:<mode>:<verb>` on what is asked for is needed; absent in the mode that allows everything. */
  readonly constrained: boolean;
  applies(wanted: Wanted, requestor: UserInfo): boolean;
}

const HEADER = 'impersonate-';
const EXTRA_HEADER = 'impersonate-extra-';
const AUTHENTICATION_GROUP = 'authentication.k8s.io';
const NODE_PREFIX = 'system:node:';
const ACCOUNT_PREFIX = 'system:serviceaccount:';
const EXTRA_KEY = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[^/].*$/;

const MODES: readonly Mode[] = [
  {
    verb: 'impersonate:associated-node',
    constrained: true,
    applies: (wanted, requestor) =>
      isOnlyNamed(wanted) &&
      accountOf(requestor.name) !== undefined &&
      nodeOf(wanted.name) !== undefined &&
      nodeOf(wanted.name) === onlyValue(requestor, 'authentication.kubernetes.io/node-name'),
  },
  {
    verb: 'impersonate:arbitrary-node',
    constrained: true,
    applies: (wanted) => isOnlyNamed(wanted) && nodeOf(wanted.name) !== undefined,
  },
  {
    verb: 'impersonate:serviceaccount',
    constrained: true,
    applies: (wanted) => isOnlyNamed(wanted) && accountOf(wanted.name) !== undefined,
  },
  {
    verb: 'impersonate:user-info',
    constrained: true,
    applies: ({ name }) => nodeOf(name) === undefined && accountOf(name) === undefined,
  },
  { verb: 'impersonate', constrained: false, applies: () => true },
];

/** The node that a user name is that of. */
function nodeOf(user: string): string | undefined {
  if (!user.startsWith(NODE_PREFIX)) return undefined;
  const name = user.slice(NODE_PREFIX.length);
  return nameProblem(name, 'dns-subdomain') === undefined ? name : undefined;
}

/** The service account that a user name is that of. */
function accountOf(user: string): { namespace: string; name: string } | undefined {
  if (!user.startsWith(ACCOUNT_PREFIX)) return undefined;
  const [namespace = '', name = '', ...rest] = user.slice(ACCOUNT_PREFIX.length).split(':');
  if (rest.length > 0 || nameProblem(namespace, 'dns-label') !== undefined) return undefined;
  return nameProblem(name, 'dns-subdomain') === undefined ? { namespace, name } : undefined;
}

function onlyValue({ extra }: UserInfo, key: string): string | undefined {
  const values = extra?.[key] ?? [];
  return values.length === 1 ? values[0] : undefined;
}

function isOnlyNamed({ uid, groups, extra }: Wanted): boolean {
  return uid === '' && groups.length === 0 && extra.size === 0;
}

/**
 * The user that a request wants to be taken for by its Impersonate headers, which are removed from it.
 * @param attributesOf what is asked for, by a user
 * @returns undefined if there are no such headers
 * @throws ApiServerError `BadRequest`, `Forbidden`
 */
export function impersonatedUser(
  request: IncomingMessage,
  requestor: UserInfo,
  attributesOf: (user: UserInfo) => Attributes,
  authorizer: Authorizer,
): UserInfo | undefined {
  const wanted = wantedUser(request);
  if (wanted === undefined) return undefined;
  // The first refusal tells best what is missing: the narrow ways are tried before the wide one.
  let refusal: ApiServerError | undefined;
  for (const mode of MODES) {
    if (!mode.applies(wanted, requestor)) continue;
    try {
      if (mode.constrained) checkOn(mode, attributesOf(requestor), authorizer);
      checkWanted(mode, wanted, requestor, authorizer);
      return userOf(mode, wanted);
    } catch (error) {
      if (!(error instanceof ApiServerError && error.code === 'Forbidden')) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? new ApiServerError('Forbidden', 'no way of impersonation applies');
}

function wantedUser(request: IncomingMessage): Wanted | undefined {
  const headers = Object.entries(request.headersDistinct).filter(([name]) => name.startsWith(HEADER));
  if (headers.length === 0) return undefined;
  const values = new Map(headers.map(([name, list]) => [name, list ?? []]));
  const name = values.get('impersonate-user')?.[0] ?? '';
  const extra = new Map<string, readonly string[]>();
  for (const [header, list] of values)
    if (header.startsWith(EXTRA_HEADER)) extra.set(unescaped(header.slice(EXTRA_HEADER.length)), list);
  const wanted = {
    name,
    uid: values.get('impersonate-uid')?.[0] ?? '',
    groups: values.get('impersonate-group') ?? [],
    extra,
  };
  if (name === '') {
    if (isOnlyNamed(wanted)) return undefined;
    throw new ApiServerError(
      'BadRequest',
      'a uid, a group or extra values are to be impersonated without a user name: Impersonate-User is missing',
    );
  }
  // What answers the request must not see who asked for whom.
  for (const header of values.keys()) Reflect.deleteProperty(request.headers, header);
  return wanted;
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch (error) {
    // Header names may contain percent signs for no reason.
    if (error instanceof URIError) return key;
    throw error;
  }
}

function check(authorizer: Authorizer, attributes: Attributes): void {
  const { allowed, reason } = authorizer.authorize(attributes);
  if (!allowed) throw forbidden(attributes, reason);
}

/** Whether the requestor may do this very thing as somebody else. */
function checkOn({ verb }: Mode, attributes: Attributes, authorizer: Authorizer): void {
  const mode = verb.slice('impersonate:'.length);
  check(authorizer, { ...attributes, verb: `impersonate-on:${mode}:${attributes.verb}` });
}

/** Whether the requestor may be whom he wants to be: each part of it on its own. */
function checkWanted(mode: Mode, wanted: Wanted, user: UserInfo, authorizer: Authorizer): void {
  const target = (group: string, resource: string, name: string): ResourceTarget => ({
    group,
    version: 'v1',
    namespace: '',
    resource,
    subresource: '',
    name,
  });
  const ask = (what: ResourceTarget) => check(authorizer, { user, verb: mode.verb, target: what });
  const group = mode.constrained ? AUTHENTICATION_GROUP : '';
  const account = accountOf(wanted.name);
  const node = mode.constrained ? nodeOf(wanted.name) : undefined;
  if (account !== undefined)
    ask({ ...target(group, 'serviceaccounts', account.name), namespace: account.namespace });
  else if (node !== undefined)
    ask(target(group, 'nodes', mode.verb === 'impersonate:associated-node' ? '*' : node));
  else ask(target(group, 'users', wanted.name));
  if (wanted.uid !== '') ask(target(AUTHENTICATION_GROUP, 'uids', wanted.uid));
  if (mode.constrained) checkSane(mode, wanted, user, target(group, 'groups', ''));
  for (const name of wanted.groups) ask(target(group, 'groups', name));
  for (const [key, values] of wanted.extra)
    for (const value of values)
      ask({ ...target(AUTHENTICATION_GROUP, 'userextras', value), subresource: key });
}

/** What the narrow modes never allow. */
function checkSane({ verb }: Mode, { groups, extra }: Wanted, user: UserInfo, target: ResourceTarget): void {
  const refuse = (what: ResourceTarget, why: string) => forbidden({ user, verb, target: what }, why);
  if (groups.includes('')) throw refuse(target, 'impersonating the empty string group is not allowed');
  if (groups.includes(PRIVILEGED_GROUP))
    throw refuse(
      { ...target, name: PRIVILEGED_GROUP },
      `impersonating the ${PRIVILEGED_GROUP} group is not allowed`,
    );
  for (const [key, values] of extra)
    if (!EXTRA_KEY.test(key) || values.length === 0 || values.includes(''))
      throw refuse(
        { ...target, group: AUTHENTICATION_GROUP, resource: 'userextras' },
        `impersonating an invalid key or an empty value in extra is not allowed: ${JSON.stringify(key)}`,
      );
}

function userOf(mode: Mode, { name, uid, groups, extra }: Wanted): UserInfo {
  const account = accountOf(name);
  let own = [...groups];
  if (mode.constrained && nodeOf(name) !== undefined) own = ['system:nodes'];
  else if (account !== undefined && groups.length === 0) own = accountGroups(account.namespace);
  const everybody = name === ANONYMOUS.name ? UNAUTHENTICATED : AUTHENTICATED;
  if (!own.includes(UNAUTHENTICATED) && !own.includes(everybody)) own.push(everybody);
  return {
    name,
    groups: own,
    ...(uid !== '' && { uid }),
    ...(extra.size > 0 && { extra: Object.fromEntries(extra) }),
  };
}
