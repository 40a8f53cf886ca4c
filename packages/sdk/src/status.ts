import type { Status } from '@virtkit/core-types';
import { ApiError, type ApiErrorCode, type FieldProblem } from './errors.ts';

/** The object by which a Kubernetes API server reports the outcome of a request. */
export type KubernetesStatus = Status;

/** Whether a parsed body is a `Status`. */
export function isKubernetesStatus(value: unknown): value is KubernetesStatus {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Status';
}

const codeOfReason: Readonly<Record<string, ApiErrorCode>> = {
  NotFound: 'not-found',
  AlreadyExists: 'already-exists',
  Conflict: 'conflict',
  Invalid: 'invalid',
  Forbidden: 'forbidden',
  Unauthorized: 'unauthorized',
  Gone: 'gone',
  Expired: 'gone',
  TooManyRequests: 'too-many-requests',
  BadRequest: 'bad-request',
  UnsupportedMediaType: 'unsupported-media-type',
  NotAcceptable: 'not-acceptable',
  MethodNotAllowed: 'method-not-allowed',
  NotImplemented: 'not-implemented',
  RequestEntityTooLarge: 'request-too-large',
  Timeout: 'timeout',
  ServerTimeout: 'timeout',
  ServiceUnavailable: 'unavailable',
  InternalError: 'internal',
};

const codeOfHttpStatus: Readonly<Record<number, ApiErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'timeout',
  409: 'conflict',
  410: 'gone',
  413: 'request-too-large',
  415: 'unsupported-media-type',
  422: 'invalid',
  429: 'too-many-requests',
  501: 'not-implemented',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
};

/** The reason decides; a reason that is not known, or none, leaves it to the HTTP status. */
function codeOf(reason: string | undefined, httpStatus: number): ApiErrorCode {
  return (
    codeOfReason[reason ?? ''] ??
    codeOfHttpStatus[httpStatus] ??
    (httpStatus < 500 ? 'bad-request' : 'internal')
  );
}

function fieldProblems(status: KubernetesStatus): FieldProblem[] {
  return (status.details?.causes ?? []).flatMap((cause) =>
    cause.field === undefined
      ? []
      : [{ field: cause.field, message: cause.message ?? '', reason: cause.reason }],
  );
}

/** The error that a failed `Status` stands for. */
export function errorOfStatus(status: KubernetesStatus, httpStatus = status.code ?? 500): ApiError {
  const code = codeOf(status.reason, httpStatus);
  return new ApiError(code, status.message ?? `the API server answered with HTTP status ${httpStatus}`, {
    status,
    httpStatus,
    fields: fieldProblems(status),
    retryAfterSeconds: status.details?.retryAfterSeconds,
  });
}

/** Longest part of a body that is not JSON to go into a message, in characters. */
const textLimit = 1024;

/**
 * The error that an HTTP answer of 400 and above stands for. The subresource server of KubeVirt answers some
 * requests with plain text, which then is the message.
 *
 * @param retryAfter the `Retry-After` header, in seconds or as an HTTP date
 */
export function errorOfResponse(httpStatus: number, body: string, retryAfter?: string): ApiError {
  const retryAfterSeconds = parseRetryAfter(retryAfter);
  const status = parseStatus(body);
  if (status !== undefined) {
    const error = errorOfStatus(status, httpStatus);
    return new ApiError(error.code, error.message, {
      status,
      httpStatus,
      fields: error.fields,
      retryAfterSeconds: retryAfterSeconds ?? error.retryAfterSeconds,
    });
  }
  const text = body.trim().slice(0, textLimit);
  const message = text === '' ? `the API server answered with HTTP status ${httpStatus}` : text;
  return new ApiError(codeOf(undefined, httpStatus), message, { httpStatus, retryAfterSeconds });
}

function parseStatus(body: string): KubernetesStatus | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return isKubernetesStatus(value) ? value : undefined;
  } catch (error) {
    // A body that only looks like JSON is reported as text.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Seconds to wait, from a `Retry-After` header (RFC 9110, section 10.2.3); undefined when absent or unreadable. */
export function parseRetryAfter(value: string | undefined, now: number = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
