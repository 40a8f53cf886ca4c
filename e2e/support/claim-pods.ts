import type { Pod } from '@virtkit/core-types';
import { isDeleted, waitFor } from '@virtkit/sdk';
import { createClaim } from './claims.ts';
import type { Cluster } from './cluster.ts';
import { patience } from './machines.ts';

const image = 'virtkit.dev/virt-launcher:0.1.0';

/** Makes a claim with an empty disk on it, as an import would. */
export async function createDisk(cluster: Cluster, name: string): Promise<void> {
  await createClaim(cluster, name, '64Mi');
  await onClaim(cluster, name, 'truncate --size=16M /claim/disk.img');
}

/** Runs a shell script in a Pod that has a claim at `/claim`. @returns what it said. @throws when it fails */
export async function onClaim(cluster: Cluster, claimName: string, script: string): Promise<string> {
  const { pods } = cluster.client;
  const name = `on-${claimName}`;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'script',
          image,
          command: ['sh', '-c', script],
          volumeMounts: [{ name: 'claim', mountPath: '/claim' }],
        },
      ],
      volumes: [{ name: 'claim', persistentVolumeClaim: { claimName } }],
    },
  };
  await pods.create(pod);
  const ended = await waitFor(
    pods,
    name,
    (one) => one?.status?.phase === 'Succeeded' || one?.status?.phase === 'Failed',
    { timeoutSeconds: patience },
  );
  const { stdout } = await cluster.kubectl(['logs', name]);
  if (ended?.status?.phase !== 'Succeeded')
    throw new Error(`the script on claim ${claimName} failed: ${stdout} ${JSON.stringify(ended?.status)}`);
  await pods.delete(name);
  await waitFor(pods, name, isDeleted, { timeoutSeconds: patience });
  return stdout;
}
