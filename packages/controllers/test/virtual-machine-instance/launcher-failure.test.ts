import type { ContainerState, Pod } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { launcherFailure } from '../../src/virtual-machine-instance/launcher-failure.ts';
import { podOf } from '../builders.ts';

const ended = (terminated: Partial<ContainerState['terminated']>): Pod => ({
  ...podOf({
    phase: 'Failed',
    containerStatuses: [
      {
        name: 'compute',
        ready: false,
        restartCount: 0,
        image: '',
        imageID: '',
        state: { terminated: { exitCode: 3, reason: 'Error', ...terminated } },
      },
    ],
  }),
  metadata: { name: 'virt-launcher-vm-1', uid: 'pod' },
});
const line = (entry: object): string =>
  JSON.stringify({ time: '2026-01-01T00:00:00Z', vmi: 'ns/vm', ...entry });

describe('what is left of a failed launcher', () => {
  it('is how it ended and what it said last, as people read it', () => {
    const error = { name: 'HalError', message: 'libvirtd ended with 6', code: 'hypervisor-unavailable' };
    const message = [
      '"level":"info","message":"cut"}',
      line({ level: 'info', message: 'serving' }),
      line({ level: 'error', message: 'the launcher ends', error, cause: { error: { message: 'no room' } } }),
      'Aborted (core dumped)',
      '',
    ].join('\n');
    expect(launcherFailure(ended({ message }))).toBe(
      [
        'The launcher in pod virt-launcher-vm-1 ended with exit code 3. It said last:',
        '"level":"info","message":"cut"}',
        'serving',
        'the launcher ends: libvirtd ended with 6: no room',
        'Aborted (core dumped)',
      ].join('\n'),
    );
  });

  it('says why the kernel or the node ended it', () => {
    expect(launcherFailure(ended({ exitCode: 137, reason: 'OOMKilled' }))).toBe(
      'The launcher in pod virt-launcher-vm-1 ended with exit code 137 (OOMKilled).',
    );
  });

  it('fits into an event, with the last lines', () => {
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index} ${'é'.repeat(10)}`);
    const said = launcherFailure(ended({ message: lines.join('\n') })) ?? '';
    expect(new TextEncoder().encode(said).length).toBeLessThanOrEqual(1024);
    expect(said).toContain('line 199');
    expect(said).not.toContain('line 3 ');
    const long = launcherFailure(ended({ message: 'x'.repeat(5000) })) ?? '';
    expect(long.length).toBeLessThan(1024);
  });

  it.each([
    ['runs', podOf({ phase: 'Running' })],
    ['ended as it should', ended({ exitCode: 0, reason: 'Completed' })],
  ])('is nothing while it %s', (_, pod) => {
    expect(launcherFailure(pod)).toBeUndefined();
  });
});
