import { HalError, parseMachineSpec, type Hypervisor } from '@virtkit/hal';

/** Runs a machine until its guest switches it off, and says what happens on the way. Works with every backend. */
export async function runToTheEnd(hypervisor: Hypervisor, specification: unknown, signal: AbortSignal) {
  const spec = parseMachineSpec(specification, hypervisor.name);
  const events = hypervisor.events({ signal }); // before the first call, so that nothing is missed
  const machine = await hypervisor.define(spec, { signal });
  try {
    await machine.start({ signal });
  } catch (error) {
    if (error instanceof HalError && error.retry === 'backoff') return 'try again later';
    throw error;
  }
  // Events are hints: whatever they say, the truth is what is observed.
  for await (const _hint of events) {
    const { state } = await machine.observe({ signal });
    if (state.kind === 'stopped') return state.reason;
  }
  return 'given up';
}
