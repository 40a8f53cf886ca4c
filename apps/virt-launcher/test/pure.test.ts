import { describe, expect, it } from 'vitest';
import { LauncherError } from '../src/errors.ts';
import { exitCodeOf, exitCodes } from '../src/exit-codes.ts';
import { judgeImage } from '../src/facts/image-info.ts';
import { parseFlags } from '../src/flags.ts';
import { terminationStep } from '../src/lifecycle/termination.ts';
import { rememberOnceGiven } from '../src/load-backend.ts';
import { createLog, errorDetails } from '../src/log.ts';
import { HalError } from '@virtkit/hal';
import { LauncherApiError } from '@virtkit/launcher-api';

const needed = ['--name', 'vm', '--namespace', 'default', '--uid', 'u-1', '--hypervisor', 'mock'];

describe('parseFlags', () => {
  it('fills in the paths of the Pod', () => {
    expect(parseFlags(needed)).toMatchObject({
      name: 'vm',
      'hypervisor-options': {},
      'grace-period-seconds': 30,
      'socket-dir': '/var/run/kubevirt/sockets',
      'container-disk-dir': '/var/run/kubevirt/container-disks',
    });
  });

  it.each([
    ['a missing flag', needed.slice(2), '--name'],
    ['an unknown flag', [...needed, '--turbo'], '--turbo'],
    ['a word too many', [...needed, 'word'], 'word'],
    ['a relative folder', [...needed, '--socket-dir', 'x'], '--socket-dir'],
    ['a bad number', [...needed, '--grace-period-seconds', 'soon'], '--grace-period-seconds'],
    ['a bad name', [...needed, '--name', '../x'], '--name'],
    ['options that are no JSON', [...needed, '--hypervisor-options', '{'], '--hypervisor-options'],
    ['options that are no object', [...needed, '--hypervisor-options', '[1]'], '--hypervisor-options'],
  ])('refuses %s', (_what, argv, named) => {
    expect(() => parseFlags(argv)).toThrow(
      expect.objectContaining({ code: 'bad-flags', message: expect.stringContaining(named) }),
    );
  });
});

describe('exitCodeOf', () => {
  it.each([
    [new LauncherError('bad-flags', 'x'), exitCodes.usage],
    [new LauncherError('backend-unavailable', 'x'), exitCodes.hypervisorUnavailable],
    [new HalError('hypervisor-unavailable', 'x'), exitCodes.hypervisorUnavailable],
    [new LauncherApiError('socket-in-use', 'x'), exitCodes.socketUnavailable],
    [new Error('x'), exitCodes.failed],
  ])('%s', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});

describe('terminationStep', () => {
  const running = { kind: 'running' } as const;
  const leaving = { kind: 'shutting-down' } as const;
  const paused = { kind: 'paused', reason: 'user' } as const;
  const stopped = { kind: 'stopped', reason: 'shutdown' } as const;
  const defined = { kind: 'defined' } as const;

  it.each([
    ['the agent has its time', running, 9, 60, 0, false, 'wait'],
    ['then the launcher asks', running, 10, 60, 0, false, 'ask'],
    ['once', running, 20, 60, 0, true, 'wait'],
    ['sooner where the grace is short', running, 1, 3, 0, false, 'ask'],
    ['a paused guest too', paused, 10, 60, 0, false, 'ask'],
    ['a guest that was asked has the grace period', leaving, 59, 60, 0, false, 'wait'],
    ['and no more', leaving, 60, 60, 0, true, 'force'],
    ['no grace means force at once', running, 0, 0, 0, false, 'force'],
    ['the agent may read how it ended', stopped, 100, 60, 9, false, 'wait'],
    ['but need not', stopped, 100, 60, 10, false, 'undefine'],
    ['a machine that never ran waits for the agent', defined, 9, 60, 0, false, 'wait'],
    ['and goes', defined, 10, 60, 0, false, 'undefine'],
  ] as const)('%s', (_what, state, sinceRequest, graceSeconds, sinceStopped, asked, step) => {
    expect(terminationStep({ state, sinceRequest, graceSeconds, sinceStopped, asked })).toBe(step);
  });
});

describe('judgeImage', () => {
  const good = { format: 'qcow2', 'virtual-size': 1024 };

  it.each(['raw', 'qcow2'] as const)('takes %s', (format) => {
    expect(judgeImage('/i', { ...good, format })).toEqual({ path: '/i', format, virtualSizeBytes: 1024 });
  });

  it.each([
    ['another format', { ...good, format: 'vmdk' }],
    ['a backing file', { ...good, 'backing-filename': '/etc/shadow' }],
    ['a resolved backing file', { ...good, 'full-backing-filename': '/etc/shadow' }],
    ['a data file', { ...good, 'format-specific': { data: { 'data-file': '/etc/shadow' } } }],
    ['encryption', { ...good, encrypted: true }],
  ])('refuses %s', (_what, info) => {
    expect(() => judgeImage('/i', info)).toThrow(expect.objectContaining({ code: 'invalid-spec' }));
  });
});

describe('hardware virtualisation', () => {
  it('is looked for again while the device may not be opened, and never after', async () => {
    const answers = [
      { found: { state: 'unusable' as const, reason: 'EACCES' }, final: false },
      { found: { state: 'usable' as const }, final: true },
    ];
    let probes = 0;
    const ask = rememberOnceGiven(async () => answers[probes++]!);
    expect(await ask()).toEqual({ state: 'unusable', reason: 'EACCES' });
    expect(await ask()).toEqual({ state: 'usable' });
    expect(await ask()).toEqual({ state: 'usable' });
    expect(probes).toBe(2);
  });
});

describe('the log', () => {
  it('is one line of JSON per event, with the key of its VM', () => {
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line), { namespace: 'ns', name: 'vm', uid: 'u' });
    log('warn', 'a\nb', errorDetails(new HalError('failed', 'x', { cause: new Error('y') })));
    log('info', 'long', { text: 'x'.repeat(100_000) });
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'warn',
      vmi: 'ns/vm',
      error: { code: 'failed', message: 'x' },
      cause: { error: { message: 'y' } },
    });
    expect(JSON.parse(lines[1]!)).toMatchObject({ message: 'long', truncated: expect.any(Number) });
  });
});
