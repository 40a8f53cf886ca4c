import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMachineSpec } from '@virtkit/hal';
import { createMockHypervisor } from '@virtkit/hal-mock';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';
import { serve } from '../examples/serve.ts';
import { shutDown } from '../examples/stop-over-socket.ts';

describe('examples', () => {
  it('serve and stop-over-socket', async () => {
    await using stack = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'launcher-api-'));
    stack.defer(() => rmSync(folder, { recursive: true }));
    const socketPath = join(folder, 'sock');
    const hypervisor = await createMockHypervisor();
    const machine = await hypervisor.define(parseMachineSpec(smallMachine(), 'mock'));
    await machine.start();
    expect(await shutDown(socketPath, AbortSignal.timeout(5000))).toBe('no launcher');
    stack.use(await serve(hypervisor, socketPath));
    expect(await shutDown(socketPath, AbortSignal.timeout(5000))).toBe('asked');
    await waitUntil('the guest to stop', async () => (await machine.observe()).state.kind === 'stopped');
  });
});
