import type { UserInfo } from '../admission/types.ts';
import { ApiServerError, invalid, type StatusCause } from '../errors.ts';
import { elementsOf, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import type { Attributes } from './attributes.ts';
import type { Authorizer } from './authorizer.ts';
import { joinErrors } from './rbac.ts';
import { ignoredSelectors, selectorCauses } from './review-selectors.ts';

const GROUP = 'authorization.k8s.io';

/** The kinds of reviews that ask what somebody may do. */
export type AccessReviewKind = 'SubjectAccessReview' | 'LocalSubjectAccessReview' | 'SelfSubjectAccessReview';

/**
 * Answers whether the subject of a review may do what it asks about.
 * @param namespace of the request's path
 * @throws ApiServerError `Invalid`, `BadRequest`
 */
export function reviewAccess(
  authorizer: Authorizer,
  kind: AccessReviewKind,
  user: UserInfo,
  body: JsonObject,
  namespace: string | undefined,
): JsonObject {
  const spec = membersOf(body.spec);
  const causes = [
    ...validateTarget(spec),
    ...(kind === 'SelfSubjectAccessReview' ? [] : validateSubject(spec)),
    ...selectorCauses(spec.resourceAttributes),
    ...validateMetadata(kind, body),
    ...(kind === 'LocalSubjectAccessReview' ? validateLocal(spec, namespace) : []),
  ];
  if (causes.length > 0) throw invalid({ group: GROUP, resource: '', kind: '' }, '', causes);
  const subject = kind === 'SelfSubjectAccessReview' ? user : subjectOf(spec);
  const { allowed, reason } = authorizer.authorize(attributesOf(subject, spec));
  const ignored = ignoredSelectors(spec.resourceAttributes);
  return {
    ...(kind === 'LocalSubjectAccessReview' && { metadata: { namespace } }),
    spec,
    status: {
      allowed,
      ...(reason !== '' && { reason }),
      ...(ignored.length > 0 && { evaluationError: ignored.join('; ') }),
    },
  };
}

/** All that the asking user may do in a namespace. @throws ApiServerError `BadRequest` */
export function reviewRules(authorizer: Authorizer, user: UserInfo, body: JsonObject): JsonObject {
  const namespace = stringOf(membersOf(body.spec).namespace);
  if (namespace === '') throw new ApiServerError('BadRequest', 'no namespace on request');
  const { rules, errors } = authorizer.rulesFor(user, namespace);
  const resourceRules = rules
    .filter(({ resources }) => resources.length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames.length > 0 && { resourceNames }),
    }));
  const nonResourceRules = rules
    .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  return {
    spec: {},
    status: {
      resourceRules,
      nonResourceRules,
      incomplete: false,
      ...(errors.length > 0 && { evaluationError: joinErrors(errors) }),
    },
  };
}

function attributesOf(user: UserInfo, spec: JsonObject): Attributes {
  if (isObject(spec.nonResourceAttributes)) {
    const { verb, path } = spec.nonResourceAttributes;
    return { user, verb: stringOf(verb), target: { path: stringOf(path) } };
  }
  const { verb, group, version, namespace, resource, subresource, name } = membersOf(spec.resourceAttributes);
  return {
    user,
    verb: stringOf(verb),
    target: {
      group: stringOf(group),
      version: stringOf(version),
      namespace: stringOf(namespace),
      resource: stringOf(resource),
      subresource: stringOf(subresource),
      name: stringOf(name),
    },
  };
}

function subjectOf({ user, groups, uid, extra }: JsonObject): UserInfo {
  const entries = Object.entries(membersOf(extra)).map(
    ([key, values]) => [key, elementsOf(values).filter((value) => typeof value === 'string')] as const,
  );
  return {
    name: stringOf(user),
    groups: elementsOf(groups).filter((group) => typeof group === 'string'),
    ...(typeof uid === 'string' && { uid }),
    ...(entries.length > 0 && { extra: Object.fromEntries(entries) }),
  };
}

/** As kube-apiserver shows it. */
function shownPath({ path, verb }: JsonObject): JsonObject {
  return { Path: stringOf(path), Verb: stringOf(verb) };
}

function bad(field: string, value: unknown, why: string): StatusCause {
  return {
    reason: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${JSON.stringify(value ?? null)}: ${why}`,
  };
}

function validateTarget({ resourceAttributes, nonResourceAttributes }: JsonObject): StatusCause[] {
  const resource = isObject(resourceAttributes);
  const path = isObject(nonResourceAttributes);
  if (resource && path)
    return [
      bad(
        'spec.nonResourceAttributes',
        shownPath(nonResourceAttributes),
        'cannot be specified in combination with resourceAttributes',
      ),
    ];
  if (resource || path) return [];
  return [
    bad(
      'spec.resourceAttributes',
      undefined,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ),
  ];
}

function validateSubject({ user, groups }: JsonObject): StatusCause[] {
  if (stringOf(user) !== '' || elementsOf(groups).length > 0) return [];
  return [bad('spec.user', '', 'at least one of user or group must be specified')];
}

function validateMetadata(kind: AccessReviewKind, { metadata }: JsonObject): StatusCause[] {
  const local = kind === 'LocalSubjectAccessReview';
  const set = Object.entries(membersOf(metadata)).filter(
    ([member, value]) => !isEmpty(value) && member !== 'managedFields' && !(local && member === 'namespace'),
  );
  if (set.length === 0) return [];
  return [bad('metadata', metadata, local ? 'must be empty except for namespace' : 'must be empty')];
}

/** What clients write for a member that they have not set. */
function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === '' ||
    value === 0 ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

function validateLocal(
  { resourceAttributes, nonResourceAttributes }: JsonObject,
  namespace = '',
): StatusCause[] {
  const causes: StatusCause[] = [];
  const asked = stringOf(membersOf(resourceAttributes).namespace);
  if (isObject(resourceAttributes) && asked !== namespace)
    causes.push(bad('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
  if (isObject(nonResourceAttributes))
    causes.push(
      bad(
        'spec.nonResourceAttributes',
        shownPath(nonResourceAttributes),
        'disallowed on this kind of request',
      ),
    );
  return causes;
}
