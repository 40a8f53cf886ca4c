import type { MachineSpec, MachineStatistics } from '@virtkit/hal';

const kib = 1024;

/**
 * What a simulated guest has used after it ran for so many milliseconds. It boots on one CPU and then idles along: each amount
 * follows from the time alone, so that an adopted guest goes on where it was.
 */
export function guestUsage(spec: MachineSpec, ranMs: number, now: Date): MachineStatistics {
  const { sockets, cores, threads } = spec.cpu;
  const vcpus = sockets * cores * threads;
  const seconds = ranMs / 1000;
  const busy = 0.1 + seconds * 0.02;
  const requests = 100 + Math.floor(seconds * 2);
  const packets = Math.floor(seconds);
  const sizeBytes = spec.memory.sizeBytes;
  return {
    takenAt: now.toISOString(),
    cpu: { seconds: busy, userSeconds: busy * 0.75, systemSeconds: busy * 0.25 },
    vcpus: Array.from({ length: vcpus }, (_, id) => ({
      id,
      state: 'running' as const,
      seconds: busy / vcpus,
      waitSeconds: 0,
      delaySeconds: 0,
    })),
    memory: {
      residentBytes: Math.floor(sizeBytes / 2),
      balloonBytes: sizeBytes,
      maximumBytes: sizeBytes,
      availableBytes: sizeBytes,
      unusedBytes: Math.floor(sizeBytes / 2),
      usableBytes: Math.floor((sizeBytes * 3) / 4),
      cachedBytes: Math.floor(sizeBytes / 4),
      swappedInBytes: 0,
      swappedOutBytes: 0,
      majorFaults: 10,
      minorFaults: 1000 + requests,
    },
    disks: spec.disks.map(({ id }) => ({
      id,
      readRequests: requests,
      readBytes: requests * 4 * kib,
      readSeconds: requests / 10_000,
      writeRequests: requests,
      writtenBytes: requests * 4 * kib,
      writeSeconds: requests / 10_000,
      flushRequests: Math.floor(requests / 10),
      flushSeconds: requests / 100_000,
    })),
    interfaces: spec.interfaces.map(({ id }) => ({
      id,
      received: { bytes: packets * kib, packets, errors: 0, dropped: 0 },
      sent: { bytes: packets * kib, packets, errors: 0, dropped: 0 },
    })),
  };
}
