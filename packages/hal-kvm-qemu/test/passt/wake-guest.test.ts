import { expect, it } from 'vitest';
import { guestProbe } from '../../src/passt/wake-guest.ts';

it('asks who has the address, in one frame behind its length', () => {
  const probe = guestProbe('10.244.0.5');
  expect(probe.readUInt32BE()).toBe(42);
  expect(probe.subarray(4).toString('hex')).toBe(
    'ffffffffffff' +
      '020000000000' +
      '0806' +
      '0001080006040001' +
      '020000000000' +
      '00000000' +
      '000000000000' +
      '0af40005',
  );
  expect(() => guestProbe('fd44::5')).toThrow(RangeError);
});
