import { CoreTypesError, Quantity, type VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** What an instance asks of its node of one resource; zero where it says nothing. */
export interface AskedResource {
  readonly request: Quantity;
  readonly limit: Quantity;
}

/** Request and limit of one resource, in bytes or CPUs. */
export function askedOf(spec: VirtualMachineInstanceSpec, resource: 'cpu' | 'memory'): AskedResource {
  const { requests, limits } = spec.domain.resources ?? {};
  return { request: quantityOf(requests?.[resource]), limit: quantityOf(limits?.[resource]) };
}

/** A quantity of the API, which its schema has checked; zero where there is none. */
export function quantityOf(value: string | number | undefined): Quantity {
  return value === undefined ? Quantity.zero : Quantity.parse(value);
}

/** A quantity in a field that the schema leaves to be any text; undefined when it is none. */
export function tryQuantity(text: string): Quantity | undefined {
  try {
    return Quantity.parse(text);
  } catch (error) {
    if (error instanceof CoreTypesError && error.code === 'InvalidQuantity') return undefined;
    throw error;
  }
}

/** Above zero. */
export function isPositive(quantity: Quantity): boolean {
  return quantity.compare(Quantity.zero) > 0;
}
