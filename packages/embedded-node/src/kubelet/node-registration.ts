import { isApiError, type Client } from '@virtkit/sdk';
import type { Logger } from '@virtkit/controllers/runtime';
import { nodeLabels, nodeStatus, type NodeFacts } from './node-status.ts';

const leaseNamespace = 'kube-node-lease';
const leaseSeconds = 40;
const heartbeat = 10_000;

export interface NodeRegistrationOptions {
  readonly client: Client;
  readonly facts: NodeFacts;
  readonly labels: Readonly<Record<string, string>>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Makes the Node object, or brings it up to date, and reports the node as ready. */
export async function registerNode({
  client,
  facts,
  labels,
  signal,
}: NodeRegistrationOptions): Promise<void> {
  const metadata = { name: facts.name, labels: { ...nodeLabels(facts), ...labels } };
  const node = { apiVersion: 'v1', kind: 'Node', metadata };
  try {
    await client.nodes.create(node, { signal });
  } catch (error) {
    if (!isApiError(error, 'already-exists')) throw error;
    await client.nodes.patch(
      facts.name,
      { type: 'merge', body: { metadata: { labels: metadata.labels } } },
      { signal },
    );
  }
  const current = await client.nodes.get(facts.name, { signal });
  const status = nodeStatus(facts, current, new Date());
  await client.nodes.patch(
    facts.name,
    { type: 'strategic', body: { status } },
    { subresource: 'status', signal },
  );
}

/** Renews the node's lease until the signal aborts: the cheap sign of life, beside a status that hardly changes. */
export async function renewLease({ client, facts, logger, signal }: NodeRegistrationOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      await renewOnce(client, facts.name, signal);
    } catch (error) {
      if (signal.aborted) return;
      logger.warn('the lease of the node was not renewed', { error: String(error) });
    }
    await pause(heartbeat, signal);
  }
}

async function renewOnce(client: Client, name: string, signal: AbortSignal): Promise<void> {
  const spec = { holderIdentity: name, leaseDurationSeconds: leaseSeconds, renewTime: microTime(new Date()) };
  const scope = { namespace: leaseNamespace, signal };
  try {
    await client.leases.patch(name, { type: 'merge', body: { spec } }, scope);
  } catch (error) {
    if (!isApiError(error, 'not-found')) throw error;
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: leaseNamespace },
    };
    await client.leases.create({ ...lease, spec }, scope);
  }
}

/** RFC 3339 with microseconds, the format of lease times. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

/** Resolves after the time, or when the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) return Promise.resolve();
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    resolve();
  };
  const timer = setTimeout(end, milliseconds);
  signal.addEventListener('abort', end);
  return promise;
}
