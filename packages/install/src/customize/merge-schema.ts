// By which member lists of installed kinds are merged in a strategic merge patch (Kubernetes API: patchMergeKey). Lists that do
// not stand here are replaced as a whole.
import type { Schema } from '@virtkit/apiserver/patch';

function object(properties: Record<string, Schema>): Schema {
  return { type: 'object', properties };
}

function mergedBy(key: string, properties: Record<string, Schema> = {}): Schema {
  return {
    type: 'array',
    items: object(properties),
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': key,
  };
}

const mergedValues: Schema = { type: 'array', items: {}, 'x-kubernetes-patch-strategy': 'merge' };

const containers = mergedBy('name', {
  env: mergedBy('name'),
  ports: mergedBy('containerPort'),
  volumeMounts: mergedBy('mountPath'),
  volumeDevices: mergedBy('devicePath'),
});

const metadata = object({ finalizers: mergedValues, ownerReferences: mergedBy('uid') });

const pod = object({
  containers,
  initContainers: containers,
  volumes: mergedBy('name'),
  imagePullSecrets: mergedBy('name'),
  hostAliases: mergedBy('ip'),
  topologySpreadConstraints: mergedBy('topologyKey'),
  resourceClaims: mergedBy('name'),
});

const workload = object({ metadata, spec: object({ template: object({ metadata, spec: pod }) }) });
const webhooks = object({ metadata, webhooks: mergedBy('name', { matchConditions: mergedBy('name') }) });

/** The kinds that may be customised, with the lists that are merged in them. */
export const mergeSchemas: Readonly<Record<string, Schema>> = {
  Deployment: workload,
  DaemonSet: workload,
  Service: object({ metadata, spec: object({ ports: mergedBy('port') }) }),
  ValidatingWebhookConfiguration: webhooks,
  MutatingWebhookConfiguration: webhooks,
  APIService: object({ metadata }),
};
