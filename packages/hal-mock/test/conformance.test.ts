import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conformance } from '@virtkit/hal/conformance';
import { MockHost, MockHypervisor } from '@virtkit/hal-mock';
import { afterAll, describe, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';

const memoryBytes = 2 ** 33;
const folder = mkdtempSync(join(tmpdir(), 'hal-mock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const host = new MockHost({ memoryBytes, memoryDumpFolder: folder });

conformance({
  name: 'hal-mock',
  runner: { describe, it },
  connect: async () => new MockHypervisor(host),
  spec: smallMachine,
  guest: { agent: true, consoleOutput: true },
  folder,
  impossibleMemoryBytes: memoryBytes * 2,
});

const bare = new MockHost({ memoryBytes, behaviour: { agentAfterMs: null } });

conformance({
  name: 'hal-mock without display, reset, agent, hotplug, memory dumps, statistics and USB redirection',
  runner: { describe, it },
  connect: async () => new MockHypervisor(bare, new Set(['pause', 'softReboot', 'consoles', 'guestAgent'])),
  spec: smallMachine,
  guest: { agent: false, consoleOutput: true },
  lacks: ['display', 'reset', 'hotplug', 'memoryDump', 'statistics', 'usbRedirection'],
  impossibleMemoryBytes: memoryBytes * 2,
});
