import { join } from 'node:path';
import { parseMachineSpec } from '@virtkit/hal';
import { createKvmQemuHypervisor, probeKvm } from '@virtkit/hal-kvm-qemu';

/** Runs a machine until its guest switches it off. `folder` must have a short path: it will hold unix sockets. */
export async function runOnce(folder: string, specification: unknown, signal: AbortSignal): Promise<string> {
  const spec = parseMachineSpec(specification, 'kvm-qemu');
  const kvm = await probeKvm({ signal }); // measures: a device that opens is not enough
  await using hypervisor = await createKvmQemuHypervisor({
    stateDir: join(folder, 'state'),
    runDir: join(folder, 'run'),
    hardwareVirtualization:
      kvm.state === 'usable' ? { state: 'usable' } : { state: 'unusable', reason: kvm.reason },
  });
  const events = hypervisor.events({ signal });
  const machine = await hypervisor.define(spec, { signal });
  try {
    await machine.start({ signal });
    for await (const _hint of events) {
      const { state } = await machine.observe({ signal });
      if (state.kind === 'stopped') return state.reason;
    }
    return 'given up';
  } finally {
    await machine.undefine();
    await hypervisor.stopDaemon();
  }
}
