import type { ListedDifference } from './listed.ts';

const texts = /^body\.(message|details\.causes\[\d+\]\.message)$/;
const ofSlices = /: (POST|PUT|PATCH|GET) \S+\/endpointslices\b/;
const ownersOfSlice =
  /^body(\.rows\[0\]\.object)?\.metadata\.managedFields\[\d+\]\.fieldsV1\.f:(ports|endpoints)$/;
/** Requests for the custom resources of sequences, which are the only ones of these groups. */
const ofCustom = /: GET \/apis\/(\{\{ns\}\}|generated)\.example\.com\//;

/** Everything in which the embedded API server is meant to differ. docs/embedded-api-server.md is made from it. */
export const listedDifferences: readonly ListedDifference[] = [
  {
    id: 'type-of-list-items',
    what: 'Items of lists of built-in kinds say their kind and apiVersion.',
    why: 'Objects are sent as they are stored; clients take the type from the list either way.',
    where: { path: /^body\.items\[\d+\]\.(kind|apiVersion)$/, kubernetes: 'absent' },
  },
  {
    id: 'unknown-fields-of-built-in-kinds',
    what: 'Fields that a built-in kind does not have are kept when they are not refused.',
    why: 'The schemas here do not describe every field that Kubernetes has, and what is not known must not be lost.',
    where: { path: /\.(f:)?colour$/, kubernetes: 'absent', ours: /^("red"|\{\})$/ },
  },
  {
    id: 'text-not-json',
    what: 'A body that is not JSON, or not an object, is refused in other words.',
    why: "Kubernetes passes on what Go's parser says.",
    where: { path: texts, ours: /the body of the request (is not valid JSON|must be a JSON object)/ },
  },
  {
    id: 'text-unreadable',
    what: 'A member that cannot be read, because it is of another type or no quantity, is refused in other words.',
    why: "Kubernetes passes on what Go's parser says, with the names of its own types.",
    where: {
      path: texts,
      kubernetes:
        /cannot be handled as a [A-Za-z]+: (?!strict)|ambiguous|cannot unmarshal|illegal base64|unable to parse/,
      ours: /cannot be handled as a [A-Za-z]+: (?!strict)|metadata must be an object/,
    },
  },
  {
    id: 'text-body-type',
    what: 'A body of an unknown type is refused with a text that names the types that are known here.',
    why: 'There are fewer than in Kubernetes.',
    where: { path: texts, ours: /^"the body of the request must be application\/json/ },
  },
  {
    id: 'empty-members-kept',
    what: 'Members of built-in kinds that are given as "", 0 or false are kept, and owned; Kubernetes leaves many of them out.',
    why: 'Which ones it leaves out depends on its types in Go; for who reads the object both mean the same.',
    where: {
      path: /^body\.(spec|status|template)\.|\.f:(hostNetwork|hostPID|hostname)$/,
      kubernetes: 'absent',
      ours: /^(""|0|false|\{\})$/,
    },
  },
  {
    id: 'empty-ports-kept',
    what: 'Ports of a Service that are given as [] are kept, and owned; Kubernetes leaves them out.',
    why: 'A list is a list; for who reads the Service both mean the same.',
    where: {
      step: /\/services/,
      path: /^(body(\.items\[\d+\])?|events\[\d+\]\.object)\.(spec\.ports|metadata\.managedFields\[\d+\]\.fieldsV1\.f:spec\.f:ports)$/,
      kubernetes: 'absent',
      ours: /^(\[\]|\{\})$/,
    },
  },
  {
    id: 'owners-of-empty-lists',
    what: 'An empty list of an EndpointSlice still belongs to who sent it first when somebody else sends it again, and an apply conflicts with nobody else about it.',
    why: 'It is the same list; Kubernetes stores it as null and takes the second one for a change.',
    where: { step: ofSlices, path: ownersOfSlice, kubernetes: 'absent', ours: /^\{\}$/ },
  },
  {
    id: 'null-in-secret',
    what: 'A Secret with a null among its data is not written again by the first patch that changes nothing.',
    why: 'It is stored as "" at once; Kubernetes reads it back as another value than the one it has written.',
    where: {
      sequence: /^patch: nothing in a Secret with a null$/,
      path: /^body\.metadata\.resourceVersion$/,
    },
  },
  {
    id: 'takers-of-empty-lists',
    what: 'An empty list of an EndpointSlice does not belong to who sends it again.',
    why: 'It is the same list; Kubernetes stores it as null and takes the second one for a change.',
    where: { step: ofSlices, path: ownersOfSlice, kubernetes: /^\{\}$/, ours: 'absent' },
  },
  {
    id: 'empty-members-missing',
    what: 'Members of built-in kinds of which nothing was said are left out where Kubernetes says "", null or {}.',
    why: 'Which ones it says depends on its types in Go; for who reads the object both mean the same.',
    where: {
      path: /^(body(\.items\[\d+\])?|events\[\d+\]\.object)\.(?!metadata|details|columnDefinitions)[^ ]+$/,
      kubernetes: /^(""|null|\{\})$/,
      ours: 'absent',
    },
  },
  {
    id: 'empty-lists',
    what: 'Lists without elements are sent as [] where Kubernetes says null.',
    why: 'A list is a list; which ones become null depends on the types in Go and on how they are stored.',
    where: { path: /^(body|events)/, kubernetes: /^null$/, ours: /^\[\]$/ },
  },
  {
    id: 'bookmark-parts',
    what: 'The object of a bookmark has nothing but its type and its metadata.',
    why: 'Kubernetes sends an empty object of its type in Go, with whatever is never left out of it.',
    where: { path: /^events\[\d+\]\.object\.(spec|status|roleRef)$/, kubernetes: /^\{/, ours: 'absent' },
  },
  {
    id: 'apply-unreadable',
    what: 'An apply of a value that cannot be read, such as one that is no base64, is refused with 400.',
    why: 'Kubernetes answers 500, which blames the server.',
    where: {
      step: /PATCH .*fieldManager=/,
      path: /^(status|body\.(code|reason))$/,
      ours: /^(400|"BadRequest")$/,
    },
  },
  {
    id: 'address-for-nobody',
    what: 'A Service without a name is refused for that, and for what else it lacks.',
    why: 'Kubernetes tries to give it an address first, and tells why it cannot.',
    where: {
      sequence: /^create: null in place of a Service$/,
      path: /^body\.(message|details\.causes\[\d+\](\.\w+)?)$/,
      step: /: POST /,
    },
  },
  {
    id: 'dry-run-revision',
    what: 'An object that a PUT would make has no revision.',
    why: 'Nothing was written; Kubernetes sends back the revision that the client has sent.',
    where: {
      step: /PUT .*dryRun=All/,
      path: /^body\.metadata\.resourceVersion$/,
      kubernetes: /^"<revision-\d+>"$/,
      ours: 'absent',
    },
  },
  {
    id: 'text-delete-options',
    what: 'DeleteOptions that cannot be read are refused in other words.',
    why: "Kubernetes passes on what Go's parser says.",
    where: { path: texts, ours: /must be an integer"|body of a DELETE must be/ },
  },
  {
    id: 'json-patch-paths',
    what: 'A JSON patch with a path that does not start with a slash, or with a value to add that is missing, is refused.',
    why: 'RFC 6902 says so; Kubernetes cuts the start of the path off, or adds null.',
    where: { step: /./, sequence: /^patch: JSON patch .*("data\/v"|"path":"\/data\/v"\}\]$)/, path: /./ },
  },
  {
    id: 'strategic-directives',
    what: 'A strategic merge patch with an unknown directive is refused with 400, and in other words.',
    why: 'Kubernetes answers 500, which blames the server.',
    where: {
      sequence: /^patch: strategic merge patch .*"\$patch":"other"/,
      path: /^(status|body\.(message|code|reason))$/,
    },
  },
  {
    id: 'claim-protection',
    what: 'PersistentVolumeClaims get no finalizer that keeps them while they are used.',
    why: 'Another program of Kubernetes takes it away again; without it they would never go.',
    where: { sequence: /PersistentVolumeClaim/, path: /^body\.metadata\.(finalizers|resourceVersion)$/ },
  },
  {
    id: 'definitions-at-once',
    what: 'A CustomResourceDefinition that is created has its finalizer and its conditions in the answer.',
    why: 'In Kubernetes controllers write them a moment later.',
    where: {
      sequence: /^apply: custom/,
      step: /POST .*\/customresourcedefinitions/,
      path: /^body\.(metadata\.finalizers|status\.(conditions|acceptedNames\.[a-zA-Z]+))$/,
    },
  },
  {
    id: 'methods-of-custom-resources',
    what: 'A POST to the path of one custom resource, and a PUT to that of all of them, are refused with 405.',
    why: 'In Kubernetes one handler serves all of these paths: the former makes an object, and the latter lacks a name.',
    where: {
      sequence: /^apply: custom: a version out of use$/,
      step: /: (POST \S+\/things\/a|PUT \S+\/things)$/,
      path: /^(status|body\.(message|reason|code|details(\.\w+)?))$/,
    },
  },
  {
    id: 'renewed-owners',
    what: 'An apply that changes nothing counts as a write if a second has passed since the last one.',
    why: 'It is so in both; only when a second begins is chance.',
    byChance: true,
    where: {
      sequence: /^(apply|generated):/,
      path: /\.metadata\.resourceVersion$/,
      kubernetes: /^"<revision-\d+>"$/,
      ours: /^"<revision-\d+>"$/,
    },
  },
  {
    id: 'traffic-of-names',
    what: 'Of a Service that is a name for another host watchers are not told an internalTrafficPolicy either.',
    why: 'It has none; Kubernetes leaves the former one out when it answers, but not when it tells watchers.',
    where: {
      path: /^events\[\d+\]\.object\.spec\.internalTrafficPolicy$/,
      kubernetes: /^"Cluster"$/,
      ours: 'absent',
    },
  },
  {
    id: 'writes-of-others',
    what: 'The revision of a list of the past is older than that of an earlier list, or the same.',
    why: 'Revisions count all writes of a server; whether there was one of somebody else in between is chance.',
    byChance: true,
    where: {
      step: /resourceVersionMatch=Exact/,
      path: /^body\.metadata\.resourceVersion$/,
      kubernetes: /^"<(older|present) revision>"$/,
      ours: /^"<(older|present) revision>"$/,
    },
  },
  {
    id: 'old-lists',
    what: 'A list that may be old is the present one.',
    why: 'Kubernetes answers from a memory that can be behind for a moment.',
    byChance: true,
    where: {
      step: /resourceVersion(Match=NotOlderThan|=0)/,
      path: /^body\.(metadata\.resourceVersion|metadata\.remainingItemCount|items\[\d+\])/,
    },
  },
  {
    id: 'loopback-endpoints',
    what: 'Endpoints may have addresses of the host itself.',
    why: 'Webhooks and API groups that are tested, and programs of a single machine, run beside the server.',
    where: {
      sequence: /^create: an EndpointSlice of the host itself$/,
      path: /^(status|body|headers\.location)$/,
    },
  },
  {
    id: 'garbage-collection',
    what: 'An object whose owners are not there is gone after a moment.',
    why: 'Garbage is collected by the server itself; of Kubernetes only kube-apiserver is asked here, which leaves it to another program.',
    byChance: true,
    where: { sequence: /ownerReferences/, path: /^(status|body)$/, ours: /^404$|not found/ },
  },
  {
    id: 'names-of-refused-objects',
    what: 'A refusal of an object with a generated name names another one.',
    why: 'The name is random, and not stored.',
    where: {
      sequence: /^create: generateName$/,
      path: /^body\.(message|details\.(name|causes\[\d+\]\.message))$/,
    },
  },
  {
    id: 'end-of-initial-events',
    what: 'Only a watch that asks for initial events is told where they end.',
    why: 'Kubernetes tells others that allow bookmarks as well, if they name no revision; clients pass over it.',
    where: { sequence: /^watch: \?watch=true&allowWatchBookmarks=true$/, path: /^events\[/ },
  },
  {
    id: 'columns-of-watched-tables',
    what: 'Every event of a watch of tables names the columns, not only the first.',
    why: 'An event is encoded once for all who watch.',
    where: { path: /^events\[\d+\]\.object\.columnDefinitions$/, kubernetes: /^null$/ },
  },
  {
    id: 'text-pod-update',
    what: 'The refusal of a change of a Pod does not show what was changed.',
    why: 'Kubernetes prints both states in the form that they have in its memory.',
    where: { path: texts, ours: /pod updates may not change fields other than/ },
  },
  {
    id: 'text-values',
    what: 'Values that messages repeat are shown as they are in JSON.',
    why: 'Kubernetes prints the form that they have in its memory, with the names of its types.',
    where: { path: texts, kubernetes: /\{(\\"|\\\\")[A-Z][A-Za-z]+(\\"|\\\\"):/ },
  },
  {
    id: 'text-schedule',
    what: 'What is wrong with the schedule of a CronJob is told in other words.',
    why: 'Kubernetes passes on what its library says; ours name the part that is wrong.',
    where: {
      path: texts,
      kubernetes: /spec\.schedule: Invalid value|^"Invalid value: \\"[^"]*\\": /,
      sequence: /^workloads: a CronJob with schedule/,
    },
  },
  {
    id: 'table-row-metadata',
    what: 'The metadata in tables of DaemonSets has the annotation that counts changes of the template.',
    why: 'It is part of the metadata; Kubernetes makes it up for whole objects only.',
    where: {
      path: /^body\.rows\[\d+\]\.object\.metadata\.annotations$/,
      kubernetes: 'absent',
      ours: /deprecated\.daemonset/,
    },
  },
  {
    id: 'text-label-selector',
    what: 'A label selector that cannot be parsed is refused in other words.',
    why: "Kubernetes' words are those of its parser's states; ours name the part that is wrong.",
    where: { path: texts, ours: /cannot parse the label selector/ },
  },
  {
    id: 'text-not-acceptable',
    what: 'An Accept header that cannot be satisfied is refused with a text that names what there is.',
    why: 'There is only JSON here.',
    where: { path: texts, ours: /only application\/json is available/ },
  },
  {
    id: 'metadata-of-a-list',
    what: 'One custom resource, asked for in the form of a list of metadata, is refused with 406.',
    why: 'Kubernetes answers 500, which blames the server.',
    where: { step: ofCustom, path: /^(status|body\.code)$/, kubernetes: /^500$/, ours: /^406$/ },
  },
  {
    id: 'metadata-of-a-list-reason',
    what: 'The refusal of one custom resource in the form of a list of metadata tells a reason.',
    why: 'Kubernetes gives none for its 500.',
    where: { step: ofCustom, path: /^body\.reason$/, kubernetes: 'absent', ours: /^"NotAcceptable"$/ },
  },
  {
    id: 'no-yaml',
    what: 'Answers in YAML are refused with 406.',
    why: 'Clients that people use ask for JSON; kubectl makes YAML itself.',
    where: {
      step: /./,
      sequence: /Accept application\/yaml$/,
      path: /^(status|body|headers\.content-type)$/,
    },
  },
  {
    id: 'text-patch-type',
    what: 'A patch of an unknown type is refused with a text that names those that are known.',
    why: 'Kubernetes says only that the type is not supported.',
    where: { path: texts, ours: /^"the patch type / },
  },
  {
    id: 'text-json-patch',
    what: 'A JSON patch that does not apply is refused with a text that names the operation.',
    why: 'Kubernetes says only that there is an error in the request.',
    where: {
      path: texts,
      ours: /^"(the JSON patch does not apply|operation \d+ of the JSON patch|a JSON patch must be)/,
    },
  },
  {
    id: 'text-patch-no-object',
    what: 'A merge patch that is not an object is refused in other words.',
    why: "Kubernetes passes on what Go's parser says.",
    where: { path: texts, ours: /^"the patch must be a JSON object"$/ },
  },
  {
    id: 'text-patch-result',
    what: 'A patch whose result cannot be read is refused with a text that does not repeat the whole object.',
    why: 'The object may be large, and the client knows it.',
    where: { path: texts, ours: /the result of the patch: / },
  },
  {
    id: 'text-other-kind',
    what: 'An object of another kind than the path takes is refused in other words.',
    why: "Kubernetes' words are about its own conversions.",
    where: { path: texts, ours: /^"the object is / },
  },
  {
    id: 'text-continue',
    what: 'A continue token that was never given out is refused in other words.',
    why: 'What is in a token is not for clients, and neither is what can be wrong with it.',
    where: { path: texts, ours: /the continue token is not one/ },
  },
  {
    id: 'text-uid-precondition',
    what: 'The refusal of a PUT for another uid does not name a key of etcd.',
    why: 'There is none.',
    where: { path: texts, ours: /Precondition failed: UID in precondition/ },
  },
  {
    id: 'causes-once',
    what: 'What is wrong with an object is listed once in the causes.',
    why: 'Kubernetes checks some members at several places, and lists each finding again.',
    where: {
      path: /^body\.details\.causes\[\d+\]$/,
      kubernetes: /^"<some of them again>"$/,
      ours: 'absent',
    },
  },
  {
    id: 'table-descriptions',
    what: 'Columns of tables are described in other words.',
    why: 'They are written for this project.',
    where: { path: /\.?columnDefinitions\[\d+\]\.description$/ },
  },
];
