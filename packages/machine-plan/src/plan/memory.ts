import { Quantity, type DomainSpec } from '@virtkit/core-types';
import { PlanError } from '../errors.ts';

/** Guest memory in bytes: what the guest is given, else the request, else the limit. */
export function planMemory({ memory, resources }: DomainSpec): number {
  const given = memory?.guest ?? resources?.requests?.memory ?? resources?.limits?.memory;
  if (given === undefined)
    throw new PlanError('invalid-instance', 'spec.domain.memory.guest', 'no memory is asked for');
  return Number(Quantity.parse(given).toBytes());
}
