import { describe, expect, it } from 'vitest';
import { dnsmasqArguments, netmask } from '../src/dhcp/dnsmasq-arguments.ts';
import { LauncherError } from '../src/errors.ts';
import { exitCodeOf, exitCodes } from '../src/exit-codes.ts';
import { judgeImage } from '../src/facts/image-info.ts';
import { parseFlags } from '../src/flags.ts';
import { terminationStep } from '../src/lifecycle/termination.ts';
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

describe('dnsmasqArguments', () => {
  const description = {
    bridge: 'k6t-eth0',
    gateway: '10.0.2.1',
    prefix: 24,
    guestAddress: '10.0.2.2',
    mac: '02:00:00:00:00:01',
    mtu: 1450,
    hostname: 'vm',
    dns: ['10.96.0.10', '1.1.1.1'],
    searchDomains: ['default.svc.cluster.local', 'cluster.local'],
    foreignNetwork: false,
    routes: [],
    options: { ntpServers: [], privateOptions: [] },
  };
  const files = { leases: '/l', pid: '/p' };

  it('gives the client what KubeVirt gives it', () => {
    expect(dnsmasqArguments(description, files, false)).toEqual(
      expect.arrayContaining([
        '--port=0',
        '--interface=k6t-eth0',
        '--dhcp-range=10.0.2.2,10.0.2.2,255.255.255.0,23976h',
        '--dhcp-host=02:00:00:00:00:01,id:*,10.0.2.2,vm,23976h',
        '--dhcp-option-force=option:router,10.0.2.1',
        '--dhcp-option-force=option:mtu,1450',
        '--dhcp-option-force=option:dns-server,10.96.0.10,1.1.1.1',
        '--dhcp-option-force=option:domain-search,default.svc.cluster.local,cluster.local',
        '--dhcp-option-force=option:domain-name,default.svc.cluster.local',
      ]),
    );
  });

  it('leaves out what is not there, and stays root where it is root', () => {
    const args = dnsmasqArguments({ ...description, dns: [], searchDomains: [] }, files, true);
    expect(args.filter((arg) => /dns-server|domain/.test(arg))).toEqual([]);
    expect(args).toContain('--user=root');
  });

  it.each([
    [1, '128.0.0.0'],
    [8, '255.0.0.0'],
    [24, '255.255.255.0'],
    [31, '255.255.255.254'],
  ])('netmask of /%i', (prefix, mask) => {
    expect(netmask(prefix)).toBe(mask);
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
