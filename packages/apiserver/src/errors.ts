import { fitting } from './fitting.ts';
import { isObject, membersOf, stringOf, type JsonObject } from './object/json.ts';

/** One field-level reason of a refusal, as in `Status.details.causes`. */
export interface StatusCause {
  /** Such as `FieldValueInvalid`, `FieldValueRequired`, `FieldValueNotSupported`, `FieldValueForbidden`. */
  reason?: string;
  message: string;
  /** Path of the field, such as `spec.template.spec.domain.cpu.cores`. */
  field?: string;
}

const HTTP_STATUS = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  NotImplemented: 501,
  ServiceUnavailable: 503,
  Timeout: 504,
  InsufficientStorage: 507,
  AddressInUse: 500,
  DataDirectoryInUse: 500,
  DataDirectoryUnusable: 500,
  InvalidConfiguration: 500,
} as const;

/**
 * Every way in which the API server refuses. All but the last four travel to clients as a `Status` whose `reason` is the
 * code; the last four are thrown by `startControlPlane` only.
 */
export type ApiServerErrorCode = keyof typeof HTTP_STATUS;

/** What a caller may do about an error: give up, try again later, or wait until something changes. */
export type Retry = 'never' | 'backoff' | 'on-change';

const RETRY: Partial<Record<ApiServerErrorCode, Retry>> = {
  Conflict: 'on-change',
  TooManyRequests: 'backoff',
  InternalError: 'backoff',
  ServiceUnavailable: 'backoff',
  Timeout: 'backoff',
  InsufficientStorage: 'on-change',
  AddressInUse: 'on-change',
  DataDirectoryInUse: 'on-change',
};

/** Of these a Status has details even if there is nothing to tell. */
const ALWAYS_DETAILED: readonly ApiServerErrorCode[] = [
  'Forbidden',
  'Invalid',
  'MethodNotAllowed',
  'NotAcceptable',
  'NotFound',
  'UnsupportedMediaType',
];

/** Optional facts of an {@link ApiServerError}. */
export interface ApiServerErrorOptions {
  /** Overrides the HTTP status that belongs to the code (admission plugins may choose their own). */
  httpStatus?: number;
  /** Overrides `Status.reason`; empty for none at all. */
  reason?: string;
  group?: string;
  /** Resource (or kind) that the error is about. */
  kind?: string;
  name?: string;
  uid?: string;
  causes?: readonly StatusCause[];
  /** Whether `Status.details` are sent even if there is nothing in them; depends on the code unless given. */
  detailed?: boolean;
  retryAfterSeconds?: number;
  /** `Status.metadata`, used to hand a fresh continue token to a client whose token expired. */
  metadata?: JsonObject;
  /** The whole Status as another server formed it (an admission webhook that denies); sent in the place of an own one. */
  status?: JsonObject;
  cause?: unknown;
}

/** The error of this package; {@link ApiServerError.toStatus} is what goes over the wire. */
export class ApiServerError extends Error {
  readonly code: ApiServerErrorCode;
  readonly retry: Retry;
  readonly httpStatus: number;
  readonly options: ApiServerErrorOptions;

  constructor(code: ApiServerErrorCode, message: string, options: ApiServerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiServerError';
    this.code = code;
    this.retry = RETRY[code] ?? 'never';
    this.httpStatus = options.httpStatus ?? HTTP_STATUS[code];
    this.options = options;
  }

  /** The `v1 Status` object of this error. */
  toStatus(): JsonObject {
    const { group, kind, name, uid, causes, retryAfterSeconds, metadata, reason, status, detailed } =
      this.options;
    if (status !== undefined) return { kind: 'Status', apiVersion: 'v1', metadata: {}, ...status };
    const details: JsonObject = {
      ...(name !== undefined && name !== '' && { name }),
      ...(group !== undefined && group !== '' && { group }),
      ...(kind !== undefined && kind !== '' && { kind }),
      ...(uid !== undefined && { uid }),
      ...(causes !== undefined && causes.length > 0 && { causes: fitting(causes, causeLength) }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    };
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: metadata ?? {},
      status: 'Failure',
      message: this.message,
      ...(reason !== '' && { reason: reason ?? this.code }),
      ...((Object.keys(details).length > 0 || (detailed ?? ALWAYS_DETAILED.includes(this.code))) && {
        details,
      }),
      code: this.httpStatus,
    };
  }
}

/** What an error about one object says of it. */
export interface ErrorSubject {
  group: string;
  resource: string;
  kind?: string;
}

function subjectName(subject: ErrorSubject): string {
  return subject.group === '' ? subject.resource : `${subject.resource}.${subject.group}`;
}

/** 404 for one object. */
export function notFound(subject: ErrorSubject, name: string): ApiServerError {
  return new ApiServerError('NotFound', `${subjectName(subject)} "${name}" not found`, {
    group: subject.group,
    kind: subject.resource,
    name,
  });
}

/** 409 on creation. */
export function alreadyExists(subject: ErrorSubject, name: string): ApiServerError {
  return new ApiServerError('AlreadyExists', `${subjectName(subject)} "${name}" already exists`, {
    group: subject.group,
    kind: subject.resource,
    name,
  });
}

/** 409 on creation while what has the name is on its way out. */
export function stillThere(subject: ErrorSubject, name: string): ApiServerError {
  const { message, options } = alreadyExists(subject, name);
  return new ApiServerError('AlreadyExists', `object is being deleted: ${message}`, options);
}

/** 409 of optimistic concurrency: `why` tells which expectation did not hold. */
export function conflict(subject: ErrorSubject, name: string, why: string): ApiServerError {
  return new ApiServerError(
    'Conflict',
    `Operation cannot be fulfilled on ${subjectName(subject)} "${name}": ${why}`,
    {
      group: subject.group,
      kind: subject.resource,
      name,
    },
  );
}

function causeLength({ field = '', message }: StatusCause): number {
  return field.length + message.length;
}

/** 422 with one cause per field, as far as there is room for them. */
export function invalid(subject: ErrorSubject, name: string, causes: readonly StatusCause[]): ApiServerError {
  const kind = subject.kind ?? subject.resource;
  const qualified = subject.group === '' ? kind : `${kind}.${subject.group}`;
  const told = fitting(causes, causeLength);
  const texts = told.map((cause) => (cause.field ? `${cause.field}: ${cause.message}` : cause.message));
  const parts = [...new Set(texts)];
  if (told.length < causes.length) parts.push(`and ${causes.length - told.length} more`);
  const list = parts.length === 1 ? (parts[0] ?? '') : `[${parts.join(', ')}]`;
  return new ApiServerError('Invalid', `${qualified} "${name}" is invalid: ${list}`, {
    group: subject.group,
    kind,
    name,
    causes,
  });
}

/** 405 for what a resource or a part of it cannot do. */
export function methodNotAllowed(): ApiServerError {
  return new ApiServerError(
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  );
}

/** 422 for the parameters of a request, as `CreateOptions`, `ListOptions` and so on. */
export function invalidOptions(kind: string, causes: readonly StatusCause[]): ApiServerError {
  return invalid({ group: 'meta.k8s.io', resource: '', kind }, '', causes);
}

/** 500 without a reason: how Kubernetes reports what none of its own errors describes. */
export function unclassified(message: string): ApiServerError {
  return new ApiServerError('InternalError', message, { reason: '' });
}

/** The refusal of an object whose revision is no number. */
export function malformedRevision(revision: string): ApiServerError {
  return unclassified(`strconv.ParseUint: parsing ${JSON.stringify(revision)}: invalid syntax`);
}

/** 410: the revision asked for has been compacted away. */
export function expired(message: string, metadata?: JsonObject): ApiServerError {
  return new ApiServerError('Expired', message, metadata === undefined ? {} : { metadata });
}

/** 500 in the words of kube-apiserver, which clients look for when a webhook could not be called. */
export function internalError(message: string, cause?: unknown): ApiServerError {
  return new ApiServerError('InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
    ...(cause !== undefined && { cause }),
  });
}

/** Any thrown value as an {@link ApiServerError}; unknown ones become `InternalError` and keep their cause. */
export function toApiServerError(error: unknown): ApiServerError {
  if (error instanceof ApiServerError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new ApiServerError('InternalError', `internal error: ${text}`, { cause: error });
}

/** The error that an answered Status tells of. */
export function errorOfStatus(status: unknown, httpStatus: number): ApiServerError {
  const { message, reason, details, metadata } = membersOf(status);
  const { group, kind, name, uid, causes, retryAfterSeconds } = membersOf(details);
  const code = stringOf(reason);
  return new ApiServerError(
    isCode(code) ? code : 'InternalError',
    stringOf(message, `the server answered ${httpStatus}`),
    {
      httpStatus,
      ...(code !== '' && { reason: code }),
      ...(isObject(metadata) && { metadata }),
      ...(typeof group === 'string' && { group }),
      ...(typeof kind === 'string' && { kind }),
      ...(typeof name === 'string' && { name }),
      ...(typeof uid === 'string' && { uid }),
      ...(Array.isArray(causes) && { causes: causes as StatusCause[] }),
      ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
    },
  );
}

function isCode(reason: string): reason is ApiServerErrorCode {
  return Object.hasOwn(HTTP_STATUS, reason);
}
