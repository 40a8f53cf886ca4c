import type { Client } from '@virtkit/sdk';

/** Marks a node that `down` emptied, so that `up` takes back only what `down` did. */
const annotation = 'virtkit.dev/stopped-by-down';

/** Keeps new Pods off the node, or lets them come again if it was this that kept them off. */
export async function setCordon(
  client: Client,
  node: string,
  on: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (!on) {
    const { metadata } = await client.nodes.get(node, { signal });
    if (metadata.annotations?.[annotation] === undefined) return;
  }
  const body = {
    metadata: { annotations: { [annotation]: on ? 'true' : null } },
    spec: { unschedulable: on ? true : null },
  };
  await client.nodes.patch(node, { type: 'merge', body }, { signal });
}
