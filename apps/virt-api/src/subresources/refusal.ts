import { ApiServerError, type ApiServerErrorCode } from '@virtkit/apiserver';
import { resources } from '@virtkit/core-types';
import { isApiError, type ApiError } from '@virtkit/sdk';

/** Which kind a refusal is about. */
export type Subject = 'virtualMachines' | 'virtualMachineInstances';

const { group } = resources.virtualMachines;

/** A refusal that concerns one object; KubeVirt names its kind in the singular. */
export function refusal(
  code: ApiServerErrorCode,
  subject: Subject,
  name: string,
  why: string,
  cause?: unknown,
): ApiServerError {
  const { singular } = resources[subject];
  return new ApiServerError(code, `${singular}.${group} "${name}": ${why}`, {
    group,
    kind: singular,
    name,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** 409: the object's state does not allow the request. */
export const conflict = (subject: Subject, name: string, why: string, cause?: unknown): ApiServerError =>
  refusal('Conflict', subject, name, why, cause);

/** The object, or undefined when there is none. */
export async function ifFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Whatever goes wrong is 500, as KubeVirt answers. @throws ApiServerError `InternalError` */
export async function internal<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw internalError(cause);
  }
}

/** As `internal`, but what the API server answers with 422, for the object's sake or the patch's, is told as it is. */
export async function internalUnlessInvalid<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw isApiError(cause) && cause.httpStatus === 422 ? cause : internalError(cause);
  }
}

function internalError(cause: unknown): ApiServerError {
  return new ApiServerError('InternalError', cause instanceof Error ? cause.message : String(cause), {
    cause,
  });
}

/** The same refusal with words in front of it. */
export function prefixed(words: string, error: unknown): unknown {
  if (!(error instanceof ApiServerError)) return error;
  return new ApiServerError(error.code, `${words}: ${error.message}`, { ...error.options, cause: error });
}

/** Makes a failed call to the API server an answer: its own status where it has one. */
export function answerOf(error: unknown): unknown {
  if (!isApiError(error) || error.httpStatus === undefined || error.httpStatus < 400) return error;
  return new ApiServerError('InternalError', error.message, {
    httpStatus: error.httpStatus,
    ...(error.status?.reason === undefined ? {} : { reason: error.status.reason }),
    causes: causesOf(error),
    cause: error,
  });
}

function causesOf({ status }: ApiError) {
  return (status?.details?.causes ?? []).map(({ reason, message = '', field }) => ({
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(field === undefined ? {} : { field }),
  }));
}
