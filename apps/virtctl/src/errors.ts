/** Why a command could not do its work, as a closed set. The exit code of every one is 1. */
export type VirtctlErrorCode =
  /** The command line is not understood. */
  | 'usage'
  /** The command or flag is known and not offered. */
  | 'not-available'
  /** The connection settings are incomplete or contradict each other. */
  | 'configuration'
  /** The API server refused or failed; the `cause` says how. */
  | 'request-failed'
  /** A stream ended although nobody asked for it. */
  | 'stream-lost'
  /** What was waited for did not happen in time. */
  | 'timeout'
  /** A program of this machine is missing or failed: a VNC viewer, ssh, scp. */
  | 'local-program'
  /** A local address cannot be listened on, or a local file cannot be written. */
  | 'local-resource';

type Retry = 'never' | 'backoff' | 'on-change';

const retryOf: Record<VirtctlErrorCode, Retry> = {
  usage: 'never',
  'not-available': 'never',
  configuration: 'on-change',
  'request-failed': 'on-change',
  'stream-lost': 'backoff',
  timeout: 'on-change',
  'local-program': 'on-change',
  'local-resource': 'on-change',
};

/** An error that a person reads: what went wrong and what to do next. */
export class VirtctlError extends Error {
  override readonly name = 'VirtctlError';
  readonly code: VirtctlErrorCode;
  readonly retry: Retry;
  /** What to do about it, as a sentence; when absent, that of the cause is shown. */
  readonly nextStep: string | undefined;

  constructor(
    code: VirtctlErrorCode,
    message: string,
    options: { nextStep?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = retryOf[code];
    this.nextStep = options.nextStep;
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node's `code` of a system error (`EADDRINUSE`, `ENOENT`, ...); the empty string for other errors. */
export function systemCodeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
