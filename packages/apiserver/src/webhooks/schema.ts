import { LABEL_SELECTOR } from '../kinds/schemas/meta.ts';
import { int, list, mergeList, named, obj, str } from '../schema/dsl.ts';
import type { Schema } from '../schema/types.ts';

const PREFIX = 'io.k8s.api.admissionregistration.v1';

/** How a webhook is reached; also part of CustomResourceDefinitions. */
export const WEBHOOK_CLIENT_CONFIG: Schema = named(
  `${PREFIX}.WebhookClientConfig`,
  obj('How a webhook is reached: by url or by service.', {
    url: str('https://host:port/path'),
    service: named(
      `${PREFIX}.ServiceReference`,
      obj(
        'A Service of the cluster.',
        {
          namespace: str('Namespace of the Service.'),
          name: str('Name of the Service.'),
          path: str('Path of the URL.'),
          port: int('Port of the Service; 443 unless given.', { default: 443 }),
        },
        ['namespace', 'name'],
      ),
    ),
    caBundle: str('Certificates of the authorities that may sign its certificate, PEM.', { format: 'byte' }),
  }),
);

/** Schema of a rule of a webhook. */
export const RULE = named(
  `${PREFIX}.RuleWithOperations`,
  obj('Requests for which a webhook is called.', {
    operations: list(str(), 'CREATE, UPDATE, DELETE, CONNECT or *.'),
    apiGroups: list(str(), 'API groups, or *.'),
    apiVersions: list(str(), 'Versions, or *.'),
    resources: list(str(), 'Resources such as pods, pods/log, */scale, *.'),
    scope: str('Cluster, Namespaced or *.', { default: '*' }),
  }),
);

/** Schema of a match condition. */
export const CONDITION = named(
  `${PREFIX}.MatchCondition`,
  obj(
    'A CEL expression that must hold for the webhook to be called.',
    { name: str('Name of the condition.'), expression: str('CEL.') },
    ['name', 'expression'],
  ),
);

function webhook(kind: string, more: Record<string, Schema>): Schema {
  return named(
    `${PREFIX}.${kind}`,
    obj(
      'A webhook and the requests for which it is called.',
      {
        name: str('Fully qualified name.'),
        clientConfig: WEBHOOK_CLIENT_CONFIG,
        rules: list(RULE, 'It is called for a request that any of these matches.'),
        failurePolicy: str('What a failed call means: Fail or Ignore.', { default: 'Fail' }),
        matchPolicy: str('Whether rules also match other versions of a resource: Exact or Equivalent.', {
          default: 'Equivalent',
        }),
        namespaceSelector: { ...LABEL_SELECTOR, default: {} },
        objectSelector: { ...LABEL_SELECTOR, default: {} },
        sideEffects: str('None or NoneOnDryRun.'),
        timeoutSeconds: int('1 to 30 seconds.', { default: 10 }),
        admissionReviewVersions: list(str(), 'Versions of AdmissionReview that it understands.'),
        matchConditions: mergeList(CONDITION, 'name', 'Further conditions, in CEL.'),
        ...more,
      },
      ['name', 'clientConfig'],
    ),
  );
}

/** Schema of a webhook that may change objects. */
export const MUTATING_WEBHOOK = webhook('MutatingWebhook', {
  reinvocationPolicy: str('Whether it is called again after others changed the object: Never or IfNeeded.', {
    default: 'Never',
  }),
});

/** Schema of a webhook that only judges. */
export const VALIDATING_WEBHOOK = webhook('ValidatingWebhook', {});
