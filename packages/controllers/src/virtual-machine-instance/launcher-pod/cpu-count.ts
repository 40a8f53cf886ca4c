import { Quantity, type VirtualMachineInstance } from '@virtkit/core-types';

type Spec = VirtualMachineInstance['spec'];

/** Virtual CPUs of the guest: the product of what its topology names, 0 when that names nothing, and 1 without a topology. */
export function vcpusOf({ domain: { cpu } }: Spec): number {
  if (cpu === undefined) return 1;
  const named = [cpu.sockets, cpu.cores, cpu.threads].filter((count) => count !== undefined && count > 0);
  return named.length === 0 ? 0 : named.reduce<number>((product, count) => product * (count ?? 1), 1);
}

/** Threads of the pool that serves I/O beside the virtual CPUs. */
export function poolThreadsOf({ domain: { ioThreads } }: Spec): number {
  return ioThreads?.supplementalPoolThreadCount ?? 0;
}

/** Virtual CPUs that cost memory: the topology's, else the CPU limit, else the request (rounded up), and at least one. */
export function accountedCpus({ domain }: Spec): number {
  const named = domain.cpu === undefined ? 0 : vcpusOf({ domain });
  if (named > 0) return named;
  const amount = domain.resources?.limits?.['cpu'] ?? domain.resources?.requests?.['cpu'];
  return amount === undefined ? 1 : Math.max(1, Math.ceil(Quantity.parse(amount).toNumber()));
}
