import type { FeatureGate } from '../configuration/index.ts';
import type { AdmissionOperation } from './request.ts';

/** A webhook as KubeVirt registers it at the API server. */
export interface Webhook {
  readonly name: string;
  readonly phase: 'mutating' | 'validating';
  /** Path at which it is served. */
  readonly path: string;
  readonly operations: readonly AdmissionOperation[] | readonly ['*'];
  readonly group: string;
  readonly versions: readonly string[];
  /** Plural names, with a subresource after a slash. */
  readonly resources: readonly string[];
  /** Name of the WebhookConfiguration that it stands in. */
  readonly configuration:
    'virt-api-mutator' | 'virt-launcher-pod-mutator' | 'virt-api-validator' | 'virt-operator-validator';
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly timeoutSeconds: 10;
  readonly sideEffects: 'None' | 'NoneOnDryRun';
  readonly admissionReviewVersions: readonly ['v1'];
  /** CEL conditions of the requests that it is asked about. */
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
  /** Labels of the objects that it is asked about. */
  readonly objectSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly reinvocationPolicy?: 'IfNeeded';
  /** It is registered only while this feature gate is on. */
  readonly gate?: FeatureGate;
}

const kubevirt = { group: 'kubevirt.io', versions: ['v1alpha3', 'v1'] } as const;
const createAndUpdate = ['CREATE', 'UPDATE'] as const;
const common = { failurePolicy: 'Fail', timeoutSeconds: 10, admissionReviewVersions: ['v1'] } as const;

type Registered = Pick<Webhook, 'name' | 'path' | 'operations' | 'group' | 'versions' | 'resources'> &
  Partial<
    Pick<
      Webhook,
      'sideEffects' | 'matchConditions' | 'failurePolicy' | 'objectSelector' | 'reinvocationPolicy' | 'gate'
    >
  >;

const registered = (
  phase: Webhook['phase'],
  configuration: Webhook['configuration'],
  webhooks: readonly Registered[],
): Webhook[] =>
  webhooks.map((webhook) => ({ phase, configuration, sideEffects: 'None', ...common, ...webhook }));

/** Evictions of the Pods whose names begin so. */
function evictionWebhook(name: string, prefix: string): Registered {
  return {
    name,
    path: '/pod-eviction-validate',
    operations: ['*'],
    group: '',
    versions: ['v1'],
    resources: ['pods/eviction'],
    sideEffects: 'NoneOnDryRun',
    matchConditions: [{ name: 'name-of-pod', expression: `request.name.startsWith("${prefix}")` }],
  };
}

const mutating = registered('mutating', 'virt-api-mutator', [
  {
    name: 'virtualmachines-mutator.kubevirt.io',
    path: '/virtualmachines-mutate',
    operations: createAndUpdate,
    ...kubevirt,
    resources: ['virtualmachines'],
  },
  {
    name: 'virtualmachineinstances-mutator.kubevirt.io',
    path: '/virtualmachineinstances-mutate',
    operations: createAndUpdate,
    ...kubevirt,
    resources: ['virtualmachineinstances'],
  },
  {
    name: 'migrations-mutator.kubevirt.io',
    path: '/migration-mutate-create',
    operations: ['CREATE'],
    ...kubevirt,
    resources: ['virtualmachineinstancemigrations'],
  },
  {
    name: 'virtualmachineclones-mutator.kubevirt.io',
    path: '/vm-clone-mutate-create',
    operations: ['CREATE'],
    group: 'clone.kubevirt.io',
    versions: ['v1beta1'],
    resources: ['virtualmachineclones'],
  },
]);

const launcherPods = registered('mutating', 'virt-launcher-pod-mutator', [
  {
    name: 'virt-launcher-pod-mutator.kubevirt.io',
    path: '/virt-launcher-pod-mutate',
    operations: ['CREATE'],
    group: '',
    versions: ['v1'],
    resources: ['pods'],
    failurePolicy: 'Ignore',
    objectSelector: { matchLabels: { 'kubevirt.io': 'virt-launcher' } },
    reinvocationPolicy: 'IfNeeded',
    gate: 'ContainerPathVolumes',
  },
]);

const snapshot = { group: 'snapshot.kubevirt.io', versions: ['v1beta1'] } as const;
const backup = { group: 'backup.kubevirt.io', versions: ['v1alpha1'] } as const;
const instancetype = { group: 'instancetype.kubevirt.io', versions: ['v1beta1'] } as const;

/** The validating webhook of one kind, for creation and update unless told otherwise. */
function validator(
  name: string,
  resource: string,
  path: string,
  { group, versions }: Pick<Webhook, 'group' | 'versions'>,
  operations: Webhook['operations'] = createAndUpdate,
): Registered {
  return { name, path, operations, group, versions, resources: [resource] };
}

const validating = registered('validating', 'virt-api-validator', [
  evictionWebhook('virt-launcher-eviction-interceptor.kubevirt.io', 'virt-launcher'),
  evictionWebhook('hotplug-pod-eviction-interceptor.kubevirt.io', 'hp-volume-'),
  validator(
    'virtualmachineinstances-create-validator.kubevirt.io',
    'virtualmachineinstances',
    '/virtualmachineinstances-validate-create',
    kubevirt,
    ['CREATE'],
  ),
  validator(
    'virtualmachineinstances-update-validator.kubevirt.io',
    'virtualmachineinstances',
    '/virtualmachineinstances-validate-update',
    kubevirt,
    ['UPDATE'],
  ),
  validator('virtualmachine-validator.kubevirt.io', 'virtualmachines', '/virtualmachines-validate', kubevirt),
  validator(
    'virtualmachinereplicaset-validator.kubevirt.io',
    'virtualmachineinstancereplicasets',
    '/virtualmachinereplicaset-validate',
    kubevirt,
  ),
  validator(
    'virtualmachinepool-validator.kubevirt.io',
    'virtualmachinepools',
    '/virtualmachinepool-validate',
    { group: 'pool.kubevirt.io', versions: ['v1beta1'] },
  ),
  validator(
    'virtualmachinepreset-validator.kubevirt.io',
    'virtualmachineinstancepresets',
    '/vmipreset-validate',
    kubevirt,
  ),
  validator(
    'migration-create-validator.kubevirt.io',
    'virtualmachineinstancemigrations',
    '/migration-validate-create',
    kubevirt,
    ['CREATE'],
  ),
  validator(
    'migration-update-validator.kubevirt.io',
    'virtualmachineinstancemigrations',
    '/migration-validate-update',
    kubevirt,
    ['UPDATE'],
  ),
  validator(
    'virtualmachinesnapshot-validator.snapshot.kubevirt.io',
    'virtualmachinesnapshots',
    '/virtualmachinesnapshots-validate',
    snapshot,
  ),
  validator(
    'virtualmachinerestore-validator.snapshot.kubevirt.io',
    'virtualmachinerestores',
    '/virtualmachinerestores-validate',
    snapshot,
  ),
  validator(
    'virtualmachinebackup-validator.backup.kubevirt.io',
    'virtualmachinebackups',
    '/virtualmachinebackups-validate',
    backup,
  ),
  validator(
    'virtualmachinebackuptracker-validator.backup.kubevirt.io',
    'virtualmachinebackuptrackers',
    '/virtualmachinebackuptrackers-validate',
    backup,
  ),
  validator(
    'virtualmachineexport-validator.export.kubevirt.io',
    'virtualmachineexports',
    '/virtualmachineexports-validate',
    { group: 'export.kubevirt.io', versions: ['v1'] },
  ),
  validator(
    'virtualmachineinstancetype-validator.instancetype.kubevirt.io',
    'virtualmachineinstancetypes',
    '/virtualmachineinstancetypes-validate',
    instancetype,
  ),
  validator(
    'virtualmachineclusterinstancetype-validator.instancetype.kubevirt.io',
    'virtualmachineclusterinstancetypes',
    '/virtualmachineclusterinstancetypes-validate',
    instancetype,
  ),
  validator(
    'virtualmachinepreference-validator.instancetype.kubevirt.io',
    'virtualmachinepreferences',
    '/virtualmachinepreferences-validate',
    instancetype,
  ),
  validator(
    'virtualmachineclusterpreference-validator.instancetype.kubevirt.io',
    'virtualmachineclusterpreferences',
    '/virtualmachineclusterpreferences-validate',
    instancetype,
  ),
  {
    name: 'kubevirt-crd-status-validator.kubevirt.io',
    path: '/status-validate',
    operations: createAndUpdate,
    ...kubevirt,
    resources: [
      'virtualmachines/status',
      'virtualmachineinstancereplicasets/status',
      'virtualmachineinstancemigrations/status',
    ],
  },
  validator(
    'migration-policy-validator.kubevirt.io',
    'migrationpolicies',
    '/migration-policy-validate-create',
    { group: 'migrations.kubevirt.io', versions: ['v1alpha1'] },
  ),
  validator('vm-clone-validator.kubevirt.io', 'virtualmachineclones', '/vm-clone-validate-create', {
    group: 'clone.kubevirt.io',
    versions: ['v1beta1'],
  }),
  validator('plugin-validator.plugin.kubevirt.io', 'plugins', '/plugin-validate', {
    group: 'plugin.kubevirt.io',
    versions: ['v1alpha1'],
  }),
]);

const operator = registered('validating', 'virt-operator-validator', [
  validator('kubevirt-validator.kubevirt.io', 'kubevirts', '/kubevirt-validate-delete', kubevirt, ['DELETE']),
  validator('kubevirt-update-validator.kubevirt.io', 'kubevirts', '/kubevirt-validate-update', kubevirt, [
    'UPDATE',
  ]),
  validator('kubevirt-create-validator.kubevirt.io', 'kubevirts', '/kubevirt-validate-create', kubevirt, [
    'CREATE',
  ]),
]);

/** All webhooks of KubeVirt that admission answers (KubeVirt validation facts, section 1; defaulting facts, section 1). */
export const webhooks: readonly Webhook[] = [...mutating, ...launcherPods, ...validating, ...operator];

/** How a refusal reaches the client: the API server says which webhook it comes from (KubeVirt rule GEN-07). */
export function wrappedMessage(webhook: Pick<Webhook, 'name'>, message: string): string {
  return `admission webhook "${webhook.name}" denied the request: ${message}`;
}
