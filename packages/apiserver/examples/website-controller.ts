// A controller as anybody could have written it: it knows a cluster by its kubeconfig and nothing of what serves it.
import {
  CoreV1Api,
  CustomObjectsApi,
  makeInformer,
  V1ConfigMap,
  type KubeConfig,
  type KubernetesListObject,
} from '@kubernetes/client-node';

/** A page to be published. */
export interface Website {
  apiVersion: 'example.com/v1';
  kind: 'Website';
  metadata: { name: string; namespace?: string; uid?: string; generation?: number };
  spec: { title: string; visits?: number };
  status?: { published?: boolean; observedGeneration?: number };
}

const resource = { group: 'example.com', version: 'v1', plural: 'websites' };

/** Keeps a ConfigMap with a page for each Website. @returns the function that ends it */
export async function runWebsiteController(config: KubeConfig): Promise<() => Promise<void>> {
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);

  async function publish({ apiVersion, kind, metadata, spec, status }: Website): Promise<void> {
    const { name, namespace = 'default', uid = '', generation = 0 } = metadata;
    if (status?.observedGeneration === generation) return;
    const page = Object.assign(new V1ConfigMap(), {
      metadata: {
        name: `${name}-page`,
        ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
      },
      data: { 'index.html': `<title>${spec.title}</title>` },
    });
    const existing = await core.listNamespacedConfigMap({
      namespace,
      fieldSelector: `metadata.name=${name}-page`,
    });
    if (existing.items.length === 0) await core.createNamespacedConfigMap({ namespace, body: page });
    else await core.replaceNamespacedConfigMap({ namespace, name: `${name}-page`, body: page });
    await custom.patchNamespacedCustomObjectStatus({
      ...resource,
      namespace,
      name,
      body: [{ op: 'add', path: '/status', value: { published: true, observedGeneration: generation } }],
    });
  }

  const informer = makeInformer<Website>(
    config,
    '/apis/example.com/v1/websites',
    async () => (await custom.listClusterCustomObject(resource)) as KubernetesListObject<Website>,
  );
  const published = (website: Website): void => {
    publish(website).catch((error: unknown) => console.error(`website ${website.metadata.name}:`, error));
  };
  informer.on('add', published);
  informer.on('update', published);
  await informer.start();
  return () => informer.stop();
}
