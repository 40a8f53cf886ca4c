import { many, METADATA, one, type Message } from './message.ts';

const RESOURCE = one('resourceAttributes', {
  1: one('namespace'),
  2: one('verb'),
  3: one('group'),
  4: one('version'),
  5: one('resource'),
  6: one('subresource'),
  7: one('name'),
});
const PATH = one('nonResourceAttributes', { 1: one('path'), 2: one('verb') });
const SUBJECT_ACCESS: Message = {
  1: METADATA,
  2: one('spec', {
    1: RESOURCE,
    2: PATH,
    3: one('user'),
    4: many('groups'),
    5: one('extra', 'lists-map'),
    6: one('uid'),
  }),
};

const RULES = many('rules', {
  1: many('verbs'),
  2: many('apiGroups'),
  3: many('resources'),
  4: many('resourceNames'),
  5: many('nonResourceURLs'),
});
const LABEL_SELECTOR: Message = {
  1: one('matchLabels', 'string-map'),
  2: many('matchExpressions', { 1: one('key'), 2: one('operator'), 3: many('values') }),
};
const BINDING: Message = {
  1: METADATA,
  2: many('subjects', { 1: one('kind'), 2: one('apiGroup'), 3: one('name'), 4: one('namespace') }),
  3: one('roleRef', { 1: one('apiGroup'), 2: one('kind'), 3: one('name') }),
};

/** Kinds of authentication, authorization and RBAC that kubectl sends as protobuf, by `apiVersion kind`. */
export const ACCESS_KINDS: Readonly<Record<string, Message>> = {
  'authentication.k8s.io/v1 SelfSubjectReview': { 1: METADATA },
  'authentication.k8s.io/v1 TokenReview': {
    1: METADATA,
    2: one('spec', { 1: one('token'), 2: many('audiences') }),
  },
  'authentication.k8s.io/v1 TokenRequest': {
    1: METADATA,
    2: one('spec', {
      1: many('audiences'),
      3: one('boundObjectRef', { 1: one('kind'), 2: one('apiVersion'), 3: one('name'), 4: one('uid') }),
      4: one('expirationSeconds', 'number'),
    }),
  },
  'authorization.k8s.io/v1 SubjectAccessReview': SUBJECT_ACCESS,
  'authorization.k8s.io/v1 LocalSubjectAccessReview': SUBJECT_ACCESS,
  'authorization.k8s.io/v1 SelfSubjectAccessReview': {
    1: METADATA,
    2: one('spec', { 1: RESOURCE, 2: PATH }),
  },
  'authorization.k8s.io/v1 SelfSubjectRulesReview': { 1: METADATA, 2: one('spec', { 1: one('namespace') }) },
  'rbac.authorization.k8s.io/v1 Role': { 1: METADATA, 2: RULES },
  'rbac.authorization.k8s.io/v1 ClusterRole': {
    1: METADATA,
    2: RULES,
    3: one('aggregationRule', { 1: many('clusterRoleSelectors', LABEL_SELECTOR) }),
  },
  'rbac.authorization.k8s.io/v1 RoleBinding': BINDING,
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': BINDING,
};
