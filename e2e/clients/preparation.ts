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

/** Makes the custom resource, and waits until it is served. */
export async function prepareWidgets(server: Server): Promise<void> {
  const config = configOf(server.kubeconfig);
  await applyManifest(
    config,
    `${server.url}/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
    widgetDefinition,
  );
  const definitions = config.makeApiClient(ApiextensionsV1Api);
  await waitUntil(`${server.name} serves ${name}`, async () => {
    const { status } = await definitions.readCustomResourceDefinition({ name });
    return status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
  });
}

/** Sends a manifest as it is; the client's own classes would leave out members of schemas whose names have dashes. */
async function applyManifest(config: KubeConfig, url: string, manifest: string): Promise<void> {
  const options: RequestOptions = {
    method: 'PATCH',
    headers: { 'content-type': 'application/apply-patch+yaml' },
    agent: false,
  };
  await config.applyToHTTPSOptions(options);
  const call = request(`${url}?fieldManager=preparation`, options);
  call.end(manifest);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const answer = await text(response);
  if ((response.statusCode ?? 500) >= 300) throw new Error(`PATCH ${url}: ${answer}`);
}

/** Makes a namespace. @returns its name */
export async function makeNamespace(server: Server, name: string): Promise<string> {
  await configOf(server.kubeconfig)
    .makeApiClient(CoreV1Api)
    .createNamespace({ body: { metadata: { name } } });
  return name;
}
