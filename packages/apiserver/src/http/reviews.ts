import type { TokenReviewer } from '../authentication/token-review.ts';
import { wireUser } from '../authentication/wire-user.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { reviewAccess, reviewRules } from '../authorization/reviews.ts';
import { ApiServerError, methodNotAllowed } from '../errors.ts';
import { REVIEWS, type ReviewDefinition } from '../kinds/reviews.ts';
import type { JsonObject } from '../object/json.ts';
import { timestamp } from '../object/types.ts';
import { requestScope, type ResourceRequest } from './context.ts';
import { sendJson, setWarnings } from './respond.ts';
import { readReview } from './review-body.ts';

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
  if (misplaced || info.subresource !== undefined || info.name !== undefined)
    throw new ApiServerError('NotFound', 'the server could not find the requested resource');
  if (info.verb !== 'create') throw methodNotAllowed();
  const scope = requestScope(call);
  const body = await readReview(review, call, scope);
  const answered = await answer(reviewers, review, call, body);
  setWarnings(call.response, scope.warnings);
  sendJson(call.response, 201, {
    kind: review.kind,
    apiVersion: `${review.group}/${review.version}`,
    metadata: {},
    ...answered,
  });
  return true;
}

async function answer(
  { authorizer, tokens, now }: Reviewers,
  { kind }: ReviewDefinition,
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
    case 'TokenRequest':
      // It is no resource: it is made at the subresource of a service account.
      throw methodNotAllowed();
    default:
      return reviewAccess(authorizer, kind, user, body, info.namespace);
  }
}
