import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conformance } from '@virtkit/hal/conformance';
import { MockHost, MockHypervisor } from '@virtkit/hal-mock';
import { connectLauncher, serveLauncher, type LauncherServer } from '@virtkit/launcher-api';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';
import { launcherOptions } from './launcher.ts';

const memoryBytes = 2 ** 33;
const folder = mkdtempSync(join(tmpdir(), 'launcher-api-'));
const socketPath = join(folder, 'launcher-sock');
let server: LauncherServer;

beforeAll(async () => {
  const hypervisor = new MockHypervisor(new MockHost({ memoryBytes, memoryDumpFolder: folder }));
  server = await serveLauncher(launcherOptions({ hypervisor, socketPath }));
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

conformance({
  name: 'hal-mock through the launcher API',
  runner: { describe, it },
  connect: async () => (await connectLauncher({ socketPath })).hypervisor,
  spec: smallMachine,
  guest: { agent: true, consoleOutput: true },
  folder,
  impossibleMemoryBytes: memoryBytes * 2,
});
