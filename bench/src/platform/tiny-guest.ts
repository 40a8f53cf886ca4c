import type { VirtualMachineInstance } from '@virtkit/core-types';
import { hasPhase, virtualMachineInstance, waitFor } from '@virtkit/sdk';
import { guestDisk } from './checkout.ts';
import type { SeparatePrograms } from './separate-programs.ts';

export const namespace = 'default';
const image = 'virtkit.dev/tiny-guest:1';
const patienceSeconds = 90;

/** Memory of the small guest, in MiB. */
const guestMemoryMiB = 192;

/** Puts the small guest's disk into a platform's image store. @throws BenchError `missing-requirement` */
export async function storeTinyGuest(platform: SeparatePrograms): Promise<void> {
  await platform.virtkit('image', 'make-disk', await guestDisk(), image);
}

/** A run of the small guest on KVM/QEMU, with the Pod's network and little enough CPU asked for that ten fit anywhere. */
export function tinyGuest(name: string): VirtualMachineInstance {
  const instance = virtualMachineInstance({
    name,
    memory: `${guestMemoryMiB}Mi`,
    containerDisk: image,
    hypervisor: 'kvm-qemu',
    terminationGracePeriodSeconds: 0,
  });
  instance.spec.domain.resources = { requests: { cpu: '1m' } };
  return instance;
}

/** Waits until the instance runs. @throws ApiError `timeout` */
export async function untilRuns(
  { client }: SeparatePrograms,
  name: string,
  signal: AbortSignal,
): Promise<VirtualMachineInstance> {
  const over = hasPhase('Running', 'Failed', 'Succeeded');
  const options = { namespace, signal, timeoutSeconds: patienceSeconds };
  await waitFor(client.virtualMachineInstances, name, (object) => over(object), options);
  return client.virtualMachineInstances.get(name, { namespace, signal });
}
