/** What went wrong, as a closed set. A consumer decides by `code` and `retry`, never by message text. */
export type HalErrorCode =
  /** The spec asks for something that this hypervisor or machine does not offer; `message` names it. */
  | 'unsupported'
  /** The spec contradicts itself or refers to something that is not there. */
  | 'invalid-spec'
  /** No machine with this id. */
  | 'not-found'
  /** Another machine already has this id or name with a different spec. */
  | 'conflict'
  /** The verb does not apply in the machine's present state (for example start while running). */
  | 'invalid-state'
  /** The host lacks memory, disk space or another countable resource. */
  | 'insufficient-resources'
  /** A file, image or device of the spec cannot be read. */
  | 'source-unavailable'
  /** The process may not do this (device or directory permissions). */
  | 'forbidden'
  /** The hypervisor's software is missing or unusable on this host; `message` says what to install. */
  | 'hypervisor-unavailable'
  /** The guest agent is not connected or did not answer in time. */
  | 'guest-agent-unavailable'
  /** The guest agent answered with an error. */
  | 'guest-agent-failed'
  /** The connection to the hypervisor (or launcher) was lost; the outcome of the call is unknown. */
  | 'connection-lost'
  /** The call ran into its deadline or was aborted by its signal. */
  | 'aborted'
  /** The object was disposed. */
  | 'closed'
  /** Anything else that the hypervisor reported. */
  | 'failed';

/** When trying the same call again can help. */
export type Retry = 'never' | 'backoff' | 'on-change';

const defaultRetry: Record<HalErrorCode, Retry> = {
  unsupported: 'never',
  'invalid-spec': 'never',
  'not-found': 'on-change',
  conflict: 'on-change',
  'invalid-state': 'on-change',
  'insufficient-resources': 'backoff',
  'source-unavailable': 'backoff',
  forbidden: 'on-change',
  'hypervisor-unavailable': 'backoff',
  'guest-agent-unavailable': 'backoff',
  'guest-agent-failed': 'on-change',
  'connection-lost': 'backoff',
  aborted: 'never',
  closed: 'never',
  failed: 'backoff',
};

/** What an error tells beside its code; all optional. */
export interface HalErrorOptions {
  cause?: unknown;
  /** Overrides the retry class that the code implies. */
  retry?: Retry;
  /** JSON pointer into the MachineSpec, when one field is at fault. */
  field?: string;
}

/** Every error that a `Hypervisor` or `Machine` raises. */
export class HalError extends Error {
  override readonly name = 'HalError';
  readonly code: HalErrorCode;
  readonly retry: Retry;
  readonly field: string | undefined;

  constructor(code: HalErrorCode, message: string, options: HalErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? defaultRetry[code];
    this.field = options.field;
  }
}

/** All codes, for validation at a process boundary. */
export const halErrorCodes = Object.keys(defaultRetry) as HalErrorCode[];
