/** What went wrong in the controller runtime, as a closed set. */
export type ControllerErrorCode =
  /** A list or watch answered something that breaks the protocol (an object without name, a list without version). */
  | 'protocol'
  /** The first list did not complete before the caller gave up. */
  | 'not-synced'
  /** Leadership was lost; everything that acted as leader must stop. */
  | 'leadership-lost'
  /** The controller was composed wrongly (unknown index, duplicate name). */
  | 'misconfigured'
  /** An object lacks something that it must have by now, for example its uid. */
  | 'invalid-object'
  /** The object asks for something that is not offered; the message names the field. */
  | 'unsupported'
  /** A volume's claim does not exist (yet). */
  | 'missing-claim'
  /** A claim is to be made, and no storage class is named for it. */
  | 'no-storage-class'
  /** A claim lost its volume. */
  | 'lost-claim';

/** When trying again can help. */
export type Retry = 'never' | 'backoff' | 'on-change';

const retryOf: Record<ControllerErrorCode, Retry> = {
  protocol: 'backoff',
  'not-synced': 'backoff',
  'leadership-lost': 'never',
  misconfigured: 'never',
  'invalid-object': 'on-change',
  unsupported: 'on-change',
  'missing-claim': 'backoff',
  'no-storage-class': 'backoff',
  'lost-claim': 'backoff',
};

/** The error of this package; decide by `code` and `retry`, never by message. */
export class ControllerError extends Error {
  override readonly name = 'ControllerError';
  readonly code: ControllerErrorCode;
  readonly retry: Retry;

  constructor(code: ControllerErrorCode, message: string, options: { cause?: unknown; retry?: Retry } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? retryOf[code];
  }
}

/** The `code` of an error that carries one (an `ApiError`, a `ControllerError`, a Node system error). */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The text to log or to show for anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
