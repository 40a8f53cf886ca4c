/** What the functions here need to know of a condition. */
export interface ConditionLike {
  type: string;
  status: string;
  reason?: string | undefined;
  message?: string | undefined;
  lastTransitionTime?: string | null | undefined;
}

/** The condition of this type, if present. */
export function getCondition<C extends ConditionLike>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition of this type is present and `True`; `Unknown` and absent are not. */
export function isConditionTrue(conditions: readonly ConditionLike[] | undefined, type: string): boolean {
  return getCondition(conditions, type)?.status === 'True';
}

/** Whether the condition of this type is present and `False`; absent is not. */
export function isConditionFalse(conditions: readonly ConditionLike[] | undefined, type: string): boolean {
  return getCondition(conditions, type)?.status === 'False';
}

/**
 * The conditions with `next` in its place. KubeVirt's rule: an entry of the same type is replaced only when status or
 * reason differs (a new message alone is dropped); an absent one is appended.
 *
 * `now` (RFC 3339) becomes lastTransitionTime when the status changes; a change of the reason alone keeps the time.
 * A time given in `next` itself wins, for conditions that are copied from another object.
 */
export function setCondition<C extends ConditionLike>(
  conditions: readonly C[] | undefined,
  next: C,
  options: { now?: string } = {},
): C[] {
  const list = [...(conditions ?? [])];
  const index = list.findIndex((condition) => condition.type === next.type);
  const current = list[index];
  if (current === undefined) return [...list, withTime(next, options.now)];
  if (current.status === next.status && (current.reason ?? '') === (next.reason ?? '')) return list;
  const time = current.status === next.status ? (current.lastTransitionTime ?? undefined) : options.now;
  list[index] = withTime(next, time);
  return list;
}

function withTime<C extends ConditionLike>(condition: C, time: string | undefined): C {
  if (time === undefined || typeof condition.lastTransitionTime === 'string') return condition;
  return { ...condition, lastTransitionTime: time };
}

/** The conditions without the one of this type. */
export function removeCondition<C extends ConditionLike>(
  conditions: readonly C[] | undefined,
  type: string,
): C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

/** Whether both lists have the same types with the same status and reason; order, messages and times do not count. */
export function sameConditions(
  a: readonly ConditionLike[] | undefined,
  b: readonly ConditionLike[] | undefined,
): boolean {
  const left = a ?? [];
  const right = b ?? [];
  return (
    left.length === right.length &&
    left.every((condition) => {
      const other = getCondition(right, condition.type);
      return other?.status === condition.status && (other.reason ?? '') === (condition.reason ?? '');
    })
  );
}
