import { Quantity } from '@virtkit/core-types';
import type { SpecDefault } from './spec-default.ts';

/** Guest memory from the memory request, else the limit (KubeVirt defaulting D1-4). */
export const memoryDefault: SpecDefault = (spec) => {
  const { memory, resources } = spec.domain;
  if (memory?.guest !== undefined) return spec;
  const guest = [resources?.requests?.['memory'], resources?.limits?.['memory']].find(
    (quantity) => quantity !== undefined && !Quantity.parse(quantity).isZero(),
  );
  if (guest === undefined) return spec;
  return { ...spec, domain: { ...spec.domain, memory: { ...memory, guest } } };
};
