import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { requires } from '@virtkit/testing';
import { type Ended, programPath, runCommand, runProgram } from './run-program.ts';

// The programs of processes.test.ts and some more, with the addon that AddressSanitizer, LeakSanitizer and
// UndefinedBehaviorSanitizer watch: `make sanitized` builds it. A finding ends the program with code 99 and a report.
const suppressions = fileURLToPath(new URL('leaks.suppressions', import.meta.url));
const sanitized = {
  nodeOptions: ['--import', programPath('sanitized-addon.ts')],
  timeoutMs: 60_000,
  env: {
    LD_PRELOAD: '',
    ASAN_OPTIONS: 'exitcode=99:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1',
    LSAN_OPTIONS: `suppressions=${suppressions}:print_suppressions=0`,
    UBSAN_OPTIONS: 'exitcode=99:print_stacktrace=1',
  },
};

beforeAll(async () => {
  // Node itself is not instrumented, so the library must come first by other means.
  const { stdout } = await runCommand('g++', ['-print-file-name=libasan.so']);
  sanitized.env.LD_PRELOAD = stdout.trim();
});

const none = { connections: 0, domains: 0, subscriptions: 0 };
const expectClean = ({ code, signal, stdout, stderr }: Ended, expected: { code?: number; stdout: string }) =>
  expect({ code, signal, stdout, stderr }).toEqual({ code: 0, signal: null, stderr: '', ...expected });

it('loads the sanitized addon, and no other', async () => {
  const loaded = ['libasan', 'libubsan', 'sanitized/virtkit_native.node'];
  expectClean(await runProgram('loaded-libraries.ts', [], sanitized), {
    stdout: `${JSON.stringify(loaded)}\n`,
  });
});

it.each(['', 'close'])('hard exit with calls in flight (%s)', async (mode) => {
  for (let i = 0; i < 3; i++)
    expectClean(await runProgram('hard-exit.ts', [mode], sanitized), { code: 7, stdout: '' });
});

it('an exception with calls in flight', async () => {
  const { code, stderr } = await runProgram('hard-exit.ts', ['throw'], sanitized);
  expect(code).toBe(1);
  expect(stderr).toContain('on purpose');
});

it('an end with everything open', async () => {
  const { code, stderr } = await runProgram('idle-exit.ts', [], sanitized);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('worker threads, some of them terminated in the middle of calls', async () => {
  expectClean(await runProgram('workers.ts', [], sanitized), { stdout: `test\n${JSON.stringify(none)}\n` });
});

it('garbage collection and close() in flight', async () => {
  expectClean(await runProgram('lifetimes.ts', [], sanitized), {
    stdout: `${JSON.stringify({ ...none, calls: 0 })}\n`,
  });
});

it('a little of everything', async () => {
  expectClean(await runProgram('short.mjs', [], sanitized), {
    stdout: '{"connections":0,"subscriptions":0,"calls":0,"events":2}\n',
  });
});

it('a machine without libvirt', async () => {
  const { code, stderr } = await runProgram('missing-library.ts', [], sanitized);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('virtual CPUs that are closed and lost while they run', async (context) => {
  requires(context, { kind: 'device', path: '/dev/kvm' });
  // GCC 12's LeakSanitizer now and then crashes itself on the thread-local storage of this process (signal 11 in its tracer).
  const { env } = sanitized;
  const options = { ...sanitized, env: { ...env, LSAN_OPTIONS: `${env.LSAN_OPTIONS}:use_tls=0` } };
  expectClean(await runProgram('virtual-cpus.ts', [], options), {
    stdout: '{"kvms":0,"vms":0,"vcpus":0,"calls":0}\n',
  });
});
