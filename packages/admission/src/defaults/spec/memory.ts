import { CoreTypesError, Quantity } from '@virtkit/core-types';
import type { SpecFill } from '../fill.ts';

/** D1-4: guest memory from the memory request, else the limit, else the size of a huge page. */
export const fillGuestMemory: SpecFill = ({ domain }) => {
  const memory = (domain.memory ??= {});
  if (memory.guest !== undefined) return;
  const { requests, limits } = domain.resources ?? {};
  const guest = [requests?.['memory'], limits?.['memory']].find(isSomething) ?? pageSize(memory.hugepages);
  if (guest !== undefined) memory.guest = guest;
};

function isSomething(quantity: string | number | undefined): boolean {
  return quantity !== undefined && !Quantity.parse(quantity).isZero();
}

/** The page size, when it is a quantity; what is not is left to validation. */
function pageSize(hugepages: { pageSize?: string | undefined } | undefined): string | undefined {
  const size = hugepages?.pageSize;
  return size !== undefined && isQuantity(size) ? size : undefined;
}

function isQuantity(text: string): boolean {
  try {
    Quantity.parse(text);
    return true;
  } catch (error) {
    if (error instanceof CoreTypesError && error.code === 'InvalidQuantity') return false;
    throw error;
  }
}
