import { membersOf } from '../../object/json.ts';
import type { KubeObject } from '../../object/types.ts';
import type { ScalePaths } from '../../registry/definition.ts';
import { obj, str, time, type Fields } from '../../schema/dsl.ts';
import type { Schema } from '../../schema/types.ts';
import type { TableColumn } from '../../table/columns.ts';
import { textColumn } from '../../table/common-columns.ts';

/** Where the kinds that have replicas tell how many. */
export const REPLICA_SCALE: ScalePaths = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  labelSelector: ['spec', 'selector'],
};

/** A condition of a workload, which has no generation of its own. */
export function workloadCondition(more: Fields = {}): Schema {
  return obj(
    'One aspect of the observed state.',
    {
      type: str('Name of the aspect.'),
      status: str('True, False or Unknown.'),
      lastTransitionTime: time('When the status last changed.'),
      reason: str('Machine-readable reason.'),
      message: str('Explanation for people.'),
      ...more,
    },
    ['type', 'status'],
  );
}

/** A number of an object's status; 0 if there is none. */
export function statusNumber(object: KubeObject, member: string): number {
  const value = membersOf(object.status)[member];
  return typeof value === 'number' ? value : 0;
}

/** Sets members of a status that Kubernetes always tells to 0 where they are missing, in place. */
export function fillZeros(object: KubeObject, members: readonly string[]): void {
  if (object.status === undefined) return;
  const status = membersOf(object.status) as Record<string, unknown>;
  for (const member of members) status[member] ??= 0;
}

/** A column of numbers that says it is one of texts, as some of Kubernetes' do. */
export function replicasColumn(
  name: string,
  description: string,
  cell: (object: KubeObject) => number,
): TableColumn {
  return { ...textColumn(name, description, () => null), cell };
}

/** A status in which only these numbers are told, and are 0. */
export function zeroStatus(members: readonly string[]): Record<string, number> {
  return Object.fromEntries(members.map((member) => [member, 0]));
}
