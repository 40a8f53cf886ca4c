import type { AdmissionResult } from '@virtkit/admission';
import type { KubernetesObject } from '@virtkit/core-types';
import { ApiError, type FieldProblem } from '../errors.ts';
import { errorOfStatus, type KubernetesStatus } from '../status.ts';
import type { PlannedWrite } from './planned-write.ts';

/** The error of a write that is not sent: with the Status that the server would answer, but without an HTTP status. */
export function refusalOf<T extends KubernetesObject>(
  write: PlannedWrite<T>,
  result: Pick<AdmissionResult, 'code' | 'reason' | 'message' | 'causes'>,
): ApiError {
  const { group, plural, kind } = write.definition;
  const { code = 400, reason, message = 'refused', causes } = result;
  const status: KubernetesStatus = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    details: {
      ...(write.name === undefined ? {} : { name: write.name }),
      group,
      kind: plural,
      ...(causes === undefined ? {} : { causes: causes.map((cause) => ({ ...cause })) }),
    },
    code,
  };
  const { code: errorCode, fields } = errorOfStatus(status);
  const about = write.name === undefined ? kind : `${kind} "${write.name}"`;
  return new ApiError(errorCode, `${about} was not sent, because it would be refused: ${message}`, {
    status,
    fields,
  });
}

/** The causes of a result; those that concern the whole object have an empty field. */
export function causesOf({ causes = [] }: Pick<AdmissionResult, 'causes'>): FieldProblem[] {
  return causes.map(({ field = '', message, reason }) => ({ field, message, reason }));
}
