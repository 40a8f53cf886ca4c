import type { StatusCause } from '../errors.ts';
import { equalJson } from '../object/json.ts';

/** A field that must be set is not. */
export function requiredCause(field: string, why = ''): StatusCause {
  return {
    reason: 'FieldValueRequired',
    field,
    message: why === '' ? 'Required value' : `Required value: ${why}`,
  };
}

/** A field has a value that it must not have. */
export function invalidCause(field: string, value: unknown, why: string): StatusCause {
  return {
    reason: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${JSON.stringify(value ?? null)}: ${why}`,
  };
}

/** A field has a value that is none of those there are. */
export function unsupportedCause(field: string, value: unknown, choices: readonly string[]): StatusCause {
  const known = choices.map((choice) => JSON.stringify(choice)).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${JSON.stringify(value ?? '')}: supported values: ${known}`,
  };
}

/** An element of a list has what another one has already. */
export function duplicateCause(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${JSON.stringify(value)}` };
}

/** A field is set although it must not be. */
export function forbiddenCause(field: string, why: string): StatusCause {
  return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${why}` };
}

/** Of `members` those that an update changes although they are fixed. */
export function immutableCauses(
  members: readonly string[],
  path: string,
  [now, before]: readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>],
): StatusCause[] {
  return members
    .filter((member) => !equalJson(now[member], before[member]))
    .map((member) =>
      invalidCause(path === '' ? member : `${path}.${member}`, now[member], 'field is immutable'),
    );
}

/** Of `members` those that are numbers below zero. */
export function negativeCauses(
  members: readonly string[],
  path: string,
  object: Readonly<Record<string, unknown>>,
): StatusCause[] {
  return members
    .filter((member) => Number(object[member]) < 0)
    .map((member) => invalidCause(`${path}.${member}`, object[member], 'must be greater than or equal to 0'));
}
