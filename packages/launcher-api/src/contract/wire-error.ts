import { HalError, type HalErrorCode } from '@virtkit/hal';
import type { WireError } from './schemas.ts';

/** HTTP status of each code, for people who look with curl; clients go by the body. */
const statusOf: Record<HalErrorCode, number> = {
  unsupported: 501,
  'invalid-spec': 422,
  'not-found': 404,
  conflict: 409,
  'invalid-state': 409,
  'insufficient-resources': 507,
  'source-unavailable': 424,
  forbidden: 403,
  'hypervisor-unavailable': 503,
  'guest-agent-unavailable': 503,
  'guest-agent-failed': 502,
  'connection-lost': 502,
  aborted: 408,
  closed: 503,
  failed: 500,
};

/**
 * An error as it goes over the socket: code, message, retry class and field of a HalError; anything else is `failed`,
 * to be retried.
 */
export function toWireError(error: unknown): WireError {
  if (error instanceof HalError) {
    const { code, message, retry, field } = error;
    return { code, message, retry, ...(field !== undefined && { field }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'failed', message, retry: 'backoff' };
}

export function fromWireError({ code, message, retry, field }: WireError): HalError {
  return new HalError(code, message, { retry, field });
}

export function statusOfError({ code }: WireError): number {
  return statusOf[code];
}
