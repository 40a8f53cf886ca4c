/** What keeps the operator from its work, as a closed set. */
export type OperatorErrorCode =
  /** A flag or a variable of the environment is missing or wrong. */
  | 'misconfigured'
  /** The KubeVirt object asks for what cannot be installed. */
  | 'invalid-spec'
  /** The API server refused one of the objects. */
  | 'refused';

/** An error of the operator's own. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code: OperatorErrorCode;
  readonly retry: 'never' | 'backoff' | 'on-change';

  constructor(code: OperatorErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = code === 'refused' ? 'backoff' : code === 'misconfigured' ? 'never' : 'on-change';
  }
}
