import { Quantity } from '@virtkit/core-types';

/** A quantity as a whole number of units (bytes, CPUs), rounded up; undefined for none. */
export function wholeUnits(quantity: string | number | undefined): number | undefined {
  return quantity === undefined ? undefined : Number(Quantity.parse(quantity).toBytes());
}
