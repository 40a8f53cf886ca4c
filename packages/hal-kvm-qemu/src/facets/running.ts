import { HalError, type CallOptions } from '@virtkit/hal';
import type { KvmQemuMachine } from '../machine/machine.ts';
import type { Domain } from '../native/index.ts';

/** @throws HalError `invalid-state` unless QEMU runs for the machine. */
export async function requireRunning(
  machine: KvmQemuMachine,
  domain: Domain,
  options: CallOptions,
): Promise<void> {
  const { state } = await domain.state(options);
  if (state === 'shutoff' || state === 'crashed')
    throw new HalError('invalid-state', `${machine.name} does not run`);
}
