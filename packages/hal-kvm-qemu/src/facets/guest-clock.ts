import { setTimeout as wait } from 'node:timers/promises';
import type { Observed } from '@virtkit/hal';
import { toHalError } from '../errors.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';

/** KubeVirt: how long a guest that went on is told what time it is, in milliseconds, and how often. */
const patience = 60_000;
const pause = 1_000;

/**
 * Sets the guest's clock to this host's time, when it has an agent; one that does not answer at once is told again. Nobody waits
 * for the outcome: a guest that refuses, stops or stands still again keeps the time it has.
 */
export async function setGuestClock(machine: KvmQemuMachine): Promise<void> {
  const deadline = performance.now() + patience;
  while (performance.now() < deadline) {
    const outcome = await tell(machine);
    if (outcome === 'done') return;
    await wait(pause, undefined, { ref: false });
  }
}

async function tell(machine: KvmQemuMachine): Promise<'done' | 'again'> {
  try {
    if (!isListening(await machine.observe())) return 'done';
    using domain = await machine.domain();
    // More nanoseconds than a number of JavaScript can hold exactly.
    const time = BigInt(Date.now()) * 1_000_000n;
    await domain.guest.agentCommand(`{"execute":"guest-set-time","arguments":{"time":${time}}}`);
    return 'done';
  } catch (cause) {
    const { code } = toHalError(cause, 'setting the clock');
    return code === 'guest-agent-unavailable' ? 'again' : 'done';
  }
}

const isListening = ({ state, guestAgent }: Observed): boolean =>
  state.kind === 'running' && guestAgent.connected;
