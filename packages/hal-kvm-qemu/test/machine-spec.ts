import { MachineSpecSchema, type MachineSpec, type MachineSpecInput } from '@virtkit/hal';

/** A small valid spec; `changes` replace whole fields. */
export function machineSpec(changes: Partial<MachineSpecInput> = {}): MachineSpec {
  return MachineSpecSchema.parse({
    version: 1,
    id: 'machine-1',
    name: 'default_machine-1',
    architecture: 'x86_64',
    acceleration: 'prefer-hardware',
    cpu: { sockets: 1, cores: 2, threads: 1, model: { kind: 'default' } },
    memory: { sizeBytes: 256 * 2 ** 20 },
    firmware: { uuid: '5d307ca9-b3ef-428c-8861-06e72d69f223', serial: 'S-1' },
    ...changes,
  });
}
