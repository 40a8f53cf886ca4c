import { describe, expect, it } from 'vitest';
import { HalError } from '@virtkit/hal';
import { decideAcceleration } from '../src/acceleration.ts';

describe('what runs guest code', () => {
  it.each([
    ['emulation', 'usable', 'qemu'],
    ['hardware', 'usable', 'kvm'],
    ['prefer-hardware', 'usable', 'kvm'],
    ['prefer-hardware', 'unusable', 'qemu'],
    ['prefer-hardware', 'absent', 'qemu'],
  ] as const)('%s where hardware is %s: %s', (wanted, state, expected) => {
    expect(decideAcceleration(wanted, { state })).toBe(expected);
  });

  it('carries the reason of the probe when hardware is demanded', () => {
    const decide = () =>
      decideAcceleration('hardware', { state: 'unusable', reason: 'guest loop at 0.0002 of the host' });
    expect(decide).toThrow(HalError);
    expect(decide).toThrow(
      expect.objectContaining({ code: 'hypervisor-unavailable', field: '/acceleration' }),
    );
    expect(decide).toThrow(/0\.0002/);
  });
});
