import { describe, expect, it } from 'vitest';
import { AgentConnections, type AgentProbe } from '../../src/facets/agent-connections.ts';
import { LibvirtError } from '../../src/native/index.ts';

const id = 'one';
const connected = { kind: 'guest-agent', id, connected: true } as const;
/** virErrorNumber: the agent is unresponsive, an internal error. */
const numbers = { 'agent-unresponsive': 86, 'internal-error': 1 } as const;
const refusal = (code: keyof typeof numbers) =>
  new LibvirtError({ message: 'no', libvirtCode: numbers[code], domain: 10 });

/** An agent that refuses so often before it answers, behind a channel that stays connected for so many looks. */
function agent(refusals: number, looks = Infinity, code: keyof typeof numbers = 'agent-unresponsive') {
  const asked = { pings: 0, looks: 0 };
  const probe: AgentProbe = {
    ping: () => (++asked.pings > refusals ? Promise.resolve() : Promise.reject(refusal(code))),
    isConnected: () => Promise.resolve(++asked.looks <= looks),
  };
  return { asked, probe };
}

describe('agents that take commands', () => {
  it('are asked again while libvirt opens its end of a channel that it calls connected, and then no more', async () => {
    const connections = new AgentConnections();
    const { asked, probe } = agent(2);
    await connections.settle(id, probe);
    expect(asked).toEqual({ pings: 3, looks: 2 });
    await connections.settle(id, probe);
    expect(asked.pings).toBe(3);
  });

  it('are not asked when their event has come', async () => {
    const connections = new AgentConnections();
    connections.note(connected);
    const { asked, probe } = agent(0);
    await connections.settle(id, probe);
    expect(asked.pings).toBe(0);
  });

  it.each([
    { ...connected, connected: false },
    { kind: 'guest-reboot', id } as const,
    { kind: 'state', id } as const,
    { kind: 'resync' } as const,
  ])('are asked once more after $kind', async (event) => {
    const connections = new AgentConnections();
    connections.note(connected);
    connections.note(event);
    const { asked, probe } = agent(0);
    await connections.settle(id, probe);
    expect(asked.pings).toBe(1);
  });

  it('are given up when the channel is not connected, or when it is another refusal', async () => {
    const connections = new AgentConnections();
    const gone = agent(5, 1);
    await expect(connections.settle(id, gone.probe)).rejects.toMatchObject({ code: 'agent-unresponsive' });
    expect(gone.asked.pings).toBe(2);
    const broken = agent(5, Infinity, 'internal-error');
    await expect(connections.settle(id, broken.probe)).rejects.toMatchObject({ code: 'internal-error' });
    expect(broken.asked.pings).toBe(1);
  });
});
