import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/index.ts';
import { probeKvm } from '../../src/node-probe/index.ts';

describe('probeKvm', () => {
  it('finds no KVM where there is no device, or another one', async () => {
    expect(await probeKvm({ device: '/nonexistent/kvm' })).toMatchObject({ state: 'absent' });
    expect(await probeKvm({ device: '/dev/null' })).toMatchObject({ state: 'absent' });
  });

  it('says how this machine does, and leaves nothing open', async () => {
    const probe = await probeKvm();
    switch (probe.state) {
      case 'usable':
        expect(probe.ratio).toBeGreaterThanOrEqual(0.2);
        break;
      case 'unusable':
        // A guest that was measured was too slow; one that did not run at all has no ratio.
        expect(probe.ratio ?? 0).toBeLessThan(0.2);
        expect(probe.reason).not.toBe('');
        break;
      case 'absent':
        expect(existsSync('/dev/kvm')).toBe(false);
        break;
      case 'forbidden':
        expect(process.getuid?.()).not.toBe(0);
        break;
      default:
        expect(probe satisfies never).toBeUndefined();
    }
    expect(loadBinding().liveHandles()).toMatchObject({ kvms: 0, vms: 0, vcpus: 0 });
  });

  it('keeps to its time limit', async () => {
    const begin = performance.now();
    const probe = await probeKvm({ iterations: 2 ** 30, timeoutMs: 20 });
    expect(['usable', 'unusable', 'absent']).toContain(probe.state);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it('refuses options out of range, and stops when aborted', async () => {
    await expect(probeKvm({ iterations: 0 })).rejects.toThrow(RangeError);
    await expect(probeKvm({ iterations: 2 ** 31 })).rejects.toThrow(RangeError);
    const reason = new Error('enough');
    await expect(probeKvm({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
