import type { ListedDifference } from '../differential/listed.ts';

/** In what our program of client-go sees at both servers: differences that are meant to be. */
export const listedForClientGo: readonly ListedDifference[] = [
  {
    id: 'fewer-resources',
    what: 'Discovery does not tell of Bindings, ComponentStatuses, PodTemplates, ReplicationControllers, proxies, `pods/resize` and `pods/ephemeralcontainers`.',
    why: 'They are not served.',
    where: {
      step: /resource v1 (bindings|componentstatuses|podtemplates|replicationcontrollers\S*|\w+\/proxy|pods\/(resize|ephemeralcontainers))$/,
      path: /^body$/,
      ours: 'absent',
    },
  },
  {
    id: 'unknown-group',
    what: 'A path of an API group that is not there is answered with a Status.',
    why: 'Kubernetes answers with plain text, and clients make a Status of it.',
    where: {
      step: /group that is not there$/,
      path: /^body\.details\.causes$/,
      kubernetes: /404 page not found/,
      ours: 'absent',
    },
  },
  {
    id: 'no-lists-in-openapi',
    what: 'OpenAPI version 2 does not describe lists of custom resources.',
    why: 'No client asks for it.',
    where: { step: /OpenAPI v2 of \S+List$/, path: /^body$/, ours: 'absent' },
  },
  {
    id: 'type-of-list-items',
    what: 'Items of lists of built-in kinds, and of lists of metadata, say their kind and apiVersion.',
    why: 'Objects are sent as they are stored; clients take the type from the list either way.',
    where: { path: /^body\.items\[\d+\]\.(kind|apiVersion)$/, kubernetes: 'absent' },
  },
  {
    id: 'text-continue',
    what: 'A continue token that was never given out is refused in other words.',
    why: 'What is in a token is not for clients, and neither is what can be wrong with it.',
    where: { path: /^body\.message$/, ours: /the continue token is not one/ },
  },
];
