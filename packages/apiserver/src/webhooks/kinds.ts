import { builtin, objectSchema } from '../kinds/builtin.ts';
import { elementsOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { mergeList } from '../schema/dsl.ts';
import { ageColumn, countColumn, nameColumn } from '../table/common-columns.ts';
import { MUTATING_WEBHOOK, VALIDATING_WEBHOOK } from './schema.ts';
import { conditionProblems } from './match-conditions.ts';
import { validateWebhooks } from './validate.ts';

/** The group of the objects that configure admission. */
export const ADMISSION_GROUP = 'admissionregistration.k8s.io';
/** Where MutatingWebhookConfigurations are stored. */
export const MUTATING_STORAGE = `mutatingwebhookconfigurations.${ADMISSION_GROUP}`;
/** Where ValidatingWebhookConfigurations are stored. */
export const VALIDATING_STORAGE = `validatingwebhookconfigurations.${ADMISSION_GROUP}`;

/** MutatingWebhookConfiguration and ValidatingWebhookConfiguration. */
export function webhookKinds(): ResourceDefinition[] {
  return [
    configuration('MutatingWebhookConfiguration', MUTATING_WEBHOOK),
    configuration('ValidatingWebhookConfiguration', VALIDATING_WEBHOOK),
  ];
}

function configuration(
  kind: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration',
  webhook: typeof MUTATING_WEBHOOK,
): ResourceDefinition {
  return builtin({
    group: ADMISSION_GROUP,
    version: 'v1',
    kind,
    resource: `${kind.toLowerCase()}s`,
    requiresRevision: true,
    categories: ['api-extensions'],
    namespaced: false,
    tracksGeneration: true,
    schema: objectSchema('Webhooks that are asked about requests.', {
      webhooks: mergeList(
        webhook,
        'name',
        'They are called in the order of their configurations and of this list.',
      ),
    }),
    strategy: {
      applyDefaults: (object) => {
        if (elementsOf(object.webhooks).length === 0) Reflect.deleteProperty(object, 'webhooks');
      },
      validate: (object) => validateWebhooks(object, kind === 'MutatingWebhookConfiguration'),
      validateDeeply: conditionProblems,
    },
    columns: [
      nameColumn(),
      countColumn(
        'Webhooks',
        'Number of webhooks.',
        (object: KubeObject) => elementsOf(object.webhooks).length,
      ),
      ageColumn(),
    ],
  });
}
