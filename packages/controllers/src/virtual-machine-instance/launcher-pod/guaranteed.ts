import { Quantity, type VirtualMachineInstance } from '@virtkit/core-types';

/**
 * Whether the instance wants its Pod to be of the Guaranteed class: with CPUs of its own, or with a CPU request that equals
 * the limit and memory that is limited to what is requested.
 */
export function isGuaranteed({ spec }: VirtualMachineInstance): boolean {
  const { cpu, resources = {} } = spec.domain;
  if (cpu?.dedicatedCpuPlacement === true) return true;
  const cpuRequest = quantity(resources.requests, 'cpu');
  const cpuLimit = quantity(resources.limits, 'cpu');
  const memoryRequest = quantity(resources.requests, 'memory');
  const memoryLimit = quantity(resources.limits, 'memory');
  if (cpuRequest === undefined || cpuRequest.isZero() || cpuLimit === undefined) return false;
  if (!cpuRequest.equals(cpuLimit) || memoryLimit === undefined) return false;
  return memoryRequest === undefined || memoryRequest.isZero() || memoryRequest.equals(memoryLimit);
}

function quantity(of: Record<string, string | number> | undefined, name: string): Quantity | undefined {
  return of?.[name] === undefined ? undefined : Quantity.parse(of[name]);
}
