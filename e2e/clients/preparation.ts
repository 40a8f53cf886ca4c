import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { ApiextensionsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { waitUntil } from '@virtkit/testing';
import type { Server } from './servers.ts';
import { widgetDefinition } from './widgets.ts';

/** How @kubernetes/client-node reaches what a kubeconfig names. */
export function configOf(file: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return config;
}

const name = 'widgets.clients.example.com';

/** What tells of it elsewhere than in its own definition; kube-apiserver makes each of these anew some time after the other. */
const documents: readonly (readonly [path: string, tellsOf: string])[] = [
  ['/apis/clients.example.com/v1', '"widgets/scale"'],
  ['/openapi/v3', '"apis/clients.example.com/v1"'],
  ['/openapi/v3/apis/clients.example.com/v1', '"com.example.clients.v1.Widget"'],
  // Last, because it is large.
  ['/openapi/v2', '"com.example.clients.v1.Widget"'],
];

/** Makes the custom resource, and waits until it is served and described. */
export async function prepareWidgets(server: Server): Promise<void> {
  const config = configOf(server.kubeconfig);
  // Sent as it is: the client's own classes would leave out members of schemas whose names have dashes.
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}?fieldManager=preparation`;
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  const { status, body } = await send(
    config,
    server.url + path,
    { method: 'PATCH', headers },
    widgetDefinition,
  );
  if (status >= 300) throw new Error(`PATCH ${server.url}${path}: ${body}`);
  const definitions = config.makeApiClient(ApiextensionsV1Api);
  await waitUntil(`${server.name} serves ${name}`, async () => {
    const { status } = await definitions.readCustomResourceDefinition({ name });
    return status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
  });
  for (const [path, tellsOf] of documents)
    await waitUntil(
      `${server.name} tells of ${tellsOf} in ${path}`,
      async () => {
        const { status, body } = await send(config, server.url + path, {
          headers: { accept: 'application/json' },
        });
        return status === 200 && body.includes(tellsOf);
      },
      { timeoutMs: 120_000, intervalMs: 100 },
    );
}

/** Sends a request with the credentials of a client. */
async function send(
  config: KubeConfig,
  url: string,
  options: RequestOptions,
  body?: string,
): Promise<{ status: number; body: string }> {
  const given: RequestOptions = { ...options, agent: false };
  await config.applyToHTTPSOptions(given);
  const call = request(url, given);
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
}

/** Makes a namespace. @returns its name */
export async function makeNamespace(server: Server, name: string): Promise<string> {
  await configOf(server.kubeconfig)
    .makeApiClient(CoreV1Api)
    .createNamespace({ body: { metadata: { name } } });
  return name;
}
