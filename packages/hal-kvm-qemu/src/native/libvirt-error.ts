/** What the caller may do about an error: give up, try again after a pause, or wait until something else changes. */
export type Retry = 'never' | 'backoff' | 'on-change';

/** libvirt's `virErrorNumber` by number, as the code that callers branch on and what to do about it. */
const CODES = {
  1: ['internal-error', 'backoff'],
  2: ['no-memory', 'backoff'],
  3: ['no-support', 'never'],
  5: ['connect-failed', 'backoff'],
  6: ['invalid-handle', 'never'],
  7: ['invalid-handle', 'never'],
  8: ['invalid-argument', 'never'],
  9: ['operation-failed', 'backoff'],
  16: ['config-unsupported', 'never'],
  27: ['invalid-xml', 'never'],
  28: ['domain-exists', 'on-change'],
  29: ['operation-denied', 'never'],
  30: ['system-error', 'backoff'],
  31: ['system-error', 'backoff'],
  32: ['invalid-xml', 'never'],
  35: ['invalid-xml', 'never'],
  38: ['system-error', 'backoff'],
  39: ['rpc-failed', 'backoff'],
  42: ['no-domain', 'on-change'],
  45: ['auth-failed', 'never'],
  55: ['operation-invalid', 'on-change'],
  67: ['config-unsupported', 'never'],
  68: ['operation-timeout', 'backoff'],
  69: ['migration-persist-failed', 'never'],
  73: ['invalid-handle', 'never'],
  74: ['argument-unsupported', 'never'],
  78: ['operation-aborted', 'on-change'],
  79: ['auth-failed', 'never'],
  80: ['no-metadata', 'on-change'],
  81: ['migration-unsafe', 'never'],
  82: ['overflow', 'never'],
  83: ['resource-busy', 'backoff'],
  84: ['operation-unsupported', 'never'],
  86: ['agent-unresponsive', 'backoff'],
  87: ['resource-busy', 'backoff'],
  88: ['access-denied', 'never'],
  91: ['cpu-incompatible', 'never'],
  92: ['invalid-xml', 'never'],
  93: ['migration-finished', 'on-change'],
  94: ['auth-failed', 'never'],
  97: ['agent-unsynced', 'backoff'],
  99: ['no-device', 'on-change'],
  102: ['invalid-checkpoint', 'never'],
  103: ['no-checkpoint', 'on-change'],
  104: ['no-backup', 'on-change'],
  108: ['no-hostname', 'on-change'],
  109: ['checkpoint-inconsistent', 'never'],
  110: ['multiple-domains', 'never'],
} as const satisfies Record<number, readonly [string, Retry]>;

/** Failures that this package detects itself, without a libvirt error number. */
const OWN_CODES = {
  'library-missing': 'on-change',
  'addon-missing': 'on-change',
  'connection-lost': 'backoff',
  closed: 'never',
  'invalid-handle': 'never',
  'invalid-argument': 'never',
  'no-support': 'never',
  'result-too-large': 'never',
  unknown: 'backoff',
} as const satisfies Record<string, Retry>;

/**
 * Why a call failed. The set is closed: an error number that this table does not know is `unknown`, with the number in
 * {@link LibvirtError.libvirtCode}.
 */
export type LibvirtErrorCode = (typeof CODES)[keyof typeof CODES][0] | keyof typeof OWN_CODES;

/** What the addon knows about a failure; the addon builds its errors from this through `createLibvirtError`. */
export interface LibvirtFailure {
  message: string;
  /** Set when the addon itself detected the failure. */
  code?: keyof typeof OWN_CODES;
  /** `virErrorNumber` (libvirt/virterror.h); absent when libvirt was not involved. */
  libvirtCode?: number;
  /** `virErrorDomain` (libvirt/virterror.h): which part of libvirt raised it. */
  domain?: number;
}

/**
 * A failed libvirt call.
 *
 * `code` is what to branch on; `message` is libvirt's English text, meant for people. Codes that do not come from
 * libvirt: `library-missing` (libvirt.so.0 cannot be loaded; the message names the package to install),
 * `addon-missing` (the native addon is not built), `connection-lost` (the connection died during the call),
 * `closed` (the handle, or the connection it belongs to, was closed), `invalid-handle`
 * (a value that is no handle of the needed kind), `invalid-argument`, `no-support` (also: the installed libvirt lacks the function),
 * `result-too-large`.
 */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  readonly code: LibvirtErrorCode;
  readonly retry: Retry;
  /** `virErrorNumber` as libvirt reported it. */
  readonly libvirtCode: number | undefined;
  /** `virErrorDomain` as libvirt reported it. */
  readonly domain: number | undefined;

  constructor(failure: LibvirtFailure, options?: ErrorOptions) {
    super(failure.message, options);
    const [code, retry] = classify(failure);
    this.code = code;
    this.retry = retry;
    this.libvirtCode = failure.libvirtCode;
    this.domain = failure.domain;
  }
}

function classify(failure: LibvirtFailure): readonly [LibvirtErrorCode, Retry] {
  if (failure.code !== undefined) return [failure.code, OWN_CODES[failure.code]];
  const known: readonly [LibvirtErrorCode, Retry] | undefined =
    CODES[failure.libvirtCode as keyof typeof CODES];
  return known ?? ['unknown', OWN_CODES.unknown];
}
