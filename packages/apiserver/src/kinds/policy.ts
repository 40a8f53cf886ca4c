import type { StatusCause } from '../errors.ts';
import { validateSelector } from '../object/embedded-selector.ts';
import { membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { bool, int, intOrString, long, map, mergeList, obj, str, time } from '../schema/dsl.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';
import { forbiddenCause, immutableCauses, invalidCause, unsupportedCause } from './field-causes.ts';
import { CONDITION, LABEL_SELECTOR } from './schemas/meta.ts';
import { fillZeros, statusNumber, zeroStatus } from './workloads/common.ts';
import { countCauses } from './workloads/template.ts';

/** Numbers that the status of a PodDisruptionBudget always tells. */
const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'];
const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];
/** Greater priorities are for what a cluster cannot do without. */
const MOST_PRIORITY = 1_000_000_000;

/** PodDisruptionBudget and PriorityClass. */
export function policyKinds(): ResourceDefinition[] {
  return [podDisruptionBudget(), priorityClass()];
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : stringOf(value, 'N/A');
}

function podDisruptionBudget(): ResourceDefinition {
  return builtin({
    group: 'policy',
    version: 'v1',
    kind: 'PodDisruptionBudget',
    resource: 'poddisruptionbudgets',
    requiresRevision: true,
    shortNames: ['pdb'],
    namespaced: true,
    status: true,
    tracksGeneration: true,
    schema: objectSchema('Limits how many pods of a set may be evicted at the same time.', {
      spec: obj('Desired state.', {
        selector: LABEL_SELECTOR,
        minAvailable: intOrString('Pods that must stay, number or percentage.'),
        maxUnavailable: intOrString('Pods that may be missing, number or percentage.'),
        unhealthyPodEvictionPolicy: str('IfHealthyBudget or AlwaysAllow.'),
      }),
      status: obj('Observed state, written by a controller.', {
        observedGeneration: long('Generation that the status speaks about.'),
        disruptionsAllowed: int('Evictions possible now.'),
        currentHealthy: int('Healthy pods.'),
        desiredHealthy: int('Healthy pods needed.'),
        expectedPods: int('All pods.'),
        disruptedPods: map(time(), 'Evictions under way.'),
        conditions: mergeList(CONDITION, 'type', 'Conditions.'),
      }),
    }),
    columns: [
      nameColumn(),
      textColumn('Min Available', 'Pods that must stay.', (pdb) => shown(membersOf(pdb.spec).minAvailable)),
      textColumn('Max Unavailable', 'Pods that may be missing.', (pdb) =>
        shown(membersOf(pdb.spec).maxUnavailable),
      ),
      countColumn('Allowed Disruptions', 'Evictions possible now.', (pdb) =>
        statusNumber(pdb, 'disruptionsAllowed'),
      ),
      ageColumn(),
    ],
    strategy: {
      prepareForCreate: (pdb) => {
        pdb.status = zeroStatus(COUNTS);
      },
      applyDefaults: (pdb) => {
        pdb.spec ??= {};
        fillZeros(pdb, COUNTS);
      },
      validate: validateBudget,
    },
  });
}

function validateBudget({ spec }: KubeObject): StatusCause[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = membersOf(spec);
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [invalidCause('spec', spec, 'minAvailable and maxUnavailable cannot be both set')]
      : []),
    ...countCauses(minAvailable, 'spec.minAvailable'),
    ...countCauses(maxUnavailable, 'spec.maxUnavailable'),
    ...(selector === undefined ? [] : validateSelector(selector, 'spec.selector')),
    ...(policy === undefined || EVICTION_POLICIES.includes(stringOf(policy))
      ? []
      : [unsupportedCause('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES)]),
  ];
}

function priorityClass(): ResourceDefinition {
  return builtin({
    group: 'scheduling.k8s.io',
    version: 'v1',
    kind: 'PriorityClass',
    resource: 'priorityclasses',
    shortNames: ['pc'],
    namespaced: false,
    schema: objectSchema(
      'Gives a priority a name.',
      {
        value: int('Priority; higher goes first.'),
        globalDefault: bool('True for pods without a class.'),
        description: str('When to use it.'),
        preemptionPolicy: str('PreemptLowerPriority or Never.'),
      },
      ['value'],
    ),
    columns: [
      nameColumn(),
      countColumn('Value', 'Priority.', (pc) => (typeof pc.value === 'number' ? pc.value : 0)),
      {
        ...textColumn('Global-Default', 'Whether it is the default.', () => null),
        type: 'boolean',
        cell: (pc) => pc.globalDefault === true,
      },
      ageColumn(),
      textColumn('PreemptionPolicy', 'Whether it pushes others away.', (pc) => stringOf(pc.preemptionPolicy)),
    ],
    strategy: {
      prepareForCreate: ({ metadata }) => {
        metadata.generation = 1;
      },
      applyDefaults: (pc) => {
        pc.preemptionPolicy ??= 'PreemptLowerPriority';
      },
      validate: (priority, old) => (old === undefined ? validatePriority(priority) : []),
      validateUpdate: validatePriorityUpdate,
    },
  });
}

function validatePriority({ metadata, value, preemptionPolicy }: KubeObject): StatusCause[] {
  return [
    ...(metadata.name?.startsWith('system-') !== true && Number(value) > MOST_PRIORITY
      ? [forbiddenCause('value', `maximum allowed value of a user defined priority is ${MOST_PRIORITY}`)]
      : []),
    ...(PREEMPTION_POLICIES.includes(stringOf(preemptionPolicy))
      ? []
      : [unsupportedCause('preemptionPolicy', preemptionPolicy, PREEMPTION_POLICIES)]),
  ];
}

/** Pods have been given the priority already. */
function validatePriorityUpdate(priority: KubeObject, old: KubeObject): StatusCause[] {
  return [
    ...(priority.value === old.value ? [] : [forbiddenCause('value', 'may not be changed in an update.')]),
    ...immutableCauses(['preemptionPolicy'], '', [priority, old]),
  ];
}
