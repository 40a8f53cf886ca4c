import { errorMessage, keyOf, type Logger } from '@virtkit/controllers/runtime';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { CallOptions, GuestFilesystem, MachineStatistics } from '@virtkit/hal';
import type { MeasuredGuest } from './guest-families.ts';

/** What guests are measured with. */
export interface GuestMeasuring {
  readonly instances: () => readonly VirtualMachineInstance[];
  /** What an instance uses, asked of its hypervisor; undefined while its launcher does not answer. */
  readonly statistics: (
    instance: VirtualMachineInstance,
    options: CallOptions,
  ) => Promise<MachineStatistics | undefined>;
  /** File systems that the guest told of last. */
  readonly filesystems: (key: string) => readonly GuestFilesystem[];
  readonly logger: Logger;
  /** How long all guests together may take, in milliseconds; default 10,000 as in KubeVirt. */
  readonly timeoutMs?: number;
}

/**
 * Asks the hypervisors of all guests that run, at the same time. A launcher that hangs costs its own samples only: it is not asked
 * again before it has answered.
 */
export function guestMeasurer(options: GuestMeasuring): () => Promise<MeasuredGuest[]> {
  const { instances, timeoutMs = 10_000 } = options;
  const asked = new Set<string>();
  return async () => {
    const signal = AbortSignal.timeout(timeoutMs);
    const running = instances().filter(({ status }) => status?.phase === 'Running');
    return Promise.all(
      running.map(async (instance) => {
        const key = keyOf(instance);
        const filesystems = options.filesystems(key);
        if (asked.has(key)) return { instance, filesystems, statistics: undefined };
        asked.add(key);
        const answer = statisticsOf(instance, options, signal).finally(() => asked.delete(key));
        return { instance, filesystems, statistics: await Promise.race([answer, undefinedAt(signal)]) };
      }),
    );
  };
}

async function statisticsOf(
  instance: VirtualMachineInstance,
  { statistics, logger }: GuestMeasuring,
  signal: AbortSignal,
): Promise<MachineStatistics | undefined> {
  try {
    return await statistics(instance, { signal });
  } catch (error) {
    // Guests end and launchers restart while they are asked; others have no statistics at all.
    logger.debug('a guest could not be measured', { key: keyOf(instance), error: errorMessage(error) });
    return undefined;
  }
}

async function undefinedAt(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return promise;
}
