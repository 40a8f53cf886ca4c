import type { PersistentVolumeClaim, VirtualMachine, Volume } from '@virtkit/core-types';
import { isDeleted, waitFor } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import type { Cluster } from './cluster.ts';
import { patience } from './machines.ts';

/** Creates a claim of the default class. */
export async function createClaim(cluster: Cluster, name: string, size: string): Promise<void> {
  await cluster.client.persistentVolumeClaims.create({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
  });
}

/** Adds a disk on a volume of this source, after those that are there. */
export function withDisk(machine: VirtualMachine, source: Omit<Volume, 'name'>): VirtualMachine {
  const spec = machine.spec.template.spec!;
  spec.domain.devices.disks?.push({ name: 'data', disk: { bus: 'virtio' } });
  spec.volumes?.push({ name: 'data', ...source });
  return machine;
}

/** The claim once it is bound. */
export async function bound(cluster: Cluster, name: string): Promise<PersistentVolumeClaim> {
  const claim = await waitFor(
    cluster.client.persistentVolumeClaims,
    name,
    (one) => one?.status?.phase === 'Bound',
    { timeoutSeconds: patience },
  );
  return claim!;
}

/** Waits until a claim and its volume are gone. */
export async function claimGone(cluster: Cluster, name: string, volume: string): Promise<void> {
  const { persistentVolumeClaims, persistentVolumes } = cluster.client;
  await waitFor(persistentVolumeClaims, name, isDeleted, { timeoutSeconds: patience });
  await waitFor(persistentVolumes, volume, isDeleted, { timeoutSeconds: patience });
}

/** Waits until an instance says this about why it is not in line with its spec. */
export async function unsynchronized(cluster: Cluster, name: string, words: RegExp): Promise<void> {
  await waitUntil(
    `instance ${name} says ${String(words)}`,
    async () => {
      const { status } = await cluster.client.virtualMachineInstances.get(name);
      const condition = status?.conditions?.find(({ type }) => type === 'Synchronized');
      return condition?.status === 'False' && words.test(condition.message ?? '');
    },
    { timeoutMs: patience * 1000 },
  );
}
