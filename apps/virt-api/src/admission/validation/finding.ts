/** Reasons of causes as KubeVirt uses them. */
type FindingReason =
  | 'FieldValueInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueForbidden';

/** What a rule has against an object. */
export interface Finding {
  /** Id of the rule, for tests and logs; it does not travel to clients. */
  readonly rule: string;
  readonly reason: FindingReason;
  /** JSON path of the field, such as `spec.domain.cpu.cores`. */
  readonly field: string;
  readonly message: string;
}

/** A finding before its rule is known. */
export type Objection = Omit<Finding, 'rule'>;

export const invalid = (field: string, message: string): Objection => ({
  reason: 'FieldValueInvalid',
  field,
  message,
});
export const required = (field: string, message: string): Objection => ({
  reason: 'FieldValueRequired',
  field,
  message,
});
export const duplicate = (field: string, message: string): Objection => ({
  reason: 'FieldValueDuplicate',
  field,
  message,
});
export const notSupported = (field: string, message: string): Objection => ({
  reason: 'FieldValueNotSupported',
  field,
  message,
});
export const forbidden = (field: string, message: string): Objection => ({
  reason: 'FieldValueForbidden',
  field,
  message,
});
