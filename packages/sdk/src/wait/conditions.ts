import { getCondition, type KubernetesObject } from '@virtkit/core-types';

/** The parts of a status that the ready-made conditions read; all kinds here share them. */
export interface ConditionedObject extends KubernetesObject {
  readonly status?:
    | {
        readonly phase?: string | undefined;
        readonly printableStatus?: string | undefined;
        readonly conditions?:
          readonly { readonly type: string; readonly status: string }[] | null | undefined;
      }
    | null
    | undefined;
}

/** A condition of `waitFor` that holds for an object that exists. */
export type ObjectCondition = <T extends ConditionedObject>(object: T | undefined) => object is T;

/** Holds while the status condition `type` has this status. */
export function hasCondition(type: string, status: 'True' | 'False' | 'Unknown' = 'True'): ObjectCondition {
  return <T extends ConditionedObject>(object: T | undefined): object is T =>
    getCondition(object?.status?.conditions ?? [], type)?.status === status;
}

/** Holds while `status.phase` is one of these, for kinds that have a phase (instances, migrations, Pods, ...). */
export function hasPhase(...phases: readonly string[]): ObjectCondition {
  return <T extends ConditionedObject>(object: T | undefined): object is T =>
    phases.some((phase) => object?.status?.phase === phase);
}

/** A machine whose status, or an instance or Pod whose phase, is Running. The guest may still be booting. */
export const isRunning: ObjectCondition = <T extends ConditionedObject>(object: T | undefined): object is T =>
  (object?.status?.printableStatus ?? object?.status?.phase) === 'Running';

/** A machine that is stopped, or an instance or Pod that came to its end. */
export const isStopped: ObjectCondition = <T extends ConditionedObject>(
  object: T | undefined,
): object is T => {
  const word = object?.status?.printableStatus ?? object?.status?.phase;
  return word === 'Stopped' || word === 'Succeeded' || word === 'Failed';
};

/** Condition Ready: it runs and its readiness probe, if any, succeeds. */
export const isReady: ObjectCondition = hasCondition('Ready');

/** The virtual CPUs are stopped. */
export const isPaused: ObjectCondition = hasCondition('Paused');

/** The guest agent answers. */
export const agentConnected: ObjectCondition = hasCondition('AgentConnected');

/** The object does not exist. */
export function isDeleted(object: KubernetesObject | undefined): object is undefined {
  return object === undefined;
}
