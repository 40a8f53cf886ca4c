import type { UserInfo } from '../admission/types.ts';
import { ApiServerError } from '../errors.ts';
import { membersOf, stringOf, type JsonObject } from '../object/json.ts';
import type { ObjectKey, StoredObject } from '../storage/records.ts';
import { AUTHENTICATED, CREDENTIAL_ID } from './groups.ts';
import { accountGroups, accountName } from './service-account-claims.ts';

/** Where the objects are looked up that tokens are bound to. */
export interface BoundObjects {
  get(key: ObjectKey): StoredObject | undefined;
}

const EXTRA = 'authentication.kubernetes.io';
/** How long a token is good after its object should have been gone. */
const DELETION_LEEWAY_MS = 60_000;

/**
 * The user of a service account's token.
 * @throws ApiServerError `Unauthorized` if the account, or what the token is bound to, is no longer the one that it was
 */
export function accountUser(objects: BoundObjects, claims: JsonObject, tokenId: string, now: Date): UserInfo {
  const namespace = stringOf(claims.namespace);
  const account = member(claims.serviceaccount);
  const find = (resource: string, name: string) =>
    objects.get({ resource, namespace: resource === 'nodes' ? '' : namespace, name });
  const stored = find('serviceaccounts', account.name);
  if (stored === undefined) throw refused(`serviceaccounts ${JSON.stringify(account.name)} not found`);
  const { uid } = stored.object.metadata;
  if (uid !== account.uid)
    throw refused(`service account UID (${uid ?? ''}) does not match claim (${account.uid})`);
  if (isGone(stored, now)) throw refused(`service account ${namespace}/${account.name} has been deleted`);
  // What a Pod's node is called is told, but the token is bound to the Pod only.
  const bound = claims.pod !== undefined ? 'pod' : claims.secret !== undefined ? 'secret' : 'node';
  if (claims[bound] !== undefined) checkBound(bound, member(claims[bound]), find, now);
  const pod = member(claims.pod);
  const node = member(claims.node);
  const extra = Object.entries({
    [CREDENTIAL_ID]: tokenId === '' ? '' : `JTI=${tokenId}`,
    [`${EXTRA}/node-name`]: node.name,
    [`${EXTRA}/node-uid`]: node.uid,
    [`${EXTRA}/pod-name`]: pod.name,
    [`${EXTRA}/pod-uid`]: pod.uid,
  }).filter(([, value]) => value !== '');
  return {
    name: accountName(namespace, account.name),
    uid: account.uid,
    groups: [...accountGroups(namespace), AUTHENTICATED],
    extra: Object.fromEntries(extra.map(([key, value]) => [key, [value]])),
  };
}

function checkBound(
  kind: string,
  claimed: { name: string; uid: string },
  find: (resource: string, name: string) => StoredObject | undefined,
  now: Date,
): void {
  const stored = find(`${kind}s`, claimed.name);
  if (stored === undefined || isGone(stored, now))
    throw refused('service account token has been invalidated');
  const { uid } = stored.object.metadata;
  if (uid !== claimed.uid)
    throw refused(
      `${kind} UID (${uid ?? ''}) does not match service account ${kind} ref claim (${claimed.uid})`,
    );
}

function isGone({ object }: StoredObject, now: Date): boolean {
  const { deletionTimestamp } = object.metadata;
  return (
    deletionTimestamp !== undefined && Date.parse(deletionTimestamp) < now.getTime() - DELETION_LEEWAY_MS
  );
}

function member(value: unknown): { name: string; uid: string } {
  const { name, uid } = membersOf(value);
  return { name: stringOf(name), uid: stringOf(uid) };
}

function refused(why: string): ApiServerError {
  return new ApiServerError('Unauthorized', why);
}
