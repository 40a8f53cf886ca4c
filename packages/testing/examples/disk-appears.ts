import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requires, waitUntil } from '@virtkit/testing';
import type { TestContext } from 'vitest';

/** The body of a test: `it('makes a disk', makesDisk)`. */
export async function makesDisk(context: TestContext): Promise<void> {
  requires(context, { kind: 'command', name: 'qemu-img', package: 'qemu-utils' });
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  try {
    const disk = join(folder, 'disk.qcow2');
    spawn('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '1M']);
    await waitUntil('the disk to appear', () => existsSync(disk), { timeoutMs: 20_000 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
