import { resources, type VirtualMachineInstance } from '@virtkit/core-types';
import { HalError, parseMachineSpec } from '@virtkit/hal';
import { renderDomain, standInContext } from '@virtkit/hal-kvm-qemu';
import { machineConfiguration, PlanError, planMachine, type MachineFacts } from '@virtkit/machine-plan';
import { randomDocument, seededRandom } from '@virtkit/testing/documents';
import { expect, it } from 'vitest';
import { uid, uuid } from './row.ts';

const names = ['a', 'b', 'c', 'default'];
const image = { path: '/image', format: 'raw', directIo: true } as const;
const facts: MachineFacts = {
  images: Object.fromEntries(names.map((name) => [name, image])),
  interfaces: Object.fromEntries(
    names.map((name) => [name, { backend: { kind: 'tap', device: 'tap0' } } as const]),
  ),
  hardwareVirtualization: { state: 'usable' },
  kernelBoot: { path: '/kernel', initrdPath: '/initrd' },
  devices: { pci: {}, mediated: {}, usb: {}, networks: { a: '0000:01:00.0' }, claims: {} },
  hostCpus: [0, 1, 2, 3],
  hostNodes: [
    {
      id: 0,
      cores: [
        [0, 1],
        [2, 3],
      ],
      distances: [],
    },
  ],
};

/** An instance that fits its schema, with what no instance is without. */
function anyInstance(seed: number): VirtualMachineInstance {
  const instance = randomDocument(resources.virtualMachineInstances.schema!, seededRandom(seed), {
    density: (seed % 9) / 20,
  }) as VirtualMachineInstance;
  instance.metadata = { ...instance.metadata, uid, name: 'any', namespace: 'default' };
  instance.spec.domain.memory ??= { guest: '64Mi' };
  instance.spec.domain.firmware = { ...instance.spec.domain.firmware, uuid };
  return instance;
}

it('any instance that fits its schema becomes a domain, or an error that names what is wrong', () => {
  const outcomes = { planned: 0, refused: 0 };
  for (let seed = 0; seed < 3_000; seed += 1) {
    const instance = anyInstance(seed);
    const before = JSON.stringify(instance);
    try {
      const spec = planMachine(instance, facts, machineConfiguration());
      expect(parseMachineSpec(structuredClone(spec), 'kvm-qemu')).toEqual(spec);
      expect(planMachine(instance, facts, machineConfiguration())).toEqual(spec);
      const context = standInContext(spec, { directory: '/m' });
      expect(renderDomain(spec, context)).toBe(renderDomain(spec, context));
      outcomes.planned += 1;
    } catch (error) {
      if (!(error instanceof PlanError || error instanceof HalError))
        throw new Error(`seed ${seed}`, { cause: error });
      outcomes.refused += 1;
    }
    expect(JSON.stringify(instance)).toBe(before);
  }
  expect(Math.min(outcomes.planned, outcomes.refused)).toBeGreaterThan(300);
});
