import { Quantity, type VirtualMachineInstance } from '@virtkit/core-types';

/** Virtual CPUs of the guest: its topology, else the CPU limit, else the request (rounded up), and at least one. */
export function vcpusOf({ spec }: VirtualMachineInstance): number {
  const { cpu, resources } = spec.domain;
  if (cpu !== undefined) return Math.max(1, (cpu.sockets ?? 1) * (cpu.cores ?? 1) * (cpu.threads ?? 1));
  const amount = resources?.limits?.['cpu'] ?? resources?.requests?.['cpu'];
  return amount === undefined ? 1 : Math.max(1, Math.ceil(Quantity.parse(amount).toNumber()));
}
