import {
  ApiextensionsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubernetesObjectApi,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  VersionApi,
  type KubeConfig,
  type KubernetesObject,
} from '@kubernetes/client-node';
import type { Recorder } from './recorder.ts';

const group = 'clients.example.com';
const version = 'v1';
const plural = 'widgets';
const patched = (strategy: string) => setHeaderOptions('Content-Type', strategy);

interface Widget extends KubernetesObject {
  spec: Record<string, unknown>;
}

const widget = (namespace: string, name: string, spec: Record<string, unknown>): Widget => ({
  apiVersion: `${group}/${version}`,
  kind: 'Widget',
  metadata: { name, namespace },
  spec,
});

/** Objects of built-in kinds, with a class for each kind and a method for each verb. */
export async function typedCalls(config: KubeConfig, namespace: string, recorder: Recorder): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  await recorder.call(
    'create',
    core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: 'one', labels: { a: 'b' } }, data: { a: '1' } },
    }),
  );
  await recorder.refused(
    'create again',
    core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'one' } } }),
  );
  await recorder.refused(
    'create a bad name',
    core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'Bad_Name' } } }),
  );
  await recorder.refused('create without a name', core.createNamespacedConfigMap({ namespace, body: {} }));
  const made = await recorder.call('read', core.readNamespacedConfigMap({ namespace, name: 'one' }));
  await recorder.refused('read nobody', core.readNamespacedConfigMap({ namespace, name: 'nobody' }));
  await recorder.call(
    'replace',
    core.replaceNamespacedConfigMap({ namespace, name: 'one', body: { ...made, data: { a: '2' } } }),
  );
  await recorder.refused(
    'replace with an old revision',
    core.replaceNamespacedConfigMap({ namespace, name: 'one', body: { ...made, data: { a: '3' } } }),
  );
  const target = { namespace, name: 'one' };
  await recorder.call(
    'merge patch',
    core.patchNamespacedConfigMap(
      { ...target, body: { data: { b: '2', a: null } } },
      patched(PatchStrategy.MergePatch),
    ),
  );
  await recorder.call(
    'strategic merge patch',
    core.patchNamespacedConfigMap(
      { ...target, body: { metadata: { labels: { c: 'd' } } } },
      patched(PatchStrategy.StrategicMergePatch),
    ),
  );
  await recorder.call(
    'JSON patch',
    core.patchNamespacedConfigMap(
      { ...target, body: [{ op: 'add', path: '/data/c', value: '3' }] },
      patched(PatchStrategy.JsonPatch),
    ),
  );
  await recorder.refused(
    'JSON patch that tests in vain',
    core.patchNamespacedConfigMap(
      { ...target, body: [{ op: 'test', path: '/data/c', value: '4' }] },
      patched(PatchStrategy.JsonPatch),
    ),
  );
  await recorder.call(
    'dry run',
    core.patchNamespacedConfigMap(
      { ...target, dryRun: 'All', body: { data: { d: '4' } } },
      patched(PatchStrategy.MergePatch),
    ),
  );
  for (const name of ['p-1', 'p-2', 'p-3', 'p-4', 'p-5'])
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name, labels: { page: 'yes' } } },
    });
  let token: string | undefined;
  for (let page = 1; page === 1 || token !== undefined; page += 1) {
    const { items, metadata } = await core.listNamespacedConfigMap({
      namespace,
      labelSelector: 'page=yes',
      limit: 2,
      ...(token !== undefined && { _continue: token }),
    });
    token = metadata?._continue === '' ? undefined : metadata?._continue;
    recorder.note(`page ${page}`, { names: items.map((item) => item.metadata?.name), metadata });
  }
  await recorder.refused(
    'page of a wrong token',
    core.listNamespacedConfigMap({ namespace, limit: 2, _continue: 'wrong' }),
  );
  await recorder.call('delete', core.deleteNamespacedConfigMap({ namespace, name: 'p-1' }));
  await recorder.refused('delete again', core.deleteNamespacedConfigMap({ namespace, name: 'p-1' }));
  await recorder.refused(
    'delete another uid',
    core.deleteNamespacedConfigMap({
      namespace,
      name: 'p-2',
      body: { preconditions: { uid: '11111111-2222-3333-4444-555555555555' } },
    }),
  );
  await recorder.call(
    'delete a collection',
    core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'page=yes' }),
  );
  await recorder.call(
    'secret',
    core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: 'hidden' }, stringData: { a: 'secret' } },
    }),
  );
  await recorder.call(
    'service',
    core.createNamespacedService({
      namespace,
      body: { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } },
    }),
  );
  await recorder.call('namespace', core.readNamespace({ name: namespace }));
}

/** Accounts, roles, reviews and the server itself. */
export async function accessCalls(config: KubeConfig, namespace: string, recorder: Recorder): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const roles = config.makeApiClient(RbacAuthorizationV1Api);
  const reviews = config.makeApiClient(AuthorizationV1Api);
  await recorder.call(
    'account',
    core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'robot' } } }),
  );
  await recorder.call(
    'token',
    core.createNamespacedServiceAccountToken({
      namespace,
      name: 'robot',
      body: { spec: { audiences: [], expirationSeconds: 3600 } },
    }),
  );
  await recorder.call(
    'role',
    roles.createNamespacedRole({
      namespace,
      body: {
        metadata: { name: 'reader' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      },
    }),
  );
  await recorder.call(
    'binding',
    roles.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: 'reading' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace }],
      },
    }),
  );
  for (const verb of ['get', 'delete']) {
    const spec = {
      user: `system:serviceaccount:${namespace}:robot`,
      resourceAttributes: { namespace, verb, resource: 'pods' },
    };
    const review = await reviews.createSubjectAccessReview({ body: { spec } });
    recorder.note(`may ${verb}`, { ...review, status: { allowed: review.status?.allowed } });
  }
  await recorder.call(
    'may the administrator',
    reviews
      .createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { verb: '*', resource: '*' } } } })
      .then(({ status }) => status?.allowed),
  );
  await recorder.call(
    'version',
    config
      .makeApiClient(VersionApi)
      .getCode()
      .then(({ major, minor }) => ({ major, minor })),
  );
}

/** Objects of a custom resource, without classes. */
export async function customObjectCalls(
  config: KubeConfig,
  namespace: string,
  recorder: Recorder,
): Promise<void> {
  const api = config.makeApiClient(CustomObjectsApi);
  const at = { group, version, namespace, plural };
  const one = { ...at, name: 'one' };
  await recorder.call(
    'create',
    api.createNamespacedCustomObject({ ...at, body: widget(namespace, 'one', { size: 1 }) }),
  );
  await recorder.refused(
    'create what a schema refuses',
    api.createNamespacedCustomObject({ ...at, body: widget(namespace, 'two', { size: 0 }) }),
  );
  await recorder.refused(
    'create with a value that is not among those that there are',
    api.createNamespacedCustomObject({ ...at, body: widget(namespace, 'two', { size: 1, colour: 'pink' }) }),
  );
  await recorder.refused(
    'create what a rule refuses',
    api.createNamespacedCustomObject({ ...at, body: widget(namespace, 'two', { size: 200 }) }),
  );
  await recorder.refused(
    'create with a field that is not there',
    api.createNamespacedCustomObject({
      ...at,
      fieldValidation: 'Strict',
      body: widget(namespace, 'two', { size: 2, weight: 1 }),
    }),
  );
  await recorder.call('list', api.listNamespacedCustomObject(at));
  await recorder.call(
    'merge patch',
    api.patchNamespacedCustomObject(
      { ...one, body: { spec: { size: 2 } } },
      patched(PatchStrategy.MergePatch),
    ),
  );
  await recorder.refused(
    'strategic merge patch',
    api.patchNamespacedCustomObject(
      { ...one, body: { spec: { size: 2 } } },
      patched(PatchStrategy.StrategicMergePatch),
    ),
  );
  await recorder.call(
    'status',
    api.patchNamespacedCustomObjectStatus(
      { ...one, body: { status: { phase: 'Up' } } },
      patched(PatchStrategy.MergePatch),
    ),
  );
  await recorder.call('scale', api.getNamespacedCustomObjectScale(one));
  await recorder.call(
    'scale to 3',
    api.patchNamespacedCustomObjectScale(
      { ...one, body: { spec: { replicas: 3 } } },
      patched(PatchStrategy.MergePatch),
    ),
  );
  await recorder.call('delete', api.deleteNamespacedCustomObject(one));
  await recorder.refused('read what is gone', api.getNamespacedCustomObject(one));
  const definitions = config.makeApiClient(ApiextensionsV1Api);
  await recorder.call('definition', definitions.readCustomResourceDefinition({ name: `${plural}.${group}` }));
}

/** Objects of any kind, found by discovery; server-side apply. */
export async function objectCalls(config: KubeConfig, namespace: string, recorder: Recorder): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(config);
  const apply = (object: KubernetesObject, manager: string, force?: boolean) =>
    api.patch(object, undefined, undefined, manager, force, PatchStrategy.ServerSideApply);
  await recorder.call(
    'apply',
    apply(
      widget(namespace, 'applied', { size: 1, tags: ['x'], parts: [{ name: 'bolt', count: 1 }] }),
      'first',
    ),
  );
  await recorder.call(
    'apply again',
    apply(
      widget(namespace, 'applied', { size: 1, tags: ['x'], parts: [{ name: 'bolt', count: 1 }] }),
      'first',
    ),
  );
  await recorder.refused(
    'apply what another owns',
    apply(widget(namespace, 'applied', { size: 2, parts: [{ name: 'bolt', count: 2 }] }), 'second'),
  );
  await recorder.call(
    'apply by force',
    apply(widget(namespace, 'applied', { size: 2, tags: ['y'] }), 'second', true),
  );
  await recorder.call('apply less', apply(widget(namespace, 'applied', { size: 2 }), 'second'));
  await recorder.call('give up', apply(widget(namespace, 'applied', { size: 2 }), 'first', true));
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'any', namespace } };
  await recorder.call('create', api.create({ ...configMap, data: { a: '1' } } as KubernetesObject));
  await recorder.call('read', api.read(configMap));
  await recorder.call('list', api.list('clients.example.com/v1', 'Widget', namespace));
  await recorder.call('delete', api.delete(configMap));
  await recorder.refused('read what is gone', api.read(configMap));
}
