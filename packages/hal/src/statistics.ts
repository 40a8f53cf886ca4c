import { z } from 'zod';

/** A number that only grows while the machine runs, and begins anew when it is started. */
const total = z.number().min(0).optional();
const count = z.int().min(0).optional();
const bytes = z.number().min(0).optional();

/** What a virtual CPU is doing, as its host sees it. */
export const vcpuStates = ['offline', 'running', 'blocked', 'unknown'] as const;

/**
 * How much a running machine uses and has used: CPU, memory, disks and network. Sizes in bytes, times in seconds. What the
 * hypervisor or the guest does not tell is absent, never 0.
 */
export const MachineStatisticsSchema = z.strictObject({
  /** When it was read. */
  takenAt: z.iso.datetime(),
  cpu: z.strictObject({ seconds: total, userSeconds: total, systemSeconds: total }),
  vcpus: z.array(
    z.strictObject({
      /** From 0. */
      id: z.int().min(0),
      state: z.enum(vcpuStates),
      seconds: total,
      /** It waited for I/O. */
      waitSeconds: total,
      /** It could have run, and other threads of the host did. */
      delaySeconds: total,
    }),
  ),
  memory: z.strictObject({
    /** Of the hypervisor's process, on the host. */
    residentBytes: bytes,
    /** What the guest has now, after ballooning. */
    balloonBytes: bytes,
    /** Most that the guest can have. */
    maximumBytes: bytes,
    /** Usable by the guest's kernel at all, as it says; the following likewise. */
    availableBytes: bytes,
    unusedBytes: bytes,
    /** Could be used without swapping. */
    usableBytes: bytes,
    cachedBytes: bytes,
    swappedInBytes: bytes,
    swappedOutBytes: bytes,
    majorFaults: count,
    minorFaults: count,
  }),
  disks: z.array(
    z.strictObject({
      /** Of the spec. */
      id: z.string(),
      readRequests: count,
      readBytes: bytes,
      readSeconds: total,
      writeRequests: count,
      writtenBytes: bytes,
      writeSeconds: total,
      flushRequests: count,
      flushSeconds: total,
    }),
  ),
  interfaces: z.array(
    z.strictObject({
      /** Of the spec. */
      id: z.string(),
      /** As the guest sees it. */
      received: z.strictObject({ bytes, packets: count, errors: count, dropped: count }),
      sent: z.strictObject({ bytes, packets: count, errors: count, dropped: count }),
    }),
  ),
});

export type MachineStatistics = z.output<typeof MachineStatisticsSchema>;
/** What a virtual CPU is doing. */
export type VcpuState = (typeof vcpuStates)[number];
