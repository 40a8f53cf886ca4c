import type { ACPI, Volume } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from '../../../src/validation/glob.ts';
import { cluster, inDomain, testInstanceSides } from '../../support/instance-sides.ts';

const machine = (type: string, architecture?: string) => ({
  domain: { machine: { type } },
  ...(architecture === undefined ? {} : { architecture }),
});

testInstanceSides('machine type', [
  {
    id: 'VMI-011',
    refuses: machine('pc-i440fx-9.0'),
    accepts: machine('pc-q35-9.0'),
    reason: 'I',
    fields: ['S.domain.machine.type'],
  },
  {
    id: 'VMI-011',
    refuses: machine('q35', 'arm64'),
    accepts: machine('virt-9.0', 'arm64'),
    reason: 'I',
    fields: ['S.domain.machine.type'],
  },
  {
    // The patterns for all architectures win over those of one.
    id: 'VMI-011',
    refuses: { parts: machine('q35'), configuration: cluster({ emulatedMachines: ['pc-?[3-5]*'] }) },
    accepts: { parts: machine('pc-q35'), configuration: cluster({ emulatedMachines: ['pc-?[3-5]*'] }) },
    reason: 'I',
    fields: ['S.domain.machine.type'],
  },
  {
    id: 'VMI-011',
    refuses: machine('s390-ccw-virtio'),
    accepts: machine(''),
    reason: 'I',
    fields: ['S.domain.machine.type'],
  },
]);

describe('shell patterns', () => {
  test.each([
    ['q35', 'q35*', true],
    ['pc-q35-9.0', '*q*.?', true],
    ['pc-q35-9.0', '*q*.', false],
    ['virt', 'vi[q-s]t', true],
    ['virt', 'vi[^q-s]t', false],
    ['virt', 'vi[!a-c]t', true],
    ['a-b', 'a[a-]b', true],
    ['a]b', 'a[]]b', true],
    ['a*b', String.raw`a\*b`, true],
    ['axb', String.raw`a\*b`, false],
    ['a.b', 'a+b', false],
    ['virt', 'virt[', false],
    ['virt', 'virt[a-', false],
    ['virt', 'virt\\', false],
    ['', '*', true],
    ['', '?', false],
    ['💾', '?', true],
  ])('%s against %s', (text, pattern, whether) => {
    expect(matchesGlob(text, pattern)).toBe(whether);
  });

  test('a pattern that backtracking would despair of is decided', () => {
    expect(matchesGlob('a'.repeat(2000), `${'*a'.repeat(100)}b`)).toBe(false);
  });
});

const acpi = (tables: ACPI, volumes: Volume[]) => ({ ...inDomain({ firmware: { acpi: tables } }), volumes });
const secret: Volume = { name: 'licence', secret: { secretName: 'slic' } };
const claim: Volume = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };

testInstanceSides('firmware tables', [
  {
    id: 'VMI-012',
    refuses: acpi({}, [secret]),
    accepts: acpi({ slicNameRef: 'licence' }, [secret]),
    reason: 'I',
    fields: ['S.acpi'],
  },
  {
    id: 'VMI-013',
    refuses: acpi({ slicNameRef: 'data', msdmNameRef: 'data' }, [secret, claim]),
    accepts: acpi({ slicNameRef: 'licence', msdmNameRef: 'licence' }, [secret, claim]),
    reason: 'I',
    fields: ['S.acpi.slicNameRef', 'S.acpi.msdmNameRef'],
  },
  {
    id: 'VMI-014',
    refuses: acpi({ msdmNameRef: 'licence' }, [claim]),
    accepts: acpi({ msdmNameRef: 'licence' }, [claim, secret]),
    reason: 'I',
    fields: ['S.acpi.msdmNameRef'],
  },
]);
