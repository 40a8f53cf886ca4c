import type { KubernetesStatus } from './status.ts';

/** What went wrong, as a closed set. A consumer decides by `code` and `retry`, never by message text. */
export type ApiErrorCode =
  /** No such object, or no such resource on this server. */
  | 'not-found'
  /** An object of this name exists. */
  | 'already-exists'
  /** The object changed since it was read, or its state forbids the request; read it again before trying again. */
  | 'conflict'
  /** The object breaks its schema or a validation rule; `fields` says where. */
  | 'invalid'
  /** The identity is known and may not do this. */
  | 'forbidden'
  /** The credentials are missing, expired or wrong. */
  | 'unauthorized'
  /** The resource version or continue token is too old: list again. */
  | 'gone'
  /** The server sheds load and did not take the request. */
  | 'too-many-requests'
  /** The request itself is malformed or does not fit the state of its object. */
  | 'bad-request'
  /** The server does not read this kind of body, for example server-side apply where it is not offered. */
  | 'unsupported-media-type'
  /** The server cannot answer in the form that was asked for. */
  | 'not-acceptable'
  /** The resource does not offer this verb. */
  | 'method-not-allowed'
  /** The server knows what is meant and does not offer it (yet). */
  | 'not-implemented'
  /** The body is larger than the server accepts. */
  | 'request-too-large'
  /** The server or the network did not answer in time; the outcome of a write is unknown. */
  | 'timeout'
  /** The server says that it cannot serve now. */
  | 'unavailable'
  /** The server failed. */
  | 'internal'
  /** The caller's signal ended the call; its reason is the `cause`. */
  | 'aborted'
  /** The connection failed or was lost; the outcome of a write is unknown. */
  | 'connection'
  /** The server's certificate is not trusted, or it refused ours. */
  | 'certificate'
  /** The answer is not what the protocol says. */
  | 'protocol'
  /** A stream was closed by the other side with an error; `closeCode` holds the WebSocket close code. */
  | 'stream-closed'
  /** `waitFor` reached its deadline; `lastSeen` is the object as last seen. */
  | 'wait-timeout'
  /** The connection options or the kubeconfig are incomplete or contradict each other. */
  | 'configuration'
  /** The client was disposed. */
  | 'closed';

/** When trying the same call again can help. */
export type Retry = 'never' | 'backoff' | 'on-change';

const retryOf: Record<ApiErrorCode, Retry> = {
  'not-found': 'on-change',
  'already-exists': 'on-change',
  conflict: 'on-change',
  invalid: 'never',
  forbidden: 'on-change',
  unauthorized: 'on-change',
  gone: 'on-change',
  'too-many-requests': 'backoff',
  'bad-request': 'on-change',
  'unsupported-media-type': 'never',
  'not-acceptable': 'never',
  'method-not-allowed': 'never',
  'not-implemented': 'never',
  'request-too-large': 'never',
  timeout: 'backoff',
  unavailable: 'backoff',
  internal: 'backoff',
  aborted: 'never',
  connection: 'backoff',
  certificate: 'on-change',
  protocol: 'never',
  'stream-closed': 'backoff',
  'wait-timeout': 'on-change',
  configuration: 'never',
  closed: 'never',
};

/** A field at fault. */
export interface FieldProblem {
  /** Path as Kubernetes writes it, for example `spec.template.spec.volumes[0].name`; empty for the whole object. */
  readonly field: string;
  readonly message: string;
  /** The server's word for the problem, for example `FieldValueRequired`. */
  readonly reason?: string | undefined;
}

/** Details of an {@link ApiError}; each is there only where its code says so. */
export interface ApiErrorOptions {
  cause?: unknown;
  status?: KubernetesStatus | undefined;
  httpStatus?: number | undefined;
  fields?: readonly FieldProblem[] | undefined;
  retryAfterSeconds?: number | undefined;
  closeCode?: number | undefined;
  lastSeen?: unknown;
}

/** Every error that the SDK raises. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly retry: Retry;
  /** The server's own account, when it sent one. */
  readonly status: KubernetesStatus | undefined;
  readonly httpStatus: number | undefined;
  /** The fields at fault; empty unless `code` is `invalid`, and sometimes for `bad-request`. */
  readonly fields: readonly FieldProblem[];
  /** Seconds that the server asked to wait before the next try. */
  readonly retryAfterSeconds: number | undefined;
  /** WebSocket close code (RFC 6455, section 7.4), for streams. */
  readonly closeCode: number | undefined;
  /** What `waitFor` saw last; undefined when the object did not exist. */
  readonly lastSeen: unknown;

  constructor(code: ApiErrorCode, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = retryOf[code];
    this.status = options.status;
    this.httpStatus = options.httpStatus;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.closeCode = options.closeCode;
    this.lastSeen = options.lastSeen;
  }
}

/** All codes, for validation at a process boundary. */
export const apiErrorCodes = Object.keys(retryOf) as ApiErrorCode[];

/** Whether `error` is an {@link ApiError}, of one of `codes` when any are given. */
export function isApiError(error: unknown, ...codes: readonly ApiErrorCode[]): error is ApiError {
  return error instanceof ApiError && (codes.length === 0 || codes.includes(error.code));
}
