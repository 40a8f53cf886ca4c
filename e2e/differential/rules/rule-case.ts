/** A schema, as in a CustomResourceDefinition. */
export type TableSchema = Record<string, unknown>;

/** One rule of a field, and values of the field. */
export interface RuleCase {
  /** The rule, or a rule with everything beside it. */
  readonly rule: string | Record<string, unknown>;
  readonly schema: TableSchema;
  /** Each is sent as a new object. */
  readonly values: readonly unknown[];
  /** Each pair is sent as an update from the first to the second. */
  readonly updates?: readonly (readonly [unknown, unknown])[];
}

/** The same rule with several kinds of answers: one value of each field type. */
export function cases(
  schema: TableSchema,
  values: readonly unknown[],
  rules: readonly (string | Record<string, unknown>)[],
): RuleCase[] {
  return rules.map((rule) => ({ rule, schema, values }));
}
