import { describe, expect, it } from 'vitest';
import { readFlags } from '../src/flags.ts';

const image = ['--launcher-image', 'launcher:1'];

describe('the command line', () => {
  it.each([
    [
      '--port 8443 -v 2',
      { 'launcher-image': 'launcher:1', port: 8443, v: 2, 'leader-elect-renew-deadline': 10_000 },
    ],
    ['--metrics-address 127.0.0.1:80', { 'metrics-address': { host: '127.0.0.1', port: 80 } }],
    ['--metrics-address [::1]:0', { 'metrics-address': { host: '::1', port: 0 } }],
    ['--metrics-address :8080', { 'metrics-address': { host: '0.0.0.0', port: 8080 } }],
    ['--vm-controller-threads 5', { 'vm-controller-threads': 5 }],
    ['--leader-elect', { 'leader-elect': true }],
    ['--no-leader-elect --root-less', { 'leader-elect': false }],
  ])('%s', (given, flags) => {
    expect(readFlags([...image, ...given.split(' ')])).toMatchObject({ kind: 'run', flags });
  });

  it.each([
    [[], /^--launcher-image is missing$/],
    [[...image, '--unknown'], /'--unknown'/],
    [[...image, '--namespace'], /'--namespace <value>'/],
    [[...image, '--port', '65536'], /^--port must be a whole number from 0 to 65535$/],
    [[...image, '--metrics-address', '::1'], /^--metrics-address must be HOST:PORT$/],
    [[...image, '--metrics-address', ':99999'], /^--metrics-address must be a whole number/],
    [[...image, '--rs-controller-threads', '0'], /^--rs-controller-threads must be a whole number/],
    [['--leader-elect-retry-period', 'soon'], /^--launcher-image .*\n--leader-elect-retry-period must/],
  ])('%j is wrong', (args, problem) => {
    expect(readFlags(args)).toEqual({ kind: 'wrong', problem: expect.stringMatching(problem) as string });
  });

  it('asks for help', () => expect(readFlags(['--help'])).toEqual({ kind: 'help' }));
});
