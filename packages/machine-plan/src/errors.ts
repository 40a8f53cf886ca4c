/** Why an instance cannot become a machine, as a closed set. */
export type PlanErrorCode =
  /** A fact that planning needs was not gathered (an image, a network). */
  | 'missing-fact'
  /** The instance contradicts itself; admission should have refused it. */
  | 'invalid-instance'
  /** The instance asks for something that is not carried; admission should have refused it. */
  | 'not-carried';

/** Every error of this package. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly code: PlanErrorCode;
  readonly retry: 'never' | 'backoff';
  /** Path of the field at fault, as `spec.domain.devices.disks[0]`. */
  readonly field: string;

  constructor(code: PlanErrorCode, field: string, message: string) {
    super(`${field}: ${message}`);
    this.code = code;
    this.retry = code === 'missing-fact' ? 'backoff' : 'never';
    this.field = field;
  }
}
