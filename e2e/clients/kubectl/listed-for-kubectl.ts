import type { ListedDifference } from '../../differential/listed.ts';

/** In what kubectl prints at both servers: differences that are meant to be. */
export const listedForKubectl: readonly ListedDifference[] = [
  {
    id: 'fewer-resources',
    what: '`api-resources` and `api-versions` list fewer resources.',
    why: 'Kinds that only mean something to programs which do not run here are left out.',
    where: { sequence: /^discovery$/, step: /api-(resources|versions)/, path: /^stdout$/, ours: 'absent' },
  },
  {
    id: 'version',
    what: '`version` tells another version, compiler and platform.',
    why: 'It is another program.',
    where: { sequence: /^discovery$/, step: /version( -o yaml)?$/, path: /^stdout$/ },
  },
  {
    id: 'no-storage-version-hash',
    what: 'Discovery tells no `storageVersionHash`.',
    why: 'It only serves the migration of objects in etcd.',
    where: { step: /get --raw \/apis\//, path: /^stdout$/, kubernetes: /storageVersionHash/, ours: 'absent' },
  },
  {
    id: 'types-without-names',
    what: '`explain` calls types of some members `Object`, where Kubernetes has a name for them.',
    why: 'OpenAPI documents here name only types that are used at several places.',
    where: {
      sequence: /^explain$/,
      path: /^stdout$/,
      kubernetes: /<(\[\])?[A-Z]\w+>/,
      ours: /<(\[\])?(Object|Condition)>/,
    },
  },
  {
    id: 'pod-spec-required',
    what: '`explain pod` says that `spec` is required.',
    why: 'No Pod is accepted without it; Kubernetes says so of its containers.',
    where: { step: /explain pod$/, path: /^stdout$/, ours: /spec.*-required-/ },
  },
  {
    id: 'no-tokens-in-pods',
    what: 'Pods get no volume with a token of their service account.',
    why: 'Whoever runs Pods here decides whether they may reach the API server at all.',
    where: { step: /run dry/, path: /^stdout$/, ours: 'absent' },
  },
  {
    id: 'pod-update-diff',
    what: 'The refusal of a change of a Pod does not show the change.',
    why: "Kubernetes prints Go's structures; the client knows what it has changed.",
    where: {
      step: /pod-immutable|pod-other|patch pod|set (env|resources) pod/,
      path: /^stderr$/,
      ours: 'absent',
    },
  },
  {
    id: 'members-without-value',
    what: 'Members that have no value are not sent as null.',
    why: "They are in Kubernetes' answers because Go's structures have them.",
    where: { step: /get pod web -o yaml/, path: /^stdout$/, kubernetes: /last\w+Time: null|^" +status: / },
  },
  {
    id: 'text-wrong-type',
    what: 'A value of a wrong type is refused in other words.',
    why: "Kubernetes passes on what Go's decoder says.",
    where: { path: /^stderr$/, ours: /data\.a must be of type string, not 1/ },
  },
  {
    id: 'text-label-selector',
    what: 'A label selector that cannot be parsed is refused in other words.',
    why: "Kubernetes' words are those of its parser's states; ours name the part that is wrong.",
    where: { path: /^stderr$/, ours: /cannot parse the label selector/ },
  },
  {
    id: 'text-json-patch',
    what: 'A JSON patch that does not apply is refused with a text that names the operation.',
    why: 'Kubernetes says only that there is an error in the request.',
    where: { path: /^stderr$/, ours: /the JSON patch does not apply|a JSON patch must be an array/ },
  },
  {
    id: 'text-patch-no-object',
    what: 'A merge patch that is not an object is refused in other words.',
    why: "Kubernetes passes on what Go's parser says.",
    where: { path: /^stderr$/, ours: /the patch must be a JSON object/ },
  },
  {
    id: 'text-uid-precondition',
    what: 'The refusal of a replacement for another uid does not name a key of etcd.',
    why: 'There is none.',
    where: { path: /^stderr$/, kubernetes: /StorageError/, ours: /Precondition failed: UID in precondition/ },
  },
];
