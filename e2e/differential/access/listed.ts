import type { ListedDifference } from '../listed.ts';

const texts = /^body\.(message|details\.causes\[\d+\]\.message)$/;
const unstored = /: POST \S+\/(\w+reviews|\w+\/token)(\?|$)/;

/** What stays different about who may do what, and about what extends a server. */
export const listedAccess: readonly ListedDifference[] = [
  {
    id: 'reviews-have-no-owners',
    what: 'Answers to reviews and to requests for tokens have no managedFields.',
    why: 'Nobody can change what is not stored, so nobody needs to own parts of it.',
    where: { step: unstored, path: /^body\.metadata\.managedFields$/, ours: 'absent' },
  },
  {
    id: 'text-review-metadata',
    what: 'The refusal of a review with metadata does not show managedFields.',
    why: 'The client has not sent them.',
    where: { step: unstored, path: texts, kubernetes: /managedFields.*must be empty/, ours: /must be empty/ },
  },
  {
    id: 'authenticate-header',
    what: 'An answer with 401 has the header WWW-Authenticate.',
    why: 'HTTP wants it.',
    where: { path: /^headers\.www-authenticate$/, kubernetes: 'absent', ours: /^"Bearer realm=/ },
  },
  {
    id: 'no-node-authorizer',
    what: 'What a node may do is not explained by its Pods.',
    why: 'There is no Node authorizer: nodes have the rights that roles give to them.',
    where: { path: /^body\.(status\.reason|message)$/, kubernetes: /No Object name found"$/ },
  },
  {
    id: 'what-is-served',
    what: 'Fewer groups and resources are served, in another order and without a hash of their versions.',
    why: 'What controllers and nodes of a large cluster need is left out.',
    where: {
      step: /: GET \/(api|apis(\/[\w.]+){0,2}|api\/v1|openapi\/v3)$/,
      path: /^(body(\.(groups|resources|apiVersion|serverAddressByClientCIDRs|preferredVersion|versions)\b.*)?|headers\.content-type)$/,
    },
  },
  {
    id: 'version',
    what: 'The version is another one, and says what the server is made of.',
    why: 'It is another server.',
    where: { step: /: GET \/version$/, path: /^body\.\w+$/ },
  },
  {
    id: 'unknown-path',
    what: 'A path that nobody serves is answered with a Status.',
    why: 'Clients read a Status; kube-apiserver answers some of these paths with plain text.',
    where: {
      path: /^(body|headers\.(content-type|x-content-type-options))$/,
      kubernetes: /404 page not found|text\/plain|nosniff/,
      step: /: (GET|POST) \/(own\b|apple|otter|other|metrics|logs|apis\/\{\{ns\}\}\.example\.com\/)/,
    },
  },
  {
    id: 'roles-without-rules',
    what: 'A role without rules has an empty list of them, or none.',
    why: 'It says the same as null, and lists are what clients expect.',
    where: { path: /^body(\.items\[\d+\])?\.rules$/, kubernetes: /^null$/ },
  },
  {
    id: 'address-of-keys',
    what: 'The keys of service accounts are said to be where the server listens.',
    why: 'It is another server.',
    where: { path: /^body\.jwks_uri$/ },
  },
  {
    id: 'text-nobody-impersonated',
    what: 'The refusal of groups, a uid or extra values without a user to impersonate names the header that is missing.',
    why: "Kubernetes shows values of Go's types.",
    where: { path: texts, ours: /Impersonate-User is missing/ },
  },
  {
    id: 'first-way-to-impersonate',
    what: 'When nothing allows to impersonate somebody, the refusal is about the first of the ways that could.',
    why: 'kube-apiserver begins with the way that worked last for the same user, so that it depends on earlier requests.',
    where: {
      sequence: /^impersonation: with the right/,
      path: /^body\.(message|details\.(name|kind|group))$/,
    },
  },
  {
    id: 'roles-of-every-cluster',
    what: 'The roles and bindings that are there from the start are fewer, with rights for what is served.',
    why: 'What controllers and nodes of a large cluster need is left out.',
    where: { sequence: /^rbac: the roles that every cluster has$/, path: /^body\.(items|rules|subjects)\b/ },
  },
  {
    id: 'own-writes-without-owners',
    what: 'What the server writes itself, such as its first roles and conditions, has no managedFields.',
    why: 'Nobody is to take it over.',
    where: {
      step: /: (GET|PATCH) \/apis\/(rbac\.authorization|apiregistration)\.k8s\.io\//,
      path: /^body\.metadata\.managedFields\b/,
    },
  },
  {
    id: 'first-revisions',
    what: 'Objects that are there from the start have other revisions.',
    why: 'They are others, and written in another order.',
    where: {
      path: /^body\.metadata\.resourceVersion$/,
      kubernetes: /^"\d{1,3}"$/,
      ours: /^"\d{1,3}"$/,
    },
  },
  {
    id: 'one-problem-of-a-name',
    what: 'Of what is wrong with an empty name only that it is empty is told.',
    why: 'Kubernetes adds which characters it may have.',
    where: {
      path: /^body\.(message|details\.causes\[\d+\])$/,
      kubernetes: /name part must consist of/,
      sequence: /^policies: what they may say$/,
    },
  },
  {
    id: 'text-cel-syntax',
    what: 'A syntax error of an expression is told in other words.',
    why: "Kubernetes' words are those of its parser's grammar.",
    where: { path: texts, ours: /Syntax error: / },
  },
  {
    id: 'owners-of-policies',
    what: 'Owners of parts of policies are told in full.',
    why: 'kube-apiserver leaves some parts out.',
    where: {
      sequence: /^policies: /,
      path: /^body\.metadata\.managedFields\[\d+\]\.fieldsV1\.f:spec\.f:(matchConstraints|matchResources|paramKind|paramRef|variables)\./,
      kubernetes: 'absent',
    },
  },
  {
    id: 'which-policy-first',
    what: 'What several policies warn of is told in the order of their names.',
    why: 'In Kubernetes it is chance which of them is looked at first.',
    where: {
      sequence: /^policies: two of them, and two bindings of one$/,
      path: /^headers\.warning\[\d+\]$/,
      kubernetes: /^"299 - \\"Validation failed for ValidatingAdmissionPolicy /,
      ours: /^"299 - \\"Validation failed for ValidatingAdmissionPolicy /,
    },
    byChance: true,
  },
  {
    id: 'encoded-slash',
    what: 'A path with an encoded slash is refused, also if it is for another server.',
    why: 'What it means depends on who decodes it, and rights must not.',
    where: { step: /and-slash$/, path: /^(status|body|headers\.content-type)$/ },
  },
  {
    id: 'text-conversion',
    what: 'What is wrong with the answer of a conversion webhook is told in other words.',
    why: "Kubernetes' words tell whether a list was converted, and what Go's types do not take.",
    where: { path: texts, ours: /conversion webhook for .* (failed|returned invalid converted object)/ },
  },
  {
    id: 'conversion-review',
    what: 'What a conversion webhook is sent has no empty response, objects have their revision, and it is sent once.',
    why: 'The response is what is asked for; kube-apiserver adds the revision after it has converted, and converts for itself too.',
    where: {
      step: /: received by the conversion webhook$/,
      path: /^received\[(0\]\.body\.(response|request\.objects\[0\]\.metadata\.resourceVersion)|[1-9]\d*\])$/,
    },
  },
  {
    id: 'text-webhook-answer',
    what: 'What is wrong with the answer of a webhook, or with its patch, is told in other words.',
    why: "Kubernetes passes on what Go's parser and its library for patches say.",
    where: {
      sequence: /^webhooks: /,
      path: texts,
      kubernetes:
        /Internal error occurred|failed calling webhook|json: |operation does not apply|error in remove|test failed|Unexpected kind/,
      ours: /failed calling webhook|JSON patch|must be of type/,
    },
  },
  {
    id: 'call-sent-again',
    what: 'A webhook that ends a kept connection without an answer is called once more.',
    why: 'It cannot be told from one that closes idle connections.',
    where: { sequence: /^webhooks: \w+ cut-off /, step: /: received by webhooks$/, path: /^received\b/ },
    byChance: true,
  },
  {
    id: 'empty-status',
    what: 'Webhooks do not see an empty status.',
    why: 'Objects are sent as they are stored.',
    where: {
      step: /: received by webhooks$/,
      path: /^received\[\d+\]\.body\.request\.(object|oldObject)\.status$/,
      kubernetes: /^\{\}$|"token":""/,
      ours: 'absent',
    },
  },
  {
    id: 'subresources-without-owners',
    what: 'Bindings, evictions and requests for tokens have no managedFields where webhooks see them.',
    why: 'They are not stored, so nobody needs to own parts of them.',
    where: {
      step: /: received by webhooks$/,
      path: /^received\[\d+\]\.body\.request\.object\.metadata\.managedFields$/,
      kubernetes: /"subresource":"(binding|eviction|token)"/,
      ours: 'absent',
    },
  },
  {
    id: 'eviction-of-nobody',
    what: 'For an eviction of a Pod that is not there no webhook is asked.',
    why: 'There is nothing to be decided.',
    where: {
      sequence: /^webhooks: \w+ sees an eviction, deny-message$/,
      path: /^(status|headers\.\w+|body\b.*|received\b.*)$/,
    },
  },
  {
    id: 'namespace-changed-by-webhook',
    what: 'An update of which a webhook changes the namespace is refused as a change of what cannot change.',
    why: 'It says which field is wrong.',
    where: {
      sequence: /^webhooks: Mutating patch-namespace /,
      path: /^(status|body\.(message|reason|code|details)\b.*)$/,
    },
  },
  {
    id: 'service-of-webhook',
    what: 'What is missing of the Service of a webhook is called by its name.',
    why: 'kube-apiserver confuses the name and the namespace.',
    where: {
      path: /^body\.(message|details\.causes\[\d+\]\.field)$/,
      ours: /clientConfig\.service\.name\b/,
      kubernetes: /clientConfig\.service\.namespace\b/,
    },
  },
  {
    id: 'definition-at-once',
    what: 'A definition of custom resources is in force at once, also in the answer to its creation.',
    why: 'Nothing has to be waited for.',
    where: {
      step: /: POST \/apis\/apiextensions\.k8s\.io\/v1\/customresourcedefinitions/,
      path: /^body\.(status|metadata\.finalizers)\b/,
    },
  },
  {
    id: 'bundle-without-certificates',
    what: 'A bundle of a conversion webhook without certificates is refused.',
    why: 'Nothing could be converted.',
    where: {
      sequence: /^conversion: what definitions may say of it$/,
      path: /^(status|body)$/,
      ours: /^422$|unable to load root certificates/,
    },
  },
  {
    id: 'list-not-converted',
    what: 'A list that cannot be converted is answered with what is wrong.',
    why: 'kube-apiserver says for a while that its storage is starting.',
    where: {
      sequence: /^conversion: /,
      step: /: (GET|DELETE) \S+\/rods$/,
      path: /^(status|headers\.retry-after|body\.(message|reason|code|details))$/,
      kubernetes: /^429$|initializ|TooManyRequests|^"1"$|retryAfterSeconds/,
    },
    byChance: true,
  },
  {
    id: 'which-binding',
    what: 'When several bindings allow something, another one may be named.',
    why: 'They are looked through in no particular order.',
    where: {
      path: /^body\.status\.reason$/,
      kubernetes: /^"RBAC: allowed by /,
      ours: /^"RBAC: allowed by /,
    },
    byChance: true,
  },
  {
    id: 'nodes-impersonated',
    what: 'Who is impersonated as a node has the group of nodes.',
    why: 'kube-apiserver begins with the way that worked last for the same user, and not all ways add the group.',
    where: {
      sequence: /^impersonation: the administrator as a node$/,
      path: /^body\.status\.userInfo\.groups\b/,
    },
    byChance: true,
  },
  {
    id: 'name-in-collection',
    what: 'Webhooks are told the name of each object that is deleted with its collection.',
    why: 'It says more than no name.',
    where: {
      sequence: /^webhooks: \w+ sees the deletion of a collection, /,
      path: /^received\[\d+\]\.body\.request\.name$/,
      kubernetes: 'absent',
    },
  },
  {
    id: 'requests-for-tokens-are-filled',
    what: 'Webhooks see requests for tokens with what the server has filled in.',
    why: 'It is what the token will say.',
    where: {
      sequence: /^webhooks: \w+ sees a request for a token, /,
      path: /^received\[\d+\]\.body\.request\.object\.(metadata\.(name|uid|creationTimestamp)|spec\.audiences)$/,
    },
  },
  {
    id: 'labels-with-a-status',
    what: 'Labels that a webhook adds when the status of a custom resource is written are kept.',
    why: 'The webhook was asked about the whole object.',
    where: {
      sequence: /^webhooks: Mutating \w+ of another version, patch-label$/,
      path: /^body\.metadata\.(labels|resourceVersion)$/,
    },
  },
  {
    id: 'slash-at-the-end',
    what: 'A slash at the end of a path changes nothing.',
    why: 'What is authorised is what is answered.',
    where: { step: /: GET \/own\/$/, path: /^(status|headers\b.*|body\b.*)$/ },
    byChance: true,
  },
  {
    id: 'updates-are-filled',
    what: 'Mutating webhooks see an update with the uid, the time and the revision of what it changes.',
    why: 'It is what will be stored.',
    where: {
      sequence: /^webhooks: Mutating sees an update, /,
      path: /^received\[\d+\]\.body\.request\.object\.metadata\.(uid|creationTimestamp|resourceVersion)$/,
      kubernetes: 'absent',
    },
  },
];
