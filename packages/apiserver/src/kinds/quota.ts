import type { StatusCause } from '../errors.ts';
import { elementsOf, membersOf } from '../object/json.ts';
import { billionths } from '../object/quantity.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { countedByQuotas, QUOTA_SCOPES } from '../registry/quota.ts';
import { list, map, obj, quantity, str } from '../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';

/** ResourceQuota: how much the objects of a namespace may ask for together. */
export function resourceQuotaKind(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'ResourceQuota',
    resource: 'resourcequotas',
    shortNames: ['quota'],
    namespaced: true,
    status: true,
    schema: objectSchema('Limits what the objects of a namespace ask for together.', {
      spec: obj('Desired state.', {
        hard: map(quantity(), 'The most that may be asked for, by resource.'),
        scopes: list(str(), 'Pods that count: all that each scope matches.'),
      }),
      status: obj('Observed state.', {
        hard: map(quantity(), 'Limits in force.'),
        used: map(quantity(), 'What is asked for now.'),
      }),
    }),
    columns: [
      nameColumn(),
      textColumn('Limits', 'The most that may be asked for.', (quota) =>
        Object.entries(membersOf(membersOf(quota.spec).hard))
          .map(([resource, amount]) => `${resource}: ${String(amount)}`)
          .join(', '),
      ),
      ageColumn(),
    ],
    strategy: { validate: validateQuota },
  });
}

/** A limit that nothing would enforce is refused: it would look like one that holds. */
function validateQuota(quota: KubeObject): StatusCause[] {
  const { hard, scopes } = membersOf(quota.spec);
  const limits = Object.entries(membersOf(hard)).flatMap(([resource, amount]): StatusCause[] => {
    const field = `spec.hard[${resource}]`;
    if (!countedByQuotas(resource))
      return [
        {
          reason: 'FieldValueNotSupported',
          field,
          message: `Unsupported value: "${resource}" is not counted by this server`,
        },
      ];
    const parsed = billionths(amount);
    if (parsed !== undefined && parsed >= 0n) return [];
    return [{ reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(amount)}` }];
  });
  const unknown = elementsOf(scopes).filter((scope) => !QUOTA_SCOPES.has(String(scope)));
  return [
    ...limits,
    ...unknown.map((scope): StatusCause => ({
      reason: 'FieldValueNotSupported',
      field: 'spec.scopes',
      message: `Unsupported value: ${JSON.stringify(scope)}: supported values: ${[...QUOTA_SCOPES].join(', ')}`,
    })),
  ];
}
