import { ApiServerError, internalError } from '../errors.ts';
import { isObject, stringOf, type JsonObject } from '../object/json.ts';
import type { AdmissionWebhook } from './types.ts';

const LOWEST_REFUSAL = 400;
/** HTTP knows no status beyond. */
const HIGHEST_STATUS = 599;

/** The refusal of a webhook, as its Status says it. */
export function refusal({ name }: AdmissionWebhook, result: JsonObject | undefined): ApiServerError {
  const given = result ?? {};
  const code = Number(given.code ?? 0);
  const httpStatus = code < LOWEST_REFUSAL || code > HIGHEST_STATUS ? LOWEST_REFUSAL : code;
  const said = stringOf(given.message) || stringOf(given.reason);
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`;
  const message = said === '' ? `${denied} without explanation` : `${denied}: ${said}`;
  const reason = stringOf(given.reason);
  return new ApiServerError('Forbidden', message, {
    httpStatus,
    status: {
      ...(isObject(given.metadata) && { metadata: given.metadata }),
      status: 'Failure',
      message,
      ...(reason !== '' && { reason }),
      ...(isObject(given.details) && { details: given.details }),
      code: httpStatus,
    },
  });
}

/** The failure of a call that may not be ignored. */
export function failedCall({ name }: AdmissionWebhook, why: string, cause: unknown): ApiServerError {
  return internalError(`failed calling webhook ${JSON.stringify(name)}: ${why}`, cause);
}

/** 400 for a dry run that a webhook cannot take part in. */
export function noDryRun({ name }: AdmissionWebhook): ApiServerError {
  return new ApiServerError(
    'BadRequest',
    `admission webhook ${JSON.stringify(name)} does not support dry run`,
  );
}

/** 504 when the webhooks together took too long. */
export function admissionTimeout(): ApiServerError {
  return new ApiServerError('Timeout', 'Timeout: request did not complete within requested timeout');
}
