import { sendJson, type Behaviour } from './behaviour.ts';

/** An aggregated server with one resource, `things`; the name of a thing says how it is answered. */
export const serveAggregated: Behaviour = ({ method, path, body }, response) => {
  const [pathname = ''] = path.split('?');
  const [, , group = '', version, ...rest] = pathname.split('/');
  const groupVersion = `${group}/v1`;
  const status = (code: number, reason: string, message: string) =>
    sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code }, code);
  const name = rest.at(-1) ?? '';
  if (version !== 'v1') status(404, 'NotFound', 'no such version');
  else if (rest.length === 0)
    sendJson(response, {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion,
      resources: [
        { name: 'things', singularName: 'thing', namespaced: true, kind: 'Thing', verbs: ['get', 'list'] },
      ],
    });
  else if (name === 'teapot') response.writeHead(418, { 'x-told': 'short' }).end('stout');
  else if (name === 'elsewhere') response.writeHead(302, { location: '/api' }).end();
  else if (name === 'refused') status(403, 'Forbidden', 'not you');
  else if (name === 'cut-off') response.destroy();
  else if (name === 'unauthorized') response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
  else
    sendJson(
      response,
      { kind: 'Thing', apiVersion: groupVersion, metadata: { name }, method, body },
      method === 'POST' ? 201 : 200,
    );
};
