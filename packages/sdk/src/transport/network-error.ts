import { ApiError, type ApiErrorCode } from '../errors.ts';

/** What to do about certificates that are not accepted for want of an option. */
const advice: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: '`ca` takes the authority that signed it',
  SELF_SIGNED_CERT_IN_CHAIN: '`ca` takes the authority that signed it',
  UNABLE_TO_GET_ISSUER_CERT: '`ca` takes the authority that signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: '`ca` takes the authority that signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: '`ca` takes the authority that signed it',
  ERR_TLS_CERT_ALTNAME_INVALID: '`tlsServerName` takes a name that it has',
};

/** Codes by which Node and undici name a certificate that one side does not accept. */
const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const codes: Readonly<Record<string, ApiErrorCode>> = {
  UND_ERR_DESTROYED: 'closed',
  UND_ERR_CLOSED: 'closed',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol',
  UND_ERR_INVALID_ARG: 'bad-request',
};

/** Codes of failures that come before the first byte of the request is sent. */
const unsentCodes = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The error for what the HTTP or WebSocket client raised; an abort by the caller's signal is told apart first. */
export function errorOfNetwork(cause: unknown, signal?: AbortSignal): ApiError {
  if (cause instanceof ApiError) return cause;
  if (signal?.aborted === true) return abortedError(signal);
  const code = codeOf(cause);
  const message = cause instanceof Error && cause.message !== '' ? cause.message : code;
  if (certificateCodes.has(code)) {
    const why = advice[code] === undefined ? message : `${code}; ${advice[code]}`;
    return new ApiError('certificate', `the TLS certificate is not accepted: ${why}`, { cause });
  }
  const known = codes[code] ?? 'connection';
  const text =
    known === 'closed' ? 'the client was disposed' : `the connection to the API server failed: ${message}`;
  return new ApiError(known, text, { cause });
}

/** The error of a call that its caller aborted. */
export function abortedError(signal: AbortSignal): ApiError {
  return new ApiError('aborted', 'the call was aborted', { cause: signal.reason });
}

/** Whether the server cannot have seen the request that failed with `error`. */
export function wasNeverSent(error: ApiError): boolean {
  return error.code === 'connection' && unsentCodes.has(codeOf(error.cause));
}
