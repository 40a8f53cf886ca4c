import { Quantity, type VirtualMachineInstanceSpec } from '@virtkit/core-types';

const mebibyte = 1024n * 1024n;
const gibibyte = 1024n * mebibyte;

/** A reason why memory cannot be added to a running guest. */
export interface LiveUpdateFault {
  /** Id of the rule, LUM-1 to LUM-10. */
  readonly id: string;
  readonly message: string;
}

/** What the rules look at; the amounts are bytes and undefined when unset. */
interface MemoryPlan {
  readonly spec: VirtualMachineInstanceSpec;
  readonly guest: bigint | undefined;
  readonly maximum: bigint | undefined;
  readonly alignment: bigint;
}

/** In KubeVirt's order; the first that fails counts. */
const checks: readonly [id: string, fails: (plan: MemoryPlan) => boolean, message: string][] = [
  ['LUM-1', ({ spec }) => spec.domain.cpu?.realtime !== undefined, 'real-time guests keep their memory'],
  [
    'LUM-2',
    ({ spec }) => spec.domain.cpu?.numa?.guestMappingPassthrough !== undefined,
    'a NUMA layout that follows the host keeps its memory',
  ],
  ['LUM-3', ({ spec }) => spec.domain.launchSecurity !== undefined, 'encrypted guests keep their memory'],
  ['LUM-4', ({ guest }) => guest === undefined, 'the memory of the guest is not set'],
  ['LUM-5', ({ maximum }) => maximum === undefined, 'the largest memory of the guest is not set'],
  [
    'LUM-6',
    ({ guest = 0n, maximum = 0n }) => guest > maximum,
    'the memory of the guest is above its maximum',
  ],
  [
    'LUM-7',
    ({ guest = 0n, alignment }) => guest % alignment !== 0n,
    'the memory of the guest is not a multiple of what can be added',
  ],
  [
    'LUM-8',
    ({ maximum = 0n, alignment }) => maximum % alignment !== 0n,
    'the largest memory of the guest is not a multiple of what can be added',
  ],
  ['LUM-9', ({ spec }) => spec.architecture !== 'amd64', 'memory can be added to amd64 guests only'],
  ['LUM-10', ({ guest = 0n }) => guest < gibibyte, 'memory can be added to guests of 1Gi and more only'],
];

/**
 * Why memory could not be added to a running guest of this spec up to `maximum` (KubeVirt defaulting, live-update memory
 * check); undefined when it could.
 */
export function memoryLiveUpdateFault(
  spec: VirtualMachineInstanceSpec,
  maximum: string | number | undefined = spec.domain.memory?.maxGuest,
): LiveUpdateFault | undefined {
  const { memory } = spec.domain;
  const plan = {
    spec,
    guest: bytes(memory?.guest),
    maximum: bytes(maximum),
    alignment: memory?.hugepages?.pageSize === '1Gi' ? gibibyte : 2n * mebibyte,
  };
  const failed = checks.find(([, fails]) => fails(plan));
  return failed && { id: failed[0], message: failed[2] };
}

function bytes(quantity: string | number | undefined): bigint | undefined {
  return quantity === undefined ? undefined : Quantity.parse(quantity).toBytes();
}
