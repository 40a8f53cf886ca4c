import { InterfaceSchema } from '@virtkit/hal';
import { describe, expect, it } from 'vitest';
import { isPasst, passtArguments, type PasstBackend } from '../../src/passt/arguments.ts';

const files = { log: '/l', pid: '/p' };

function argumentsFor(backend: Partial<PasstBackend>, mtu?: number): string[] {
  const nic = InterfaceSchema.parse({
    id: 'default',
    model: 'virtio',
    mac: '02:00:00:00:00:01',
    ...(mtu !== undefined && { mtu }),
    backend: { kind: 'passt', device: 'eth0', ...backend },
  });
  if (!isPasst(nic)) throw new Error('it is no interface of passt');
  return passtArguments(nic, files);
}

const always = [
  ...['--foreground', '--fd', '3', '--interface', 'eth0', '--no-map-gw'],
  ...['--log-file', '/l', '--pid', '/p'],
];
const range = (start: number, end?: number, exclude = false) => ({
  start,
  ...(end !== undefined && { end }),
  exclude,
});

describe("passt's arguments", () => {
  it('let nothing in that nobody asked for', () => {
    expect(argumentsFor({})).toEqual(always);
  });

  it('tell the MTU', () => {
    expect(argumentsFor({}, 1400).join(' ')).toContain('--no-map-gw --mtu 1400 --log-file');
  });

  it.each<[string, PasstBackend['forwards'], string[]]>([
    [
      'all of both protocols',
      [
        { protocol: 'tcp', ranges: [] },
        { protocol: 'udp', ranges: [] },
      ],
      ['--tcp-ports', 'all', '--udp-ports', 'all'],
    ],
    [
      'ports and ranges, each for itself and once',
      [{ protocol: 'tcp', ranges: [range(80), range(8000, 8010), range(80)] }],
      ['--tcp-ports', '80', '--tcp-ports', '8000-8010'],
    ],
    [
      'all but some',
      [{ protocol: 'udp', ranges: [range(15000, undefined, true), range(15006, 15009, true)] }],
      ['--udp-ports', '~15000,~15006-15009'],
    ],
  ])('let in %s', (_what, forwards, expected) => {
    expect(argumentsFor({ forwards }).slice(always.length)).toEqual(expected);
  });
});
