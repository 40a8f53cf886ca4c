// A validating webhook and what it refuses: the control plane installs its configuration, and says where and how to serve.
import { once } from 'node:events';
import { createServer } from 'node:https';
import { json } from 'node:stream/consumers';
import { startControlPlane } from '@virtkit/apiserver';

const configuration = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'short-names' },
  webhooks: [
    {
      name: 'short-names.example.com',
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      // As on a cluster: the control plane puts the address of the server below in its place.
      clientConfig: { service: { namespace: 'default', name: 'short-names', path: '/validate' } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
    },
  ],
};

await using env = await startControlPlane({ webhooks: { configurations: [configuration] } });
const { cert, key, host, port } = env.webhooks!;

const server = createServer({ cert, key }, (request, response) => {
  void json(request).then((review) => {
    const { uid, name } = (review as { request: { uid: string; name: string } }).request;
    const allowed = name.length <= 8;
    const status = { message: `${name} has more than 8 characters` };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid, allowed, ...(!allowed && { status }) },
      }),
    );
  });
});
await once(server.listen(port, host), 'listening');

const configMaps = env.client({ apiVersion: 'v1', kind: 'ConfigMap' });
for (const name of ['short', 'rather-long'])
  await configMaps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }).then(
    () => console.log(`${name}: created`),
    (error: unknown) => console.log(`${name}: ${String(error)}`),
  );
server.closeAllConnections();
server.close();
