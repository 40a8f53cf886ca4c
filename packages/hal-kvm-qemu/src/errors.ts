import { HalError, type HalErrorCode, type HalErrorOptions } from '@virtkit/hal';
import { LibvirtError, type LibvirtErrorCode } from './native/index.ts';

/** libvirt's codes that mean something more precise to a caller of the HAL than "failed". */
const meaning: Partial<Record<LibvirtErrorCode, HalErrorCode>> = {
  'no-domain': 'not-found',
  'domain-exists': 'conflict',
  'operation-invalid': 'invalid-state',
  'invalid-xml': 'invalid-spec',
  'config-unsupported': 'unsupported',
  'no-support': 'unsupported',
  'operation-unsupported': 'unsupported',
  'argument-unsupported': 'unsupported',
  'no-memory': 'insufficient-resources',
  'agent-unresponsive': 'guest-agent-unavailable',
  'agent-unsynced': 'guest-agent-unavailable',
  'library-missing': 'hypervisor-unavailable',
  'addon-missing': 'hypervisor-unavailable',
  'connect-failed': 'connection-lost',
  'connection-lost': 'connection-lost',
  'rpc-failed': 'connection-lost',
  'access-denied': 'forbidden',
  'operation-denied': 'forbidden',
  'auth-failed': 'forbidden',
  'operation-aborted': 'aborted',
  closed: 'closed',
};

/** Says what was being done, keeps the cause. Errors that are HAL errors already pass through. */
export function toHalError(error: unknown, doing: string, options: HalErrorOptions = {}): HalError {
  if (error instanceof HalError) return error;
  if (error instanceof LibvirtError)
    return new HalError(meaning[error.code] ?? 'failed', `${doing}: ${error.message}`, {
      ...options,
      cause: error,
    });
  if (error instanceof DOMException && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return new HalError('aborted', `${doing}: ${error.message}`, { ...options, cause: error });
  const code = systemErrors[(error as NodeJS.ErrnoException | null)?.code ?? ''] ?? 'failed';
  return new HalError(code, `${doing}: ${error instanceof Error ? error.message : String(error)}`, {
    ...options,
    cause: error,
  });
}

const systemErrors: Record<string, HalErrorCode> = {
  ENOSPC: 'insufficient-resources',
  EDQUOT: 'insufficient-resources',
  ENOMEM: 'insufficient-resources',
  EMFILE: 'insufficient-resources',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
};

/** Runs `work`, turning whatever it throws into a HalError that says what was being done. */
export async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toHalError(error, what);
  }
}

/** @throws HalError `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw toHalError(signal.reason, 'aborted before the call');
}
