import { describe, it } from 'node:test';
import type { Hypervisor, MachineSpecInput } from '@virtkit/hal';
import { conformance } from '@virtkit/hal/conformance';

/** What you bring: a connection, and a small machine that boots. */
export function testMyHypervisor(connect: () => Promise<Hypervisor>, machine: MachineSpecInput): void {
  conformance({
    name: 'my hypervisor',
    runner: {
      describe: (name, body) => void describe(name, body),
      it: (name, body, timeout) => void it(name, { timeout }, () => body()),
    },
    connect,
    spec: (overrides) => ({ ...machine, ...overrides }),
    guest: { agent: false, consoleOutput: true },
    lacks: ['display', 'guestAgent'],
    timeouts: { bootMs: 60_000, stopMs: 30_000 },
  });
}
