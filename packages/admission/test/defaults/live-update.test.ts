import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { memoryLiveUpdateFault } from '../../src/index.ts';

type Spec = VirtualMachineInstanceSpec;

/** A spec whose memory can grow. */
const growing = (): Spec => ({
  architecture: 'amd64',
  domain: { devices: {}, cpu: {}, memory: { guest: '1Gi', maxGuest: '4Gi' } },
});
const changed = (change: (spec: Spec) => void): Spec => {
  const spec = growing();
  change(spec);
  return spec;
};
const memory = (guest: string | undefined, maxGuest: string | undefined, pageSize?: string) =>
  changed(({ domain }) => {
    domain.memory = { guest, maxGuest, ...(pageSize && { hugepages: { pageSize } }) };
  });

interface Row {
  readonly id: string;
  readonly refuses: Spec;
  readonly accepts: Spec;
}

const rows: readonly Row[] = [
  {
    id: 'LUM-1',
    refuses: changed(({ domain }) => void (domain.cpu = { realtime: {} })),
    accepts: changed(({ domain }) => void (domain.cpu = { dedicatedCpuPlacement: true })),
  },
  {
    id: 'LUM-2',
    refuses: changed(({ domain }) => void (domain.cpu = { numa: { guestMappingPassthrough: {} } })),
    accepts: changed(({ domain }) => void (domain.cpu = { numa: {} })),
  },
  {
    id: 'LUM-3',
    refuses: changed(({ domain }) => void (domain.launchSecurity = {})),
    accepts: growing(),
  },
  { id: 'LUM-4', refuses: memory(undefined, '4Gi'), accepts: memory('1Gi', '4Gi') },
  { id: 'LUM-5', refuses: memory('1Gi', undefined), accepts: memory('1Gi', '1Gi') },
  { id: 'LUM-6', refuses: memory('4098Mi', '4Gi'), accepts: memory('4Gi', '4Gi') },
  { id: 'LUM-7', refuses: memory('1025Mi', '4Gi'), accepts: memory('1026Mi', '4Gi') },
  { id: 'LUM-8', refuses: memory('1Gi', '4097Mi'), accepts: memory('1Gi', '4098Mi') },
  {
    id: 'LUM-9',
    refuses: changed((spec) => void (spec.architecture = 's390x')),
    accepts: changed((spec) => void (spec.architecture = 'amd64')),
  },
  { id: 'LUM-10', refuses: memory('1022Mi', '4Gi'), accepts: memory('1Gi', '4Gi') },
];

describe('adding memory to a running guest', () => {
  test.each(rows)('$id refuses', ({ id, refuses }) => {
    const fault = memoryLiveUpdateFault(refuses);
    expect(fault?.id).toBe(id);
    expect(fault?.message).not.toBe('');
  });

  test.each(rows)('$id accepts', ({ accepts }) => {
    expect(memoryLiveUpdateFault(accepts)).toBeUndefined();
  });

  test.each([
    ['2Gi', '4Gi', '1Gi', undefined],
    ['1536Mi', '4Gi', '1Gi', 'LUM-7'],
    ['1Gi', '1536Mi', '1Gi', 'LUM-8'],
    ['1536Mi', '4Gi', '1024Mi', undefined],
    ['1536Mi', '4Gi', '2Mi', undefined],
  ])(
    'with %s of %s in pages of %s the fault is %s: only pages of exactly 1Gi count',
    (guest, most, page, id) => {
      expect(memoryLiveUpdateFault(memory(guest, most, page))?.id).toBe(id);
    },
  );

  test('the first fault counts, and a maximum can be tried', () => {
    const spec = memory('1Gi', undefined);
    expect(memoryLiveUpdateFault(spec, '2Gi')).toBeUndefined();
    expect(memoryLiveUpdateFault({ ...spec, architecture: 'arm64' })?.id).toBe('LUM-5');
  });
});
