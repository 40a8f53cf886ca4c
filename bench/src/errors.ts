/** Why a measurement could not be carried out. A missed goal is a result, not an error. */
export type BenchErrorCode =
  /** The command line is wrong. */
  | 'usage'
  /** Something that the measurement needs is not there; the message says how to get it. */
  | 'missing-requirement'
  /** A program of the platform failed or did not come up. */
  | 'platform-failed'
  /** What was waited for did not happen in time. */
  | 'timeout';

const retryOf = {
  usage: 'never',
  'missing-requirement': 'on-change',
  'platform-failed': 'backoff',
  timeout: 'backoff',
} as const;

export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: BenchErrorCode;
  readonly retry: 'never' | 'backoff' | 'on-change';

  constructor(code: BenchErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = retryOf[code];
  }
}
