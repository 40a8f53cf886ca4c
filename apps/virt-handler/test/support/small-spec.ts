import { parseMachineSpec } from '@virtkit/hal';

/** A machine that needs nothing from the host. */
export const smallSpec = parseMachineSpec(
  {
    version: 1,
    id: 'small',
    name: 'default_small',
    architecture: 'x86_64',
    acceleration: 'prefer-hardware',
    cpu: { sockets: 1, cores: 1, threads: 1, model: { kind: 'default' } },
    memory: { sizeBytes: 64 * 1024 * 1024 },
    firmware: { uuid: '5d307ca9-b3ef-428c-8861-06e72d69f223' },
    disks: [],
    interfaces: [],
    serialConsole: {},
  },
  'mock',
);
