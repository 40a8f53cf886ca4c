/** What kept virt-handler from doing its work, as a closed set. */
export type HandlerErrorCode =
  /** The launcher's socket is not where it must be, or is not a socket. */
  | 'launcher-socket-refused'
  /** A path leads over a link, or over something else that is no plain folder or file. */
  | 'unsafe-path'
  /** The launcher does not answer. */
  | 'launcher-unreachable'
  /** The Pod's network namespace or interface is missing. */
  | 'pod-network-missing'
  /** A command that changes the Pod's network failed. */
  | 'pod-network-failed'
  /** A disk of this node is not there, cannot be made, or is no file. */
  | 'host-disk-refused'
  /** The kubelet cannot be told of devices. */
  | 'device-plugin-failed'
  /** Everything that there is of something is in use. */
  | 'busy'
  /** The files of a volume cannot be brought into the launcher's Pod. */
  | 'volume-unavailable'
  /** The operation is not possible with the rights that this process has. */
  | 'not-permitted';

export type HandlerRetry = 'never' | 'backoff' | 'on-change';

const retryOf: Record<HandlerErrorCode, HandlerRetry> = {
  'launcher-socket-refused': 'backoff',
  'unsafe-path': 'backoff',
  'launcher-unreachable': 'backoff',
  'pod-network-missing': 'backoff',
  'pod-network-failed': 'backoff',
  'host-disk-refused': 'backoff',
  'device-plugin-failed': 'backoff',
  busy: 'backoff',
  'volume-unavailable': 'backoff',
  'not-permitted': 'on-change',
};

/** Every error that virt-handler raises itself. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError';
  readonly code: HandlerErrorCode;
  readonly retry: HandlerRetry;

  constructor(code: HandlerErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = retryOf[code];
  }
}
