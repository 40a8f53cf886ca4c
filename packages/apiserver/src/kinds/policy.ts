import { membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { bool, int, intOrString, long, map, mergeList, obj, str, time } from '../schema/dsl.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';
import { CONDITION, LABEL_SELECTOR } from './schemas/meta.ts';

/** PodDisruptionBudget and PriorityClass. */
export function policyKinds(): ResourceDefinition[] {
  return [podDisruptionBudget(), priorityClass()];
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : stringOf(value, 'N/A');
}

function statusNumber(object: KubeObject, member: string): number {
  const value = membersOf(object.status)[member];
  return typeof value === 'number' ? value : 0;
}

function podDisruptionBudget(): ResourceDefinition {
  return builtin({
    group: 'policy',
    version: 'v1',
    kind: 'PodDisruptionBudget',
    resource: 'poddisruptionbudgets',
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
  });
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
      textColumn('Global-Default', 'Whether it is the default.', (pc) => String(pc.globalDefault === true)),
      ageColumn(),
      textColumn('PreemptionPolicy', 'Whether it pushes others away.', (pc) => stringOf(pc.preemptionPolicy)),
    ],
    strategy: {
      applyDefaults: (pc) => {
        pc.preemptionPolicy ??= 'PreemptLowerPriority';
      },
    },
  });
}
