/** Why a command could not do its work, as a closed set; the exit code is 1 for all but `usage`, which is 2. */
export type VirtkitErrorCode =
  | 'usage'
  /** The platform runs already, or another process holds its root folder. */
  | 'already-running'
  | 'not-running'
  | 'port-in-use'
  /** The machine lacks a program, device or right. */
  | 'missing-requirement'
  | 'no-space'
  /** A file or folder that was named does not exist, or has nothing of what is looked for. */
  | 'not-found'
  /** The API would not take it. */
  | 'refused'
  /** What was given cannot be read or understood. */
  | 'invalid-input'
  | 'forbidden'
  /** A program of the platform ended or never became ready. */
  | 'program-failed'
  | 'timeout';

/** An error that a person reads: what went wrong and what to do next. */
export class VirtkitError extends Error {
  override readonly name = 'VirtkitError';
  readonly code: VirtkitErrorCode;
  readonly retry: 'never' | 'backoff' | 'on-change';
  /** What to do about it, as a sentence or a command. */
  readonly nextStep: string | undefined;

  constructor(
    code: VirtkitErrorCode,
    message: string,
    options: { nextStep?: string; cause?: unknown; retry?: 'never' | 'backoff' | 'on-change' } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? (code === 'timeout' || code === 'program-failed' ? 'backoff' : 'on-change');
    this.nextStep = options.nextStep;
  }
}
