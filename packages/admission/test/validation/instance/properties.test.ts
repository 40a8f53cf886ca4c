import { labelRequirements, VirtualMachineInstanceSpecSchema } from '@virtkit/core-types';
import { randomDocument, seededRandom } from '@virtkit/testing/documents';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterConfiguration, instanceFindings } from '../../../src/index.ts';
import { labelSelectorFaults } from '../../../src/validation/label-selector.ts';
import { anyLabelSelector, anySpecParts } from '../../support/arbitrary-parts.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { cluster, specOf } from '../../support/instance-sides.ts';

/** Fields that KubeVirt reports without the path of the spec. */
const rootless = new Set(['nameservers', 'searchDomains', 'options']);

/** The topics in KubeVirt's order, each with the ids of its rules. */
const topics = [
  /^VMI-0([0-2]\d|3[0-6])$|^VK-CPU$/,
  /^AFF-/,
  /^TSC-/,
  /^NET-/,
  /^DRA-/,
  /^BOOT-/,
  /^VMI-0(3[7-9]|4[0-4])$/,
  /^DSK-/,
  /^FW-/,
  /^VOL-|^VK-VOL/,
  /^ACC-/,
  /^DNS-/,
  /^VMI-04[5-7]$/,
  /^GRC-/,
  /^VMI-04[89]$/,
  /^LSC-/,
  /^VMI-0(5\d|60)$/,
];

const permittedHostDevices = {
  pciHostDevices: [
    { resourceName: 'grace', pciVendorSelector: '10DE:2342' },
    { resourceName: 'nvidia', pciVendorSelector: '0x10de:*' },
    { resourceName: 'nic', pciVendorSelector: '' },
  ],
};
const anyConfiguration = fc.constantFrom(
  clusterConfiguration(),
  cluster({ vmRolloutStrategy: 'Stage', emulatedMachines: ['[', '*'] }, 'arm64'),
  cluster({ permittedHostDevices }, 's390x'),
  cluster({
    permittedHostDevices,
    developerConfiguration: { featureGates: ['GraceIOVirtualization', 'WorkloadEncryptionTDX'] },
  }),
);

/** Telling specs of our own, and any others that fit the schema. Frozen, so that a rule which changes its input throws. */
const anySpec = fc
  .oneof(
    anySpecParts.map(specOf),
    fc
      .record({ seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }), density: fc.constantFrom(0.05, 0.2, 0.5) })
      .map(({ seed, density }) =>
        VirtualMachineInstanceSpecSchema.parse(
          randomDocument(VirtualMachineInstanceSpecSchema, seededRandom(seed), { density }),
        ),
      ),
  )
  .map(deepFreeze);
const runs = { numRuns: 500 };

describe('on any spec that fits its schema', () => {
  test('the parts of the arbitrary fit it', () => {
    fc.assert(
      fc.property(anySpecParts, (parts) => {
        expect(VirtualMachineInstanceSpecSchema.safeParse(specOf(parts)).error).toBeUndefined();
      }),
    );
  });

  test('the rules answer, always the same, at a field and with a message', () => {
    fc.assert(
      fc.property(anySpec, anyConfiguration, (spec, configuration) => {
        const findings = instanceFindings({ spec, root: 'S', configuration });
        expect(instanceFindings({ spec: structuredClone(spec), root: 'S', configuration })).toEqual(findings);
        for (const { field, message, reason } of findings) {
          expect(message).not.toBe('');
          expect(reason).toBeDefined();
          expect(rootless.has(field ?? '') || /^S([.[]|$)/.test(field ?? '')).toBe(true);
        }
      }),
      runs,
    );
  });

  test('topics answer in order', () => {
    fc.assert(
      fc.property(anySpec, anyConfiguration, (spec, configuration) => {
        const findings = instanceFindings({ spec, root: 'S', configuration });
        const order = findings.map(({ rule }) => topics.findIndex((topic) => topic.test(rule)));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(order).not.toContain(-1);
      }),
      runs,
    );
  });
});

test('a label selector without faults is one that can be evaluated, and no other', () => {
  fc.assert(
    fc.property(anyLabelSelector, (selector) => {
      const faults = Array.from(labelSelectorFaults(selector, 'S'));
      if (faults.length === 0) expect(labelRequirements(selector)).toBeDefined();
      else expect(() => labelRequirements(selector)).toThrow(/label selector/);
    }),
    runs,
  );
});
