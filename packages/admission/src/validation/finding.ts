/** Reasons of causes as KubeVirt uses them. */
export type FindingReason =
  | 'FieldValueInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueForbidden'
  | 'UnexpectedServerResponse';

/** What a rule has against an object. */
export interface Finding {
  /** Id of the rule, for tests and logs; it does not travel to clients. */
  readonly rule: string;
  /** Absent where KubeVirt gives none. */
  readonly reason?: FindingReason;
  /** Path of the field as KubeVirt reports it, such as `spec.domain.cpu.cores`; absent where KubeVirt gives none. */
  readonly field?: string;
  readonly message: string;
  /** HTTP status of a refusal of the request as a whole, which travels as a message without causes (GEN-02, GEN-06). */
  readonly code?: 400 | 429;
}

/** A finding before its rule is known. */
export type Objection = Omit<Finding, 'rule'>;

const objecting =
  (reason: FindingReason) =>
  /** `field` is undefined where KubeVirt names none. */
  (field: string | undefined, message: string): Objection => ({
    reason,
    ...(field === undefined ? {} : { field }),
    message,
  });

/** A value that the field cannot have (`FieldValueInvalid`). */
export const invalid = objecting('FieldValueInvalid');
/** A value that is missing (`FieldValueRequired`). */
export const required = objecting('FieldValueRequired');
/** A value that stands twice (`FieldValueDuplicate`). */
export const duplicate = objecting('FieldValueDuplicate');
/** A value that is not among those that there are (`FieldValueNotSupported`). */
export const notSupported = objecting('FieldValueNotSupported');
/** A value that refers to nothing (`FieldValueNotFound`). */
export const notFound = objecting('FieldValueNotFound');
/** A value that must not be there (`FieldValueForbidden`). */
export const forbidden = objecting('FieldValueForbidden');
/** Something that the API server should not have sent (`UnexpectedServerResponse`). */
export const unexpected = objecting('UnexpectedServerResponse');

/** Refuses the request as a whole, without causes, with an HTTP status (KubeVirt rules GEN-02 and GEN-06). */
export const refused = (code: 400 | 429, message: string): Objection => ({ code, message });

/** A cause that has a message only, as those of the schema check (KubeVirt rule GEN-03). */
export const plain = (message: string): Objection => ({ message });
