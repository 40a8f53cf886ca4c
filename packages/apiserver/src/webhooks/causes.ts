import type { StatusCause } from '../errors.ts';

/** Collects violations in the words of Kubernetes' field errors. */
export class Causes {
  readonly list: StatusCause[] = [];

  required(field: string, why = ''): void {
    this.list.push({
      reason: 'FieldValueRequired',
      field,
      message: why === '' ? 'Required value' : `Required value: ${why}`,
    });
  }

  invalid(field: string, value: unknown, why: string): void {
    this.list.push({
      reason: 'FieldValueInvalid',
      field,
      message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
    });
  }

  forbidden(field: string, why: string): void {
    this.list.push({ reason: 'FieldValueForbidden', field, message: `Forbidden: ${why}` });
  }

  duplicate(field: string, value: unknown): void {
    this.list.push({
      reason: 'FieldValueDuplicate',
      field,
      message: `Duplicate value: ${JSON.stringify(value)}`,
    });
  }

  /** Reports a value that is not one of those. */
  oneOf(field: string, value: unknown, choices: readonly string[]): void {
    if (typeof value === 'string' && choices.includes(value)) return;
    const supported = choices.map((choice) => JSON.stringify(choice)).join(', ');
    this.list.push({
      reason: 'FieldValueNotSupported',
      field,
      message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`,
    });
  }
}
