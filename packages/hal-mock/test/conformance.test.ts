import { conformance } from '@virtkit/hal/conformance';
import { MockHost, MockHypervisor } from '@virtkit/hal-mock';
import { describe, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';

const memoryBytes = 2 ** 33;
const host = new MockHost({ memoryBytes });

conformance({
  name: 'hal-mock',
  runner: { describe, it },
  connect: async () => new MockHypervisor(host),
  spec: smallMachine,
  guest: { agent: true, consoleOutput: true },
  impossibleMemoryBytes: memoryBytes * 2,
});

const bare = new MockHost({ memoryBytes, behaviour: { agentAfterMs: null } });

conformance({
  name: 'hal-mock without display, reset and agent',
  runner: { describe, it },
  connect: async () => new MockHypervisor(bare, new Set(['pause', 'softReboot', 'consoles', 'guestAgent'])),
  spec: smallMachine,
  guest: { agent: false, consoleOutput: true },
  lacks: ['display', 'reset'],
  impossibleMemoryBytes: memoryBytes * 2,
});
