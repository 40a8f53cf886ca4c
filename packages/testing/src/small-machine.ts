import { randomUUID } from 'node:crypto';
import type { MachineSpecInput } from '@virtkit/hal';

/**
 * A machine with one of everything that needs no file: 64 MiB, 2 cores, a scratch disk of 1 MiB, one interface, console and
 * display. `overrides` replace whole fields. Every call gives another firmware UUID.
 */
export function smallMachine(overrides: Partial<MachineSpecInput> = {}): MachineSpecInput {
  return {
    version: 1,
    id: 'small',
    name: 'default_small',
    architecture: 'x86_64',
    acceleration: 'prefer-hardware',
    cpu: { sockets: 1, cores: 2, threads: 1, model: { kind: 'default' } },
    memory: { sizeBytes: 64 * 1024 * 1024 },
    firmware: { uuid: randomUUID() },
    disks: [
      { id: 'empty', device: 'disk', bus: 'virtio', source: { kind: 'scratch', sizeBytes: 1024 * 1024 } },
    ],
    interfaces: [
      { id: 'default', model: 'virtio', mac: '02:00:00:00:00:01', backend: { kind: 'tap', device: 'tap0' } },
    ],
    serialConsole: {},
    display: {},
    ...overrides,
  };
}
