import { ApiServerError, type ApiServerErrorCode } from '@virtkit/apiserver';
import { resources } from '@virtkit/core-types';
import { isApiError } from '@virtkit/sdk';

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

/** Makes a failed call to the API server an answer: its own status where it has one. */
export function answerOf(error: unknown): unknown {
  if (!isApiError(error) || error.httpStatus === undefined || error.httpStatus < 400) return error;
  return new ApiServerError('InternalError', error.message, {
    httpStatus: error.httpStatus,
    ...(error.status?.reason === undefined ? {} : { reason: error.status.reason }),
    cause: error,
  });
}
