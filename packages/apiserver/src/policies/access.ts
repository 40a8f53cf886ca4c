import type { UserInfo } from '../admission/types.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { AccessCheck } from '../cel/library/authorizer.ts';

/** Answers expressions that ask what a user may do, or a service account that they ask for instead. */
export function accessOf(authorizer: Authorizer, user: UserInfo): AccessCheck {
  return ({ serviceAccount, verb, target }) =>
    authorizer.authorize({
      user: serviceAccount === undefined ? user : serviceAccountUser(serviceAccount),
      verb,
      target,
    });
}

function serviceAccountUser({ namespace, name }: { namespace: string; name: string }): UserInfo {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
