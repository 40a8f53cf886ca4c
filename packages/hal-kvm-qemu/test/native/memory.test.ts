import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { requires } from '@virtkit/testing';
import { runCommand } from './run-program.ts';

/** What valgrind may find in this addon that is no fault: memory of threads that do not end, libvirt's event loop above all. */
const HARMLESS = new Set(['Leak_PossiblyLost', 'Leak_StillReachable']);

it('valgrind finds neither a wrong access nor a leak of ours', { timeout: 300_000 }, async (context) => {
  requires(context, { kind: 'command', name: 'valgrind', package: 'valgrind' });
  const folder = await mkdtemp(join(tmpdir(), 'vk-valgrind-'));
  const report = join(folder, 'report.xml');
  const program = fileURLToPath(new URL('programs/short.mjs', import.meta.url));
  // Without its compilers and helper threads Node stays within valgrind's reach, and starts in half the time.
  const node = ['--jitless', '--single-threaded', '--expose-gc', program];
  const valgrind = ['--leak-check=full', '--num-callers=40', '--xml=yes', `--xml-file=${report}`];
  const { code, stdout, stderr } = await runCommand('valgrind', [...valgrind, process.execPath, ...node], {
    timeoutMs: 280_000,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ connections: 0, subscriptions: 0, calls: 0, events: 2 });
  const errors = (await readFile(report, 'utf8')).match(/<error>[^]*?<\/error>/g) ?? [];
  // Node and V8 have findings of their own; ours are those with a frame of the addon.
  const ours = errors.filter((error) => error.includes('virtkit_native.node'));
  expect(ours.filter((error) => !HARMLESS.has(/<kind>(.*?)<\/kind>/.exec(error)?.[1] ?? ''))).toEqual([]);
  await rm(folder, { recursive: true });
});
