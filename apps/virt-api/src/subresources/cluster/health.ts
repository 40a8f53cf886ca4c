import { json, type Route } from '../route.ts';

/** Whether the API server answers, and which KubeVirt object is in force (KubeVirt subresources, healthz). */
export const clusterHealth: Route = {
  method: 'GET',
  async answer({ client, kubeVirts, signal }) {
    const resourceVersion = kubeVirts[0]?.metadata.resourceVersion ?? '';
    const health = (apiserver: object, status: number) =>
      json({ apiserver, 'config-resource-version': resourceVersion }, status);
    try {
      const answer = await client.request({ method: 'GET', path: '/version', signal });
      return health({ connectivity: 'ok', version: await answer.json() }, 200);
    } catch (cause) {
      signal.throwIfAborted();
      const error = cause instanceof Error ? cause.message : String(cause);
      return health({ connectivity: 'failed', error }, 500);
    }
  },
};
