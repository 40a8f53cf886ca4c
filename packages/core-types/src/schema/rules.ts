import type * as z from 'zod';

/** A rule that a CustomResourceDefinition states in CEL, beside what its schema says. */
export interface SchemaRule<T> {
  /** CEL; `self` is the value and `oldSelf` the one that an update replaces. */
  readonly cel: string;
  /** What is wrong where the rule does not hold. */
  readonly message: string;
  /** The rule for those who have no CEL. Absent where it compares with `oldSelf`, which a schema does not see. */
  readonly holds?: (value: T) => boolean;
}

/** `schema` with rules: parsing applies those that need no older value, the structural schema states them all. */
export function withRules<S extends z.ZodType>(schema: S, rules: readonly SchemaRule<z.output<S>>[]): S {
  const applied = rules.reduce<S>(
    (checked, { message, holds }) => (holds ? checked.refine(holds, message) : checked),
    schema,
  );
  return applied.meta({
    ...schema.meta(),
    'x-kubernetes-validations': rules.map(({ cel, message }) => ({ rule: cel, message })),
  });
}
