/** What can go wrong between a launcher and its client before they understand each other. */
export type LauncherApiErrorCode =
  /** The majors of client and server differ; `message` names both versions. */
  | 'version-mismatch'
  /** The path is a symbolic link, not a socket, or belongs to somebody else. */
  | 'unsafe-socket'
  /** Nobody answers at the path. */
  | 'unreachable'
  /** Another process already serves at the path. */
  | 'socket-in-use'
  /** The path is longer than the kernel allows for a unix socket. */
  | 'socket-path-too-long'
  /** The folder of the socket is missing or may not be written to. */
  | 'socket-folder-unusable'
  /** The answer breaks the contract or its limits. */
  | 'protocol'
  /** The deadline passed, or the caller's signal was aborted. */
  | 'aborted';

const retryOf = {
  'version-mismatch': 'never',
  'unsafe-socket': 'never',
  unreachable: 'backoff',
  'socket-in-use': 'on-change',
  'socket-path-too-long': 'never',
  'socket-folder-unusable': 'on-change',
  protocol: 'backoff',
  aborted: 'never',
} as const satisfies Record<LauncherApiErrorCode, 'never' | 'backoff' | 'on-change'>;

/** Errors of this package. Calls on a connected client throw `HalError`, with one of these as `cause` where it applies. */
export class LauncherApiError extends Error {
  override readonly name = 'LauncherApiError';
  readonly code: LauncherApiErrorCode;
  /** When trying again can help. */
  readonly retry: 'never' | 'backoff' | 'on-change';

  constructor(code: LauncherApiErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = retryOf[code];
  }
}
