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

/** How often the leak checker may crash in a row; in one of about 200 ends of a process it does. */
const checkerAttempts = 3;

/**
 * Runs a program with the sanitized addon. GCC 12's LeakSanitizer now and then crashes itself on the thread-local storage of a process
 * (signal 11 in its tracer, not in the process), and has then judged nothing: the program is run again.
 */
async function runWatched(name: string, args: readonly string[], options = sanitized): Promise<Ended> {
  for (let attempt = 1; ; attempt++) {
    const ended = await runProgram(name, args, options);
    const checkerCrashed =
      ended.stderr.startsWith('Tracer caught signal') &&
      ended.stderr.includes('LeakSanitizer has encountered a fatal error');
    if (!checkerCrashed || attempt === checkerAttempts) return ended;
    console.log(`the leak checker crashed at the end of ${name}, attempt ${attempt}`);
  }
}

const none = { connections: 0, domains: 0, subscriptions: 0 };
const expectClean = ({ code, signal, stdout, stderr }: Ended, expected: { code?: number; stdout: string }) =>
  expect({ code, signal, stdout, stderr }).toEqual({ code: 0, signal: null, stderr: '', ...expected });

it('loads the sanitized addon, and no other', async () => {
  const loaded = ['libasan', 'libubsan', 'sanitized/virtkit_native.node'];
  expectClean(await runWatched('loaded-libraries.ts', []), {
    stdout: `${JSON.stringify(loaded)}\n`,
  });
});

it.each(['', 'close'])('hard exit with calls in flight (%s)', async (mode) => {
  for (let i = 0; i < 3; i++) expectClean(await runWatched('hard-exit.ts', [mode]), { code: 7, stdout: '' });
});

it('an exception with calls in flight', async () => {
  const { code, stderr } = await runWatched('hard-exit.ts', ['throw']);
  expect(code).toBe(1);
  expect(stderr).toContain('on purpose');
});

it('an end with everything open', async () => {
  const { code, stderr } = await runWatched('idle-exit.ts', []);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('worker threads, some of them terminated in the middle of calls', async () => {
  expectClean(await runWatched('workers.ts', []), { stdout: `test\n${JSON.stringify(none)}\n` });
});

it('garbage collection and close() in flight', async () => {
  expectClean(await runWatched('lifetimes.ts', []), {
    stdout: `${JSON.stringify({ ...none, calls: 0 })}\n`,
  });
});

it('a little of everything', async () => {
  expectClean(await runWatched('short.mjs', []), {
    stdout: '{"connections":0,"subscriptions":0,"calls":0,"events":2}\n',
  });
});

it('a machine without libvirt', async () => {
  const { code, stderr } = await runWatched('missing-library.ts', []);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('virtual CPUs that are closed and lost while they run', async (context) => {
  requires(context, { kind: 'device', path: '/dev/kvm' });
  // GCC 12's LeakSanitizer now and then crashes itself on the thread-local storage of this process (signal 11 in its tracer).
  const { env } = sanitized;
  const options = { ...sanitized, env: { ...env, LSAN_OPTIONS: `${env.LSAN_OPTIONS}:use_tls=0` } };
  expectClean(await runWatched('virtual-cpus.ts', [], options), {
    stdout: '{"kvms":0,"vms":0,"vcpus":0,"calls":0}\n',
  });
});
