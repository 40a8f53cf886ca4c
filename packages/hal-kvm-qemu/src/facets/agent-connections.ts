import { setTimeout as wait } from 'node:timers/promises';
import type { MachineEvent } from '@virtkit/hal';
import { LibvirtError } from '../native/index.ts';

/** How long libvirt may take from saying that an agent is connected until its commands are carried out, in milliseconds. */
const patienceMs = 5_000;
const pauseMs = 50;

/** What settling takes of a machine. */
export interface AgentProbe {
  /** Asks the agent for a sign of life. */
  readonly ping: () => Promise<unknown>;
  /** Whether the agent's channel is connected, as the domain's description says. */
  readonly isConnected: () => Promise<boolean>;
}

/**
 * Which agents take commands. libvirt describes a channel as connected before it has opened its own end, and refuses commands in
 * between (seen with 9.0: the description is changed first, the lock on the domain is let go while the socket is opened, the event
 * follows). So a machine whose event has not come is asked for a sign of life before it is asked for anything that must not happen
 * twice.
 */
export class AgentConnections {
  readonly #settled = new Set<string>();

  /** Takes note of what happened to machines. */
  note(event: MachineEvent): void {
    if (event.kind === 'guest-agent' && event.connected) this.#settled.add(event.id);
    else if (event.kind === 'resync') this.#settled.clear();
    else if (event.kind === 'guest-agent' || event.kind === 'guest-reboot' || event.kind === 'state')
      this.#settled.delete(event.id);
  }

  /** Waits until the machine's agent takes commands. @throws LibvirtError what the agent's last refusal was */
  async settle(id: string, { ping, isConnected }: AgentProbe): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!this.#settled.has(id)) {
      try {
        await ping();
        this.#settled.add(id);
      } catch (error) {
        const unavailable = error instanceof LibvirtError && error.code === 'agent-unresponsive';
        if (!unavailable || performance.now() > deadline || !(await isConnected())) throw error;
        await wait(pauseMs);
      }
    }
  }
}
