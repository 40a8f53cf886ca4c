import type { ListedDifference } from './listed.ts';

const texts = /^body\.(message|details\.causes\[\d+\]\.message)$/;

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
    where: { path: /(^body|\.object|\])\.colour$/, kubernetes: 'absent', ours: /^"red"$/ },
  },
  {
    id: 'text-not-json',
    what: 'A body that is not JSON, or not an object, is refused in other words.',
    why: "Kubernetes passes on what Go's parser says.",
    where: { path: texts, ours: /the body of the request (is not valid JSON|must be a JSON object)/ },
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
    what: 'What is wrong with the metadata of an update is told once.',
    why: 'Kubernetes checks it at several places, and lists each finding again in the causes.',
    where: {
      sequence: /^(update|patch|delete):/,
      path: /^body\.details\.causes\[\d+\]$/,
      kubernetes: /"field":"metadata\./,
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
