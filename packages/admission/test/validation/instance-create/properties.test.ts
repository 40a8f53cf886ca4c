import { VirtualMachineInstanceSpecSchema } from '@virtkit/core-types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceCreateFindings, instanceFindings } from '../../../src/index.ts';
import { anyCreation } from '../../support/arbitrary-hardware.ts';
import { creationOf } from '../../support/creation-sides.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { specOf } from '../../support/instance-sides.ts';

const runs = { numRuns: 1000 };

/** What comes before the spec as a whole, and after it. */
const before = [/^FG-/, /^NETC-/, /^NET-/, /^VOL-22$/, /^VOL-23$/, /^DSK-/];
const after = [/^VMIC-[1-4]$/, /^VMIC-5$/, /^META-|^VK-HYPERVISOR$/, /^GRCA-/, /^HYP-/, /^ARCH-/];

describe('on any new instance that fits its schema', () => {
  test('the arbitrary fits it', () => {
    fc.assert(
      fc.property(anyCreation, ({ parts = {} }) => {
        expect(VirtualMachineInstanceSpecSchema.safeParse(specOf(parts)).error).toBeUndefined();
      }),
    );
  });

  test('the rules answer, always the same, with a reason and a message', () => {
    fc.assert(
      fc.property(anyCreation, (parts) => {
        const creation = creationOf(parts);
        const findings = instanceCreateFindings({ ...creation, spec: deepFreeze(creation.spec) });
        expect(instanceCreateFindings(structuredClone(creation))).toEqual(findings);
        for (const { rule, field, message, reason } of findings) {
          expect(message).not.toBe('');
          expect(reason).toBeDefined();
          if (field === undefined) expect(['FG-1', 'VMIC-5']).toContain(rule);
        }
      }),
      runs,
    );
  });

  test('the spec is judged as it is in a machine, between what is judged before and after', () => {
    fc.assert(
      fc.property(anyCreation, (parts) => {
        const creation = creationOf(parts);
        const findings = instanceCreateFindings(creation);
        const ofSpec = instanceFindings({ ...creation, root: 'spec' });
        const early = ofSpec.filter(({ rule }) => before.some((topic) => topic.test(rule)));
        const start = findings.filter(({ rule }) => /^FG-|^NETC-/.test(rule)).length + early.length;
        expect(findings.slice(start, start + ofSpec.length)).toEqual(ofSpec);
        const groups = [
          ...findings.slice(0, start).map(({ rule }) => before.findIndex((topic) => topic.test(rule))),
          ...findings
            .slice(start + ofSpec.length)
            .map(({ rule }) => before.length + after.findIndex((topic) => topic.test(rule))),
        ];
        expect(groups).toEqual(groups.toSorted((a, b) => a - b));
        expect(groups).not.toContain(-1);
      }),
      runs,
    );
  });
});
