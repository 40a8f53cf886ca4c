import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlanError, planMachine, type HostNode } from '../src/index.ts';
import { configuration, facts, instance } from './instances.ts';

/** A host with this many nodes, cores a node and threads a core. */
function host(nodes: number, cores: number, threads: number): HostNode[] {
  return Array.from({ length: nodes }, (_, id) => ({
    id,
    cores: Array.from({ length: cores }, (_core, core) =>
      Array.from({ length: threads }, (_thread, thread) => (id * cores + core) * threads + thread),
    ),
    distances: [],
  }));
}

const shape = fc.record({ nodes: fc.integer({ min: 1, max: 3 }), cores: fc.integer({ min: 1, max: 4 }) });
const guest = fc.record({
  sockets: fc.integer({ min: 1, max: 3 }),
  cores: fc.integer({ min: 1, max: 4 }),
  threads: fc.integer({ min: 1, max: 2 }),
  isolateEmulatorThread: fc.boolean(),
});

describe('dedicated CPUs', () => {
  it('are of the Pod, one for each thread, and all of them or none', () => {
    fc.assert(
      fc.property(shape, guest, fc.array(fc.boolean(), { maxLength: 24 }), ({ nodes, cores }, cpu, mine) => {
        const hostNodes = host(nodes, cores, 2);
        const all = hostNodes.flatMap((node) => node.cores.flat());
        const hostCpus = all.filter((_, index) => mine[index] !== false);
        const vmi = instance((spec) => (spec.domain.cpu = { ...cpu, dedicatedCpuPlacement: true }));
        const vcpus = cpu.sockets * cpu.cores * cpu.threads;
        const needed = vcpus + (cpu.isolateEmulatorThread ? 1 : 0);
        const plan = () => planMachine(vmi, { ...facts, hostCpus, hostNodes }, configuration).cpu.pinning!;
        if (hostCpus.length < needed) {
          expect(plan).toThrow(PlanError);
          return;
        }
        const { vcpus: pinned, emulator = [] } = plan();
        const used = [...pinned.flat(), ...emulator];
        expect(used).toHaveLength(needed);
        expect(new Set(used).size).toBe(needed);
        expect(used.every((one) => hostCpus.includes(one))).toBe(true);
      }),
    );
  });

  it('keep the threads of a guest core on one host core while there are such', () => {
    fc.assert(
      fc.property(shape, ({ nodes, cores }) => {
        const hostNodes = host(nodes, cores, 2);
        const vmi = instance(
          (spec) => (spec.domain.cpu = { cores: nodes * cores, threads: 2, dedicatedCpuPlacement: true }),
        );
        const hostCpus = hostNodes.flatMap((node) => node.cores.flat());
        const { vcpus } = planMachine(vmi, { ...facts, hostCpus, hostNodes }, configuration).cpu.pinning!;
        const pinned = vcpus.flat();
        for (let core = 0; core < pinned.length; core += 2)
          expect(Math.floor(pinned[core]! / 2)).toBe(Math.floor(pinned[core + 1]! / 2));
      }),
    );
  });

  it.each([
    ['CPUs', { sockets: 2 ** 20 }],
    ['sockets to come', { sockets: 1, maxSockets: 2 ** 40 }],
  ])('an absurd number of %s is refused and not counted out', (_what, cpu) => {
    const vmi = instance((spec) => (spec.domain.cpu = cpu));
    expect(() => planMachine(vmi, facts, configuration)).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'spec.domain.cpu' }),
    );
  });
});
