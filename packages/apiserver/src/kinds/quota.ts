import type { StatusCause } from '../errors.ts';
import { elementsOf, equalJson, membersOf, stringOf } from '../object/json.ts';
import { billionths } from '../object/quantity.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { countedByQuotas, isCounted, QUOTA_SCOPES } from '../registry/quota.ts';
import { list, map, obj, quantity, str } from '../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';
import { invalidCause } from './field-causes.ts';

const ONE = 1_000_000_000n;

/** ResourceQuota: how much the objects of a namespace may ask for together. */
export function resourceQuotaKind(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'ResourceQuota',
    resource: 'resourcequotas',
    answersDeleted: true,
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
    strategy: {
      prepareForCreate: (quota) => {
        quota.status = {};
      },
      applyDefaults: (quota) => {
        quota.spec ??= {};
      },
      validate: validateQuota,
      validateUpdate: validateQuotaUpdate,
    },
  });
}

/** Amounts as a list, those of limits or all others: the most there may be, and before it what is in use where somebody says so. */
function amounts({ spec, status }: KubeObject, ofLimits: boolean): string {
  const used = membersOf(membersOf(status).used);
  return Object.entries(membersOf(membersOf(spec).hard))
    .filter(([resource]) => resource.startsWith('limits.') === ofLimits)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([resource, most]) => {
      const shown = [used[resource], most].filter((amount) => amount !== undefined);
      return `${resource}: ${shown.map((amount) => (typeof amount === 'string' ? amount : JSON.stringify(amount))).join('/')}`;
    })
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
    const parsed = billionths(amount) ?? 0n;
    return [
      ...(parsed < 0n ? [invalidCause(field, amount, 'must be greater than or equal to 0')] : []),
      ...(parsed % ONE !== 0n && isCounted(resource)
        ? [invalidCause(field, amount, 'must be an integer')]
        : []),
    ];
  });
  return [...limits, ...scopeCauses(elementsOf(scopes))];
}

const OPPOSITES = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

function scopeCauses(scopes: readonly unknown[]): StatusCause[] {
  const cause = (why: string): StatusCause => invalidCause('spec.scopes', scopes, why);
  return [
    ...scopes.filter((scope) => !QUOTA_SCOPES.has(stringOf(scope))).map(() => cause('unsupported scope')),
    ...OPPOSITES.filter((pair) => pair.every((scope) => scopes.includes(scope))).map(() =>
      cause('conflicting scopes'),
    ),
  ];
}

/** What is counted is decided once. */
function validateQuotaUpdate(quota: KubeObject, old: KubeObject): StatusCause[] {
  const scopesOf = ({ spec }: KubeObject) => elementsOf(membersOf(spec).scopes);
  const distinct = (scopes: readonly unknown[]) => [...new Set(scopes)].sort();
  return equalJson(distinct(scopesOf(quota)), distinct(scopesOf(old)))
    ? []
    : [invalidCause('spec.scopes', membersOf(quota.spec).scopes, 'field is immutable')];
}
