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
      textColumn('Request', 'What is asked for, of the most that may be.', (quota) => amounts(quota, false)),
      textColumn('Limit', 'The sum of limits, of the most that may be.', (quota) => amounts(quota, true)),
      ageColumn(),
    ],
    strategy: { validate: validateQuota },
  });
}

/** Amounts as a list, those of limits or all others: the most there may be, and before it what is in use where somebody says so. */
function amounts({ spec, status }: KubeObject, ofLimits: boolean): string {
  const used = membersOf(membersOf(status).used);
  return Object.entries(membersOf(membersOf(spec).hard))
    .filter(([resource]) => resource.startsWith('limits.') === ofLimits)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([resource, most]) =>
      used[resource] === undefined
        ? `${resource}: ${String(most)}`
        : `${resource}: ${String(used[resource])}/${String(most)}`,
    )
    .join(', ');
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
