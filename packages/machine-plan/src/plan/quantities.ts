import { CoreTypesError, Quantity } from '@virtkit/core-types';
import { PlanError } from '../errors.ts';

/**
 * A quantity as a whole number of units (bytes, CPUs), rounded up; undefined for none.
 * @throws PlanError `invalid` for what is no quantity, at `field`
 */
export function wholeUnits(quantity: string | number | undefined, field: string): number | undefined {
  if (quantity === undefined) return undefined;
  try {
    return Number(Quantity.parse(quantity).toBytes());
  } catch (cause) {
    if (!(cause instanceof CoreTypesError)) throw cause;
    throw new PlanError('invalid', `${quantity} is not a quantity`, { field, cause });
  }
}
