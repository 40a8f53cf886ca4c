/** What can be wrong with an installation that is asked for, as a closed set. */
export type InstallErrorCode =
  /** A patch of `customizeComponents` cannot be read or does not apply. */
  | 'invalid-patch'
  /** An option, such as the name of an image, is not one. */
  | 'invalid-option';

/** The only error of this package. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
  readonly code: InstallErrorCode;
  /** Somebody has to change what is asked for. */
  readonly retry = 'on-change';

  constructor(code: InstallErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
