import type { ListedDifference } from '../../differential/listed.ts';

/** In what @kubernetes/client-node sees at both servers: differences that are meant to be. */
export const listedForClientNode: readonly ListedDifference[] = [
  {
    id: 'owners-of-what-is-not-kept',
    what: 'Reviews and requests for tokens are answered without `managedFields`.',
    why: 'They are not kept, so nobody owns anything of them.',
    where: {
      sequence: /access/,
      path: /^body\.metadata\.managedFields$/,
      ours: 'absent',
    },
  },
  {
    id: 'owners-of-definitions',
    what: 'The status of a CustomResourceDefinition belongs to nobody.',
    why: 'What the server itself decides has no owner.',
    where: {
      step: /definition/,
      path: /^body\.metadata\.managedFields\[1\]$/,
      kubernetes: /f:acceptedNames/,
      ours: 'absent',
    },
  },
  {
    id: 'type-of-list-items',
    what: 'Items of lists of built-in kinds say their kind and apiVersion, and so do objects that informers tell of.',
    why: 'Objects are sent as they are stored; clients take the type from the list either way.',
    where: { sequence: /informers/, path: /^body\[\d+\]\[1\]\.(kind|apiVersion)$/, kubernetes: 'absent' },
  },
  {
    id: 'watch-from-forgotten-revision',
    what: 'A watch from a revision that is forgotten is refused with 410, without a stream.',
    why: 'Kubernetes begins a stream and ends it with an event of type ERROR; clients list again either way.',
    where: { step: /from the revision that was first/, path: /^body\.(events\[0\]|error)$/ },
  },
  {
    id: 'empty-details',
    what: 'The refusal of a type of patch has empty details.',
    why: 'Clients read no details as empty ones.',
    where: {
      step: /strategic merge patch/,
      path: /^body\.body\.details$/,
      kubernetes: 'absent',
      ours: /^\{\}$/,
    },
  },
  {
    id: 'text-json-patch',
    what: 'A JSON patch that does not apply is refused with a text that names the operation.',
    why: 'Kubernetes says only that there is an error in the request.',
    where: { path: /^body\.body\.message$/, ours: /the JSON patch does not apply/ },
  },
  {
    id: 'text-continue',
    what: 'A continue token that was never given out is refused in other words.',
    why: 'What is in a token is not for clients, and neither is what can be wrong with it.',
    where: { path: /^body\.body\.message$/, ours: /the continue token is not one/ },
  },
];
