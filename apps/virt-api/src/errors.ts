/** Why virt-api cannot do something, as a closed set. What clients are told is a `Status` instead (`ApiServerError`). */
export type VirtApiErrorCode =
  /** virt-api as a process of its own; it runs inside the control plane. */
  'stand-alone-not-offered';

/** Every error of this package that is not an answer to a client. */
export class VirtApiError extends Error {
  override readonly name = 'VirtApiError';
  readonly code: VirtApiErrorCode;
  readonly retry = 'never';

  constructor(code: VirtApiErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
