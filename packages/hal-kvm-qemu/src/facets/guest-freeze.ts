import { HalError, type CallOptions, type GuestAgentFacet } from '@virtkit/hal';
import { doing } from '../errors.ts';
import type { MachineHost } from '../machine/machine-host.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import type { Domain } from '../native/index.ts';

type FreezeCalls = Pick<GuestAgentFacet, 'freeze' | 'thaw' | 'frozen'>;

/** What freezing takes of the agent's other calls. */
export interface FreezeSupport {
  readonly frozen: (options?: CallOptions) => Promise<boolean>;
  /** Runs a libvirt call that the agent answers, and names what the agent refused. */
  readonly withAgent: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Freezing and thawing of all of a guest's file systems. */
export function freezeCalls(
  machine: KvmQemuMachine,
  host: MachineHost,
  { frozen, withAgent }: FreezeSupport,
): FreezeCalls {
  const onDomain = (
    options: CallOptions | undefined,
    work: (domain: Domain) => Promise<unknown>,
  ): Promise<void> =>
    withAgent(async () => {
      using domain = await machine.domain(options);
      await work(domain);
    });
  const thawNow = async (options?: CallOptions): Promise<void> => {
    if (await frozen(options)) await onDomain(options, (domain) => domain.guest.thaw([], options));
  };
  /** Nobody waits for this: a guest that cannot be told now is told again, one that has no agent any more is left alone. */
  const thawDue = async (): Promise<'done' | 'again'> => {
    try {
      await thawNow();
    } catch (error) {
      return error instanceof HalError && error.retry === 'backoff' ? 'again' : 'done';
    } finally {
      host.changed(machine.id);
    }
    return 'done';
  };

  return {
    frozen,
    freeze: ({ thawAfterSeconds = 0, ...options } = {}) =>
      doing(`freezing the file systems of ${machine.name}`, async () => {
        if (await frozen(options)) return;
        await onDomain(options, (domain) => domain.guest.freeze([], options));
        if (thawAfterSeconds > 0) host.thaws.set(machine.id, thawAfterSeconds * 1000, thawDue);
        else host.thaws.cancel(machine.id);
      }),
    thaw: (options) =>
      doing(`thawing the file systems of ${machine.name}`, async () => {
        await thawNow(options);
        host.thaws.cancel(machine.id);
      }),
  };
}
