import { describe, expect, it } from 'vitest';
import { readFlags } from '../src/flags.ts';

describe('the command line', () => {
  it.each([
    ['--port 8443 -v 2', { port: 8443, 'webhook-port': 8444, v: 2, 'leader-elect-lease-duration': 15_000 }],
    ['--namespace kv --listen ::1', { namespace: 'kv', listen: '::1', v: 2 }],
    ['--no-supervised', { supervised: false }],
  ])('%s', (given, flags) => {
    expect(readFlags(given.split(' '))).toMatchObject({ kind: 'run', flags });
  });

  it.each([
    [['--unknown'], /'--unknown'/],
    [['positional'], /'positional'/],
    [['--webhook-port'], /'--webhook-port <value>'/],
    [['--port', 'x'], /^--port must be a whole number from 0 to 65535$/],
    [['--namespace', ''], /^--namespace must not be empty$/],
    [['--port', 'x', '--leader-elect-retry-period', 'soon'], /^--port .*\n--leader-elect-retry-period must/],
  ])('%j is wrong', (args, problem) => {
    expect(readFlags(args)).toEqual({ kind: 'wrong', problem: expect.stringMatching(problem) as string });
  });

  it('asks for help', () => expect(readFlags(['--help'])).toEqual({ kind: 'help' }));
});
