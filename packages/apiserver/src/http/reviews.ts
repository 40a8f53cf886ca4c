import type { TokenReviewer } from '../authentication/token-review.ts';
import { wireUser } from '../authentication/wire-user.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { reviewAccess, reviewRules, type AccessReviewKind } from '../authorization/reviews.ts';
import { ApiServerError } from '../errors.ts';
import { stringOf, type JsonObject } from '../object/json.ts';
import { timestamp } from '../object/types.ts';
import { readObject } from './body.ts';
import type { ResourceRequest } from './context.ts';
import { sendJson } from './respond.ts';

/** A review that is answered at once and never stored. */
export interface ReviewResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: AccessReviewKind | 'SelfSubjectRulesReview' | 'SelfSubjectReview' | 'TokenReview';
  readonly namespaced: boolean;
}

const AUTHENTICATION = { group: 'authentication.k8s.io', version: 'v1', namespaced: false };
const AUTHORIZATION = { group: 'authorization.k8s.io', version: 'v1', namespaced: false };

/** The reviews that clients may ask for: who is this, and what may he do. */
export const REVIEWS: readonly ReviewResource[] = [
  { ...AUTHENTICATION, resource: 'selfsubjectreviews', kind: 'SelfSubjectReview' },
  { ...AUTHENTICATION, resource: 'tokenreviews', kind: 'TokenReview' },
  {
    ...AUTHORIZATION,
    resource: 'localsubjectaccessreviews',
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
  },
  { ...AUTHORIZATION, resource: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
  { ...AUTHORIZATION, resource: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview' },
  { ...AUTHORIZATION, resource: 'subjectaccessreviews', kind: 'SubjectAccessReview' },
];

/** What answers reviews. */
export interface Reviewers {
  readonly authorizer: Authorizer;
  readonly tokens: TokenReviewer;
  readonly now: () => Date;
}

/** Answers a review. @returns false if the request is for something else. @throws ApiServerError */
export async function handleReview(reviewers: Reviewers, call: ResourceRequest): Promise<boolean> {
  const { info } = call;
  const review = REVIEWS.find(
    (r) => r.group === info.group && r.version === info.version && r.resource === info.resource,
  );
  if (review === undefined) return false;
  const misplaced = review.namespaced !== (info.namespace !== undefined);
  if (misplaced || info.subresource !== undefined)
    throw new ApiServerError('NotFound', 'the server could not find the requested resource');
  if (info.verb !== 'create' || info.name !== undefined)
    throw new ApiServerError('MethodNotAllowed', `${review.resource} can only be created`);
  const { value } = await readObject(call.request);
  checkType(review, value);
  sendJson(call.response, 201, {
    kind: review.kind,
    apiVersion: `${review.group}/${review.version}`,
    metadata: {},
    ...(await answer(reviewers, review, call, value)),
  });
  return true;
}

function checkType({ group, version, kind }: ReviewResource, body: JsonObject): void {
  const apiVersion = `${group}/${version}`;
  const own = { apiVersion: body.apiVersion ?? apiVersion, kind: body.kind ?? kind };
  if (own.apiVersion !== apiVersion || own.kind !== kind)
    throw new ApiServerError(
      'BadRequest',
      `the object is ${stringOf(own.apiVersion)} ${stringOf(own.kind)}, this path takes ${apiVersion} ${kind}`,
    );
}

async function answer(
  { authorizer, tokens, now }: Reviewers,
  { kind }: ReviewResource,
  { user, info }: ResourceRequest,
  body: JsonObject,
): Promise<JsonObject> {
  switch (kind) {
    case 'SelfSubjectReview':
      return {
        metadata: { creationTimestamp: timestamp(now()) },
        status: { userInfo: wireUser(user) },
      };
    case 'TokenReview':
      return tokens.review(body);
    case 'SelfSubjectRulesReview':
      return reviewRules(authorizer, user, body);
    default:
      return reviewAccess(authorizer, kind, user, body, info.namespace);
  }
}
