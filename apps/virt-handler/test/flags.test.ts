import { describe, expect, it } from 'vitest';
import { logBounds, readFlags } from '../src/flags.ts';
import { defaultBounds } from '../src/launcher-logs/kept-logs.ts';

const node = ['--hostname-override', 'n'];

describe('the command line', () => {
  it('is complete as a Pod gives it', () => {
    const given =
      '--port 8443 --hostname-override node-1 --pod-ip-address 10.1.2.3 --console-server-port 8186 --max-metric-requests 3 -v 2';
    expect(readFlags(given.split(' '))).toMatchObject({
      kind: 'run',
      flags: {
        'hostname-override': 'node-1',
        'pod-ip-address': '10.1.2.3',
        port: 8443,
        'console-server-port': 8186,
        'max-devices': 1000,
        'kubelet-root': '/var/lib/kubelet',
        'tls-cert-file': '/etc/virt-handler/servercertificates/tls.crt',
        'device-plugins': true,
        'launcher-user': expect.arrayContaining([107]) as number[],
        v: 2,
      },
    });
  });

  it.each([
    ['--v 5', { v: 5 }],
    ['--pod-ip-address ::1', { 'pod-ip-address': '::1' }],
    ['--no-device-plugins', { 'device-plugins': false }],
    ['--launcher-user 1 --launcher-user 2', { 'launcher-user': [1, 2] }],
  ])('%s', (given, flags) => {
    expect(readFlags([...node, ...given.split(' ')])).toMatchObject({ kind: 'run', flags });
  });

  it.each([
    [[], /^--hostname-override is missing$/],
    [[...node, '--unknown', 'x'], /'--unknown'/],
    [[...node, '--kubelet-root'], /'--kubelet-root <value>'/],
    [[...node, '--pod-ip-address', 'here'], /^--pod-ip-address must be an IP address$/],
    [[...node, '--kubelet-root', 'x'], /^--kubelet-root must be an absolute path$/],
    [[...node, '--port', '70000'], /^--port must be a whole number from 0 to 65535$/],
    [[...node, '--max-devices', '0'], /^--max-devices must be a whole number/],
    [[...node, '--launcher-logs', 'x'], /^--launcher-logs must be an absolute path$/],
    [[...node, '--launcher-logs-max-bytes', '1'], /^--launcher-logs-max-bytes must be a whole number/],
    [[...node, '--launcher-user', 'root'], /^--launcher-user must be a whole number/],
    [['--port', 'x'], /^--hostname-override is missing\n--port must/],
  ])('%j is wrong', (args, problem) => {
    expect(readFlags(args)).toEqual({ kind: 'wrong', problem: expect.stringMatching(problem) as string });
  });

  it('says how much is kept of launchers that failed', () => {
    const boundsOf = (...args: string[]) => {
      const line = readFlags([...node, ...args]);
      return line.kind === 'run' ? logBounds(line.flags) : line;
    };
    expect(boundsOf()).toEqual(defaultBounds);
    const given = { 'max-bytes': 2048, 'per-instance': 1, 'per-node': 2, 'max-age': 3 };
    const args = Object.entries(given).flatMap(([name, value]) => [`--launcher-logs-${name}`, String(value)]);
    expect(boundsOf(...args)).toEqual({ bytes: 2048, perInstance: 1, perNode: 2, ageMs: 3 * 86_400_000 });
  });

  it('asks for help', () => expect(readFlags(['--help'])).toEqual({ kind: 'help' }));
});
