/** Why the program cannot do its work at all; problems of single calls are `HalError`s. */
export type LauncherErrorCode =
  /** The command line is wrong; `message` names the flag. */
  | 'bad-flags'
  /** No backend of that name, or its package cannot be loaded; `message` names it. */
  | 'backend-unavailable';

const retryOf = { 'bad-flags': 'never', 'backend-unavailable': 'on-change' } as const;

export class LauncherError extends Error {
  override readonly name = 'LauncherError';
  readonly code: LauncherErrorCode;
  /** When trying again can help. */
  readonly retry: 'never' | 'backoff' | 'on-change';

  constructor(code: LauncherErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = retryOf[code];
  }
}
