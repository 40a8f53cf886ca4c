/** What can go wrong, as a closed set. */
export type PkiErrorCode =
  /** A text is no certificate, key or bundle in PEM. */
  | 'unreadable'
  /** What was asked for cannot be issued, such as a certificate that outlives its authority. */
  | 'invalid-request';

/** The only error of this package. */
export class PkiError extends Error {
  override readonly name = 'PkiError';
  readonly code: PkiErrorCode;
  /** Nothing here depends on time or chance. */
  readonly retry = 'never';

  constructor(code: PkiErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
