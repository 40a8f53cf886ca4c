import type { Retry } from './libvirt-error.ts';

const RETRY = {
  absent: 'on-change',
  forbidden: 'on-change',
  busy: 'backoff',
  'api-version': 'never',
  'not-x86': 'never',
  'invalid-handle': 'never',
  'invalid-argument': 'never',
  closed: 'never',
  'ioctl-failed': 'backoff',
} as const satisfies Record<string, Retry>;

/**
 * Why a call on `/dev/kvm` failed: `absent` (no such device, or no KVM behind it), `forbidden` (EACCES or EPERM), `busy`
 * (the vCPU is running, or another hypervisor holds the CPU), `api-version` (not 12, the only stable one), `not-x86`, `closed`,
 * `invalid-handle`, `invalid-argument`, `ioctl-failed` (see {@link KvmError.errno}).
 */
export type KvmErrorCode = keyof typeof RETRY;

/** What the addon knows about a failed KVM call. */
export interface KvmFailure {
  message: string;
  code: KvmErrorCode;
  /** The system's errno; 0 when the failure was found before any system call. */
  errno: number;
}

/** A failed call on `/dev/kvm`. */
export class KvmError extends Error {
  override readonly name = 'KvmError';
  readonly code: KvmErrorCode;
  readonly retry: Retry;
  /** The system's errno; 0 when the failure was found before any system call. */
  readonly errno: number;

  constructor(failure: KvmFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.code = failure.code;
    this.retry = RETRY[failure.code];
    this.errno = failure.errno;
  }
}
