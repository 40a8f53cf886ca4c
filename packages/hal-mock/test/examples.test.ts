import { createMockHypervisor } from '@virtkit/hal-mock';
import { describe, expect, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';
import { panicAtOnce } from '../examples/step-by-step.ts';
// The interface package cannot test its example itself without depending on its own backend.
import { runToTheEnd } from '../../hal/examples/watch-states.ts';

describe('examples', () => {
  it('step-by-step', async () => {
    expect(await panicAtOnce(smallMachine())).toEqual({
      firstStart: 'rejected',
      agentAnswered: true,
      state: { kind: 'stopped', reason: 'panicked' },
    });
  });

  it("the interface's watch-states", async () => {
    const behaviour = { incidents: [{ afterMs: 30, kind: 'shutdown' }] } as const;
    await using hypervisor = await createMockHypervisor({
      behaviour: { incidents: [...behaviour.incidents] },
    });
    expect(await runToTheEnd(hypervisor, smallMachine(), AbortSignal.timeout(5000))).toBe('shutdown');
  });
});
