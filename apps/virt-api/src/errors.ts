/** Why virt-api cannot do something, as a closed set. What clients are told is a `Status` instead (`ApiServerError`). */
export type VirtApiErrorCode =
  /** virt-api as a process of its own; it runs inside the control plane. */
  | 'stand-alone-not-offered'
  /** The KubeVirt objects could not be read in time, so admission cannot decide. */
  | 'configuration-unavailable';

const retryOf: Record<VirtApiErrorCode, 'never' | 'backoff'> = {
  'stand-alone-not-offered': 'never',
  'configuration-unavailable': 'backoff',
};

/** Every error of this package that is not an answer to a client. */
export class VirtApiError extends Error {
  override readonly name = 'VirtApiError';
  readonly code: VirtApiErrorCode;
  readonly retry: 'never' | 'backoff';

  constructor(code: VirtApiErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.retry = retryOf[code];
  }
}
