import { parseMachineSpec, type MachineSpecInput } from '@virtkit/hal';
import { createMockHypervisor, MockHost, StepScheduler } from '@virtkit/hal-mock';

/** A guest that panics three seconds after its start, without waiting three seconds. */
export async function panicAtOnce(machineSpec: MachineSpecInput) {
  const time = new StepScheduler();
  const host = new MockHost({
    scheduler: time,
    behaviour: { agentAfterMs: 500, incidents: [{ afterMs: 3000, kind: 'panic' }] },
  });
  host.faults.inject({ operation: 'start', code: 'insufficient-resources' }); // the first start fails

  await using hypervisor = await createMockHypervisor({ host });
  const machine = await hypervisor.define(parseMachineSpec(machineSpec, 'mock'));
  const [first] = await Promise.allSettled([machine.start()]);
  await machine.start();
  time.advance(500);
  const { guestAgent } = await machine.observe();
  time.advance(2500);
  const { state } = await machine.observe();
  return { firstStart: first.status, agentAnswered: guestAgent.connected, state };
}
