import type { User } from '../both.ts';

/** Whom the steps of these sequences name as `by`. */
export const people: Readonly<Record<string, User>> = {
  jane: { name: 'jane', groups: ['staff', 'testers'] },
  staff: { name: 'someone', groups: ['staff'] },
};

/** The headers by which the administrator asks as somebody else. */
export const actingAs = (user: string, ...groups: readonly string[]) => ({
  headers: { 'impersonate-user': user, ...(groups.length > 0 && { 'impersonate-group': groups }) },
});

/** A kind of review, and where it is posted. */
export const reviews = {
  self: review('authentication.k8s.io', 'SelfSubjectReview', 'selfsubjectreviews'),
  token: review('authentication.k8s.io', 'TokenReview', 'tokenreviews'),
  access: review('authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews'),
  selfAccess: review('authorization.k8s.io', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews'),
  rules: review('authorization.k8s.io', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews'),
  localAccess: review(
    'authorization.k8s.io',
    'LocalSubjectAccessReview',
    'namespaces/{{ns}}/localsubjectaccessreviews',
  ),
} as const;

export interface Review {
  readonly path: string;
  /** The body with a spec; none for a review that has none. */
  readonly of: (spec?: unknown, more?: Record<string, unknown>) => Record<string, unknown>;
}

function review(group: string, kind: string, resource: string): Review {
  const apiVersion = `${group}/v1`;
  return {
    path: `/apis/${apiVersion}/${resource}`,
    of: (spec, more = {}) => ({ apiVersion, kind, ...(spec !== undefined && { spec }), ...more }),
  };
}
