import { describe, expect, it } from 'vitest';
import { readFlags } from '../src/flags.ts';

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(readFlags([])).toMatchObject({
      kind: 'run',
      flags: {
        port: 443,
        'tls-cert-file': '/etc/virt-api/certificates/tls.crt',
        'handler-key-file': '/etc/virt-handler/clientcertificates/tls.key',
        hypervisor: ['kvm-qemu', 'mock'],
        'shutdown-delay-seconds': 5,
        v: 2,
      },
    });
  });

  it.each([
    ['--port 8443 --console-server-port 8186 --subresources-only -v 2', { port: 8443, v: 2 }],
    ['--hypervisor mock', { hypervisor: ['mock'] }],
    ['--no-supervised', { supervised: false }],
  ])('%s', (given, flags) => {
    expect(readFlags(given.split(' '))).toMatchObject({ kind: 'run', flags });
  });

  it.each([
    [['--unknown'], /'--unknown'/],
    [['--port'], /'--port <value>'/],
    [['--port', '70000'], /^--port must be a whole number from 0 to 65535$/],
    [['--shutdown-grace-seconds', '-1'], /--shutdown-grace-seconds/],
    [['--ca-configmap-name', ''], /^--ca-configmap-name must not be empty$/],
    [['--port', 'x', '-v', 'y'], /^--port .*\n--v /],
  ])('%j is wrong', (args, problem) => {
    expect(readFlags(args)).toEqual({ kind: 'wrong', problem: expect.stringMatching(problem) as string });
  });

  it('asks for help', () => expect(readFlags(['--help'])).toEqual({ kind: 'help' }));
});
