import type { AccessReviewKind } from '../authorization/reviews.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { bool, list, long, map, named, obj, str, time, type Fields } from '../schema/dsl.ts';
import type { Schema } from '../schema/types.ts';
import { builtin, objectSchema } from './builtin.ts';

/** The kinds of objects that are questions: they are answered at once and never stored. */
type ReviewKind =
  AccessReviewKind | 'SelfSubjectRulesReview' | 'SelfSubjectReview' | 'TokenReview' | 'TokenRequest';

/** What can be asked, and how a question looks. */
export interface ReviewDefinition extends ResourceDefinition {
  readonly kind: ReviewKind;
  readonly schema: Schema;
}

const AUTHENTICATION = 'authentication.k8s.io';
const AUTHORIZATION = 'authorization.k8s.io';

const strings = (description: string) => list(str(), description);

const selector = (what: string): Schema =>
  named(
    `io.k8s.api.authorization.v1.${what}SelectorAttributes`,
    obj('Narrows down what is asked about.', {
      rawSelector: str('The selector as a request has it.'),
      requirements: list(
        named(
          `io.k8s.apimachinery.pkg.apis.meta.v1.${what}SelectorRequirement`,
          obj(
            'One requirement; all must hold.',
            {
              key: str(`Key of the ${what.toLowerCase()}.`),
              operator: str('In, NotIn, Exists or DoesNotExist.'),
              values: strings('Values for In and NotIn.'),
            },
            ['key', 'operator'],
          ),
        ),
        'The selector in its parts.',
      ),
    }),
  );

const ATTRIBUTES: Fields = {
  resourceAttributes: named(
    'io.k8s.api.authorization.v1.ResourceAttributes',
    obj('A verb on a resource.', {
      namespace: str('Namespace; empty for all of them, and for what has none.'),
      verb: str('Verb, or * for all.'),
      group: str('API group, or * for all.'),
      version: str('Version, or * for all.'),
      resource: str('Resource, or * for all.'),
      subresource: str('Subresource, or empty.'),
      name: str('Name of the object; empty for all of them.'),
      fieldSelector: selector('Field'),
      labelSelector: selector('Label'),
    }),
  ),
  nonResourceAttributes: named(
    'io.k8s.api.authorization.v1.NonResourceAttributes',
    obj('A verb on a path that is no resource.', { path: str('Path.'), verb: str('HTTP method.') }),
  ),
};

const EXTRA = map(strings('Values.'), 'What authentication knows besides.');

const SUBJECT: Fields = {
  user: str('Name of the user.'),
  groups: strings('Groups of the user.'),
  extra: EXTRA,
  uid: str('UID of the user.'),
};

const USER_INFO = named(
  'io.k8s.api.authentication.v1.UserInfo',
  obj('A user.', {
    username: str('Name.'),
    uid: str('UID.'),
    groups: strings('Groups.'),
    extra: EXTRA,
  }),
);

const ACCESS_STATUS = named(
  'io.k8s.api.authorization.v1.SubjectAccessReviewStatus',
  obj('The answer.', {
    allowed: bool('Whether it is allowed.'),
    denied: bool('Whether it is forbidden whatever other rules say.'),
    reason: str('Why.'),
    evaluationError: str('What hindered the answer.'),
  }),
);

const VERBS = strings('Verbs, or * for all.');

const RULES_STATUS = named(
  'io.k8s.api.authorization.v1.SubjectRulesReviewStatus',
  obj('The answer.', {
    resourceRules: list(
      named(
        'io.k8s.api.authorization.v1.ResourceRule',
        obj('Verbs on resources.', {
          verbs: VERBS,
          apiGroups: strings('API groups, or * for all.'),
          resources: strings('Resources, or * for all; subresources are named after a slash.'),
          resourceNames: strings('Names of objects; all of them unless given.'),
        }),
      ),
      'What may be done with resources, in no order.',
    ),
    nonResourceRules: list(
      named(
        'io.k8s.api.authorization.v1.NonResourceRule',
        obj('Verbs on paths that are no resources.', {
          verbs: VERBS,
          nonResourceURLs: strings('Paths, or what they begin with before a *.'),
        }),
      ),
      'What may be done with other paths, in no order.',
    ),
    incomplete: bool('Whether there may be more that is allowed.'),
    evaluationError: str('What hindered the answer.'),
  }),
);

function question(
  group: string,
  kind: ReviewKind,
  description: string,
  { spec, status }: { spec?: Fields; status: Schema },
  more: Partial<ResourceDefinition> = {},
): ReviewDefinition {
  const own: Fields = spec === undefined ? {} : { spec: obj('What is asked.', spec) };
  const schema = objectSchema(description, { ...own, status });
  const resource = `${kind.toLowerCase()}s`;
  return {
    ...builtin({ group, version: 'v1', kind, resource, namespaced: false, schema, ...more }),
    kind,
    schema,
  };
}

/** The reviews that clients may ask for: who is this, and what may he do. */
export const REVIEWS: readonly ReviewDefinition[] = [
  question(AUTHENTICATION, 'SelfSubjectReview', 'Asks who the asking user is.', {
    status: obj('The answer.', { userInfo: USER_INFO }),
  }),
  question(AUTHENTICATION, 'TokenReview', 'Asks whose a token is.', {
    spec: {
      token: str('The token.'),
      audiences: strings('Whom the token should be meant for; this server unless given.'),
    },
    status: obj('The answer.', {
      authenticated: bool('Whether the token is good.'),
      user: USER_INFO,
      audiences: strings('Of those that were asked for, the ones that the token is meant for.'),
      error: str('Why the token is not good.'),
    }),
  }),
  question(
    AUTHORIZATION,
    'LocalSubjectAccessReview',
    'Asks what somebody may do in a namespace.',
    { spec: { ...ATTRIBUTES, ...SUBJECT }, status: ACCESS_STATUS },
    { namespaced: true },
  ),
  question(AUTHORIZATION, 'SelfSubjectAccessReview', 'Asks what the asking user may do.', {
    spec: ATTRIBUTES,
    status: ACCESS_STATUS,
  }),
  question(
    AUTHORIZATION,
    'SelfSubjectRulesReview',
    'Asks for all that the asking user may do in a namespace.',
    { spec: { namespace: str('Namespace.') }, status: RULES_STATUS },
  ),
  question(AUTHORIZATION, 'SubjectAccessReview', 'Asks what somebody may do.', {
    spec: { ...ATTRIBUTES, ...SUBJECT },
    status: ACCESS_STATUS,
  }),
];

/** What is posted to the subresource `token` of a service account. */
export const TOKEN_REQUEST = question(
  AUTHENTICATION,
  'TokenRequest',
  'Asks for a token of a service account.',
  {
    spec: {
      audiences: strings('Whom the token is meant for; this server unless given.'),
      expirationSeconds: long('How long the token is to be good.'),
      boundObjectRef: obj('With what the token ends: a Pod, a Secret or a Node.', {
        kind: str('Kind of the object.'),
        apiVersion: str('API version of the object.'),
        name: str('Name of the object.'),
        uid: str('UID of the object; any unless given.'),
      }),
    },
    status: obj('The answer.', { token: str('The token.'), expirationTimestamp: time('Its end.') }),
  },
  { namespaced: true },
);
