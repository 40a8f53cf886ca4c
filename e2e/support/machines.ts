import type { VirtualMachine } from '@virtkit/core-types';
import { agentConnected, isDeleted, isRunning, virtualMachine, waitFor } from '@virtkit/sdk';
import type { VirtualMachineOptions } from '@virtkit/sdk';
import type { Cluster } from './cluster.ts';

/** How long a real guest may take to boot under software emulation on a loaded machine, in seconds. */
export const bootPatience = 150;
/** How long everything may take that boots nothing, in seconds. */
export const patience = 60;

type Overrides = Partial<VirtualMachineOptions> & { readonly name: string };

/** A machine that the mock hypervisor simulates. */
export const mockMachine = (cluster: Cluster, options: Overrides): VirtualMachine =>
  virtualMachine({
    memory: '64Mi',
    containerDisk: cluster.guestImage,
    hypervisor: 'mock',
    terminationGracePeriodSeconds: 5,
    ...options,
  });

/** A machine that boots the tiny guest for real; its web server serves `page` when one is given. */
export const realMachine = (
  cluster: Cluster,
  { page, ...options }: Overrides & { readonly page?: string },
): VirtualMachine =>
  virtualMachine({
    memory: '256Mi',
    containerDisk: cluster.guestImage,
    hypervisor: 'kvm-qemu',
    terminationGracePeriodSeconds: 10,
    ...(page === undefined
      ? {}
      : { cloudInit: `#!/bin/sh\nmkdir -p /www\necho "${page}" > /www/index.html\n` }),
    ...options,
  });

/** Creates a machine and waits until it runs; of a real guest, until its agent answers. */
export async function createRunning(cluster: Cluster, machine: VirtualMachine): Promise<void> {
  const name = machine.metadata.name ?? '';
  await cluster.client.virtualMachines.create(machine);
  await running(cluster, name);
  if (machine.spec.template.metadata?.annotations?.['virtkit.dev/hypervisor'] === 'kvm-qemu')
    await agentAnswers(cluster, name);
}

export const running = (cluster: Cluster, name: string, seconds = patience): Promise<VirtualMachine> =>
  waitFor(cluster.client.virtualMachines, name, isRunning, { timeoutSeconds: seconds });

/** Waits until the printable status of a machine is this. */
export async function status(
  cluster: Cluster,
  name: string,
  word: string,
  seconds = patience,
): Promise<void> {
  await waitFor(
    cluster.client.virtualMachines,
    name,
    (machine) => machine?.status?.printableStatus === word,
    { timeoutSeconds: seconds },
  );
}

export async function agentAnswers(cluster: Cluster, name: string): Promise<void> {
  await waitFor(cluster.client.virtualMachineInstances, name, agentConnected, {
    timeoutSeconds: bootPatience,
  });
}

/** The UID of the present run of a machine. */
export async function runOf(cluster: Cluster, name: string): Promise<string> {
  return (await cluster.client.virtualMachineInstances.get(name)).metadata.uid ?? '';
}

/** Waits until a machine runs in another run than `before`. */
export async function runsAnew(cluster: Cluster, name: string, before: string): Promise<void> {
  await waitFor(
    cluster.client.virtualMachineInstances,
    name,
    (instance) => instance?.status?.phase === 'Running' && instance.metadata.uid !== before,
    { timeoutSeconds: patience },
  );
}

/** Deletes a machine and waits until machine and run are gone. */
export async function remove(cluster: Cluster, name: string): Promise<void> {
  const { virtualMachines, virtualMachineInstances } = cluster.client;
  await virtualMachines.delete(name);
  await waitFor(virtualMachines, name, isDeleted, { timeoutSeconds: patience });
  await waitFor(virtualMachineInstances, name, isDeleted, { timeoutSeconds: patience });
}

/** The address of a machine's run; waited for, as a guest agent that just connected may say that the guest has none yet. */
export async function addressOf(cluster: Cluster, name: string): Promise<string> {
  const instance = await waitFor(
    cluster.client.virtualMachineInstances,
    name,
    (one) => one?.status?.interfaces?.[0]?.ipAddress !== undefined,
    { timeoutSeconds: patience },
  );
  return instance?.status?.interfaces?.[0]?.ipAddress ?? '';
}
