/** What went wrong, as a closed set. */
export type PlanErrorCode =
  /** The VMI sets a field, or a value of a field, that no part of the system carries out. */
  | 'unsupported'
  /** The VMI contradicts itself or lacks what defaulting or validation should have made sure of. */
  | 'invalid'
  /** A fact that the VMI refers to was not looked up. */
  | 'missing-fact'
  /** The node has less of something than the VMI needs, such as CPUs that belong to its Pod alone. */
  | 'insufficient';

/** Whether gathering the facts anew and planning again can help. */
export type Retry = 'never' | 'backoff';

const retryOf: Record<PlanErrorCode, Retry> = {
  unsupported: 'never',
  invalid: 'never',
  'missing-fact': 'backoff',
  insufficient: 'backoff',
};

/** Which field is at fault, and the error behind it. */
export interface PlanErrorOptions {
  /** Path of the field at fault, from `spec` on. */
  field?: string;
  cause?: unknown;
}

/** The only error of this package. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly code: PlanErrorCode;
  readonly retry: Retry;
  readonly field: string | undefined;

  constructor(code: PlanErrorCode, message: string, options: PlanErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = retryOf[code];
    this.field = options.field;
  }
}
