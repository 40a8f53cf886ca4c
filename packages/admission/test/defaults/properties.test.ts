import {
  VirtualMachineCloneSchema,
  VirtualMachineInstanceMigrationSchema,
  VirtualMachineInstancePresetSchema,
  VirtualMachineInstanceSchema,
  VirtualMachinePreferenceSpecSchema,
  VirtualMachineSchema,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyPresets,
  clusterConfiguration,
  defaultClone,
  defaultInstance,
  defaultInstanceSpec,
  defaultMigration,
  defaultVirtualMachine,
  newInstanceOf,
} from '../../src/index.ts';
import { anyInstanceSpec } from '../support/arbitrary-spec.ts';
import { configuration, stageRollout } from '../support/configuration.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import { configured } from '../support/kubevirts.ts';
import { documents } from '../support/random-documents.ts';

const anyConfiguration = fc.constantFrom(
  configuration,
  stageRollout,
  clusterConfiguration(undefined, { architecture: 'arm64' }),
  clusterConfiguration(undefined, { architecture: 's390x' }),
  configured({ cpuRequest: '200m', cpuModel: 'Haswell', liveUpdateConfiguration: { maxCpuSockets: 4 } }),
  configured({ developerConfiguration: { featureGates: ['Root', 'AlignCPUs'] } }),
);
const uuids = () => {
  let last = 0;
  return () => `uuid-${(last += 1)}`;
};
const instanceInput = (at: typeof configuration) => ({
  configuration: at,
  uuid: uuids(),
  now: '2026-01-01T00:00:00Z',
  trusted: true,
});

/** Sparse but telling specs of our own, and any others. */
const anyInstance: fc.Arbitrary<VirtualMachineInstance> = fc.oneof(
  documents(VirtualMachineInstanceSchema),
  anyInstanceSpec.map((spec) => deepFreeze({ metadata: { name: 'any' }, spec })),
);
const anyMachine: fc.Arbitrary<VirtualMachine> = fc.oneof(
  documents(VirtualMachineSchema),
  anyInstanceSpec.map((spec) => deepFreeze({ metadata: { name: 'any' }, spec: { template: { spec } } })),
);
const runs = { numRuns: 400 };

describe('on any object that fits its schema', () => {
  test('the defaults of an instance are a fixed point, change no input and fit the schema', () => {
    fc.assert(
      fc.property(anyInstance, anyConfiguration, (instance, at) => {
        const once = defaultInstance(instance, instanceInput(at));
        if (!once.ok) return;
        expect(defaultInstance(deepFreeze(once.object), instanceInput(at))).toEqual(once);
        expect(VirtualMachineInstanceSchema.safeParse(once.object).error).toBeUndefined();
      }),
      runs,
    );
  });

  test('the spec defaults are a fixed point and change no input', () => {
    fc.assert(
      fc.property(anyInstance, anyConfiguration, ({ spec }, at) => {
        const once = defaultInstanceSpec(spec, at);
        expect(defaultInstanceSpec(deepFreeze(once), at)).toEqual(once);
      }),
      runs,
    );
  });

  test('the defaults of a machine are a fixed point, change no input and fit the schema', () => {
    const preference = fc.option(documents(VirtualMachinePreferenceSpecSchema), { nil: undefined });
    fc.assert(
      fc.property(anyMachine, anyConfiguration, fc.boolean(), preference, (machine, at, creating, wished) => {
        const input = { configuration: at, creating, preference: wished };
        const once = defaultVirtualMachine(machine, { ...input, uuid: uuids() });
        expect(defaultVirtualMachine(deepFreeze(once), { ...input, uuid: () => 'other' })).toEqual(once);
        expect(VirtualMachineSchema.safeParse(once).error).toBeUndefined();
      }),
      runs,
    );
  });

  test('a start of a machine changes no input', () => {
    fc.assert(
      fc.property(anyMachine, anyConfiguration, (machine, at) => {
        const built = newInstanceOf(machine, { configuration: at, revisionName: 'revision' });
        if (!built.ok) expect(built.findings).not.toEqual([]);
        else expect(built.instance.metadata.name).toBe(machine.metadata.name);
      }),
      runs,
    );
  });

  test('presets change no input, and applying them twice is applying them once', () => {
    const presets = fc.array(documents(VirtualMachineInstancePresetSchema), { maxLength: 3 });
    fc.assert(
      fc.property(anyInstance, presets, (instance, given) => {
        const once = applyPresets(instance, given);
        if (once.ok) expect(applyPresets(deepFreeze(once.object), given)).toEqual(once);
      }),
      runs,
    );
  });

  test('the defaults of migrations and clones are fixed points and change no input', () => {
    fc.assert(
      fc.property(documents(VirtualMachineInstanceMigrationSchema), (migration) => {
        const once = defaultMigration(migration);
        expect(defaultMigration(deepFreeze(once))).toEqual(once);
      }),
    );
    fc.assert(
      fc.property(documents(VirtualMachineCloneSchema), (clone) => {
        const once = defaultClone(clone, () => 'ab1cd');
        expect(defaultClone(deepFreeze(once), () => 'other')).toEqual(once);
      }),
    );
  });
});
