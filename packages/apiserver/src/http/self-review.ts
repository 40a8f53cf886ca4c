import { methodNotAllowed } from '../errors.ts';
import { readBody } from './body.ts';
import type { ResourceRequest } from './context.ts';
import { sendJson } from './respond.ts';

/** A review that is answered from the request alone and never stored. */
export interface ReviewResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
}

/** The reviews that clients may ask for: who am I, and what may I do. */
export const REVIEWS: readonly ReviewResource[] = [
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    resource: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    resource: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
  },
];

/** Answers a review. @returns false if the request is for something else. @throws ApiServerError */
export async function handleReview(call: ResourceRequest): Promise<boolean> {
  const { info, user } = call;
  const review = REVIEWS.find(
    (r) => r.group === info.group && r.version === info.version && r.resource === info.resource,
  );
  if (review === undefined) return false;
  if (info.verb !== 'create') throw methodNotAllowed();
  // The answer depends on who asks only, and some kubectl commands ask in protobuf: the body is read and not looked at.
  await readBody(call.request);
  const status =
    review.kind === 'SelfSubjectReview'
      ? {
          userInfo: {
            username: user.name,
            groups: user.groups,
            ...(user.uid !== undefined && { uid: user.uid }),
          },
        }
      : { allowed: true, reason: 'there is no RBAC: every authenticated user may do everything' };
  sendJson(call.response, 201, {
    kind: review.kind,
    apiVersion: `${review.group}/${review.version}`,
    metadata: {},
    status,
  });
  return true;
}
