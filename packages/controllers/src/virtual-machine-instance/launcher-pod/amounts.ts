import { Quantity } from '@virtkit/core-types';

/** Quantities by resource name. */
export type Amounts = Record<string, Quantity>;

export function parseAmounts(amounts: Readonly<Record<string, string | number>> | undefined): Amounts {
  return Object.fromEntries(
    Object.entries(amounts ?? {}).map(([name, text]) => [name, Quantity.parse(text)]),
  );
}

/** In the canonical form of each. */
export function printAmounts(amounts: Amounts): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([name, quantity]) => [name, quantity.toString()]));
}

/** One more of a resource that is counted. */
export function addOne(amounts: Amounts, name: string): void {
  amounts[name] = (amounts[name] ?? Quantity.zero).add(Quantity.parse(1));
}
