import type { UserInfo } from '../admission/types.ts';
import type { Attributes } from './attributes.ts';
import type { PolicyRule } from './policy-rule.ts';

/** The answer of an authorizer. */
export interface Decision {
  readonly allowed: boolean;
  /** Why; empty when there is nothing to say. */
  readonly reason: string;
}

/** All that a user may do in a namespace and in the whole cluster. */
export interface RuleSet {
  readonly rules: readonly PolicyRule[];
  /** What hindered finding all rules, such as a binding to a role that does not exist. */
  readonly errors: readonly string[];
}

/** Decides what users may do. */
export interface Authorizer {
  authorize(attributes: Attributes): Decision;
  rulesFor(user: UserInfo, namespace: string): RuleSet;
}

/** Members of this group may do everything, whatever roles there are. */
export const PRIVILEGED_GROUP = 'system:masters';

/** Whether nothing can be refused to a user. */
export function isPrivileged(user: UserInfo): boolean {
  return user.groups.includes(PRIVILEGED_GROUP);
}

/** Allows everything to everyone. */
export const alwaysAllow: Authorizer = {
  authorize: () => ({ allowed: true, reason: '' }),
  rulesFor: () => ({
    rules: [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] },
      { verbs: ['*'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'] },
    ],
    errors: [],
  }),
};
