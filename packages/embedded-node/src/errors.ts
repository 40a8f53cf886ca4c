/** What went wrong on the node, as a closed set. */
export type EmbeddedNodeErrorCode =
  /** A program of the host ended with an error. */
  | 'CommandFailed'
  /** A program that the node needs is not installed. */
  | 'CommandMissing'
  /** The process lacks the rights (root) that this takes. */
  | 'RightsMissing'
  /** The image is not in the local store and there is no registry client. */
  | 'ImageNotFound'
  /** The reference of an image cannot be read. */
  | 'InvalidImageName'
  /** An archive or a blob is not what the OCI specifications say. */
  | 'ImageInvalid'
  /** The Pod asks for something that this kubelet does not carry. */
  | 'Unsupported'
  /** A volume, ConfigMap, Secret or key that the Pod names is not there. */
  | 'ConfigMissing'
  /** A container could not be started. */
  | 'StartFailed'
  /** The Pod's network could not be set up or removed. */
  | 'NetworkFailed'
  /** The file system has no room for another volume. */
  | 'StorageFull'
  /** Files of the state folder are not what this version writes. */
  | 'StateInvalid';

/** Whether the same call can succeed later: never, after a while, or once what it names was changed. */
export type Retry = 'never' | 'backoff' | 'on-change';

const retryOf: Record<EmbeddedNodeErrorCode, Retry> = {
  CommandFailed: 'backoff',
  CommandMissing: 'on-change',
  RightsMissing: 'on-change',
  ImageNotFound: 'backoff',
  InvalidImageName: 'never',
  ImageInvalid: 'never',
  Unsupported: 'never',
  ConfigMissing: 'backoff',
  StartFailed: 'backoff',
  NetworkFailed: 'backoff',
  StorageFull: 'backoff',
  StateInvalid: 'never',
};

/** Every error that this package raises itself; the SDK's `ApiError` passes through. */
export class EmbeddedNodeError extends Error {
  override readonly name = 'EmbeddedNodeError';
  readonly code: EmbeddedNodeErrorCode;
  /** When trying the same again can help. */
  readonly retry: Retry;

  constructor(code: EmbeddedNodeErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.retry = retryOf[code];
  }
}

/** Whether `error` is an {@link EmbeddedNodeError}, of one of `codes` when any are given. */
export function isEmbeddedNodeError(
  error: unknown,
  ...codes: readonly EmbeddedNodeErrorCode[]
): error is EmbeddedNodeError {
  return error instanceof EmbeddedNodeError && (codes.length === 0 || codes.includes(error.code));
}

/** Whether `error` is a system error with one of these codes, for example `ENOENT`. */
export function isSystemError(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
  );
}
