import type { Sequence } from '../sequence.ts';
import { configMap, configMaps, del, get, post } from '../sequences/requests.ts';
import { reviews } from './people.ts';

const { self } = reviews;
const whoAmI = (by?: string, headers: Record<string, string> = {}) =>
  post(self.path, self.of(), { ...(by !== undefined && { by }), headers });

/** Paths that nobody in particular may see, and others. */
const paths = [
  '/api',
  '/apis',
  '/api/v1',
  '/version',
  '/healthz',
  '/livez',
  '/readyz',
  '/metrics',
  '/openapi/v3',
  '/.well-known/openid-configuration',
  '/own/path',
  '/own/path/with<markup>&',
  configMaps,
  `${configMaps}/a`,
  `${configMaps}?watch=true`,
  '/api/v1/nodes',
  '/api/v1/namespaces/{{ns}}',
  '/api/v1/namespaces/{{ns}}/pods/a/log',
  '/apis/apps/v9/nothing',
  '/apis/example.com/v1/namespaces/{{ns}}/things/one/status',
];

/** Values of the Authorization header that name no user. */
const badCredentials = {
  'an unknown token': 'Bearer unknown',
  'an empty token': 'Bearer ',
  'no token': 'Bearer',
  'a token in lower case': 'bearer unknown',
  'two words': 'Bearer one two',
  'another scheme': 'Basic YTpi',
  'no scheme': 'unknown',
  'a token that looks like one': 'Bearer a.b.c',
  'a token that is not signed':
    'Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2t1YmVybmV0ZXMuZGVmYXVsdC5zdmMuY2x1c3Rlci5sb2NhbCIsInN1YiI6ImEifQ.',
};

/** Who is asking: certificates, tokens, nobody. */
export const authenticationSequences: readonly Sequence[] = [
  {
    name: 'authentication: who am I',
    steps: [
      whoAmI(),
      whoAmI('jane'),
      whoAmI('nobody'),
      whoAmI('impostor'),
      post(self.path, {}, { by: 'jane' }),
      post(self.path, { kind: 'SelfSubjectReview' }, { by: 'jane' }),
      post(self.path, { apiVersion: 'v1', kind: 'ConfigMap' }, { by: 'jane' }),
      post(`${self.path}?dryRun=All`, self.of(), { by: 'jane' }),
      post(`${self.path}?dryRun=None`, self.of(), { by: 'jane' }),
      post(`${self.path}?pretty=true`, self.of(), { by: 'jane' }),
      get(self.path, { by: 'jane' }),
      get(`${self.path}/a`, { by: 'jane' }),
      del(`${self.path}/a`),
      get('/apis/authentication.k8s.io/v1'),
      get('/apis/authentication.k8s.io'),
    ],
  },
  ...['nobody', 'jane'].map((by) => ({
    name: `authentication: what ${by} may see`,
    steps: [
      ...paths.map((path) => get(path, { by })),
      post(configMaps, configMap('a'), { by }),
      post('/own/path', {}, { by }),
      del('/api/v1/namespaces/{{ns}}', undefined, { by }),
      del(configMaps, undefined, { by }),
      { method: 'OPTIONS', path: configMaps, by },
      { method: 'HEAD', path: configMaps, by },
      { method: 'PATCH', path: `${configMaps}/a`, body: {}, type: 'application/merge-patch+json', by },
      { method: 'PUT', path: `${configMaps}/a`, body: configMap('a'), by },
    ],
  })),
  ...Object.entries(badCredentials).map(([what, authorization]) => ({
    name: `authentication: ${what}`,
    steps: [
      whoAmI('nobody', { authorization }),
      // The certificate is looked at first.
      whoAmI('jane', { authorization }),
      whoAmI('impostor', { authorization }),
      ...['/version', '/livez', '/api', configMaps].map((path) =>
        get(path, { by: 'nobody', headers: { authorization } }),
      ),
    ],
  })),
  {
    name: 'authentication: a certificate of nobody known',
    steps: ['/version', '/livez', '/api', configMaps].map((path) => get(path, { by: 'impostor' })),
  },
];
