import { annotations, labels, resources, type Node } from '@virtkit/core-types';
import type { Clock, Logger } from '@virtkit/controllers/runtime';
import { isApiError, type Client } from '@virtkit/sdk';
import { labelChanges } from './host-labels.ts';

/** What this node can run, as node labels and annotations. */
export interface NodeFacts {
  /** Hypervisors that a VMI on this node may name. */
  hypervisors: readonly string[];
  /** Result of the node probe, kept as an annotation for people. */
  hardwareVirtualization: { state: string; reason?: string | undefined; ratio?: number | undefined };
  /** Labels that tell what the node's virtualisation can do; others that the labeller once wrote are taken back. */
  labels: Readonly<Record<string, string>>;
  /** The kubelet gives guests CPUs of their own. */
  cpuManager: boolean;
  /** Everything that a machine on this node needs of it is there. */
  schedulable: boolean;
  /** URL of virt-handler's console server. */
  endpoint: string;
}

export interface HeartbeatOptions {
  client: Client;
  nodeName: string;
  facts: () => NodeFacts;
  /** Resolves when the node becomes schedulable. */
  untilSchedulable: () => Promise<void>;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

const endpointAnnotation = 'virtkit.dev/virt-handler-endpoint';
/** On a node: its labels are somebody else's to write. */
const skipLabelsAnnotation = annotations.nodeLabellerSkip;
const virtualizationAnnotation = 'virtkit.dev/hardware-virtualization';

/** The older spelling of the label, which KubeVirt writes as well. */
const deprecatedCpuManager = 'cpumanager';

/** Period of the heartbeat (KubeVirt: 60 s with jitter up to 2.2) and pause while the Node object is missing, in ms. */
const period = 60_000;
const maxJitter = 1.2;
const missingNodePause = 500;

/** The merge patch that says: this node is alive and can run these. Pure. */
export function heartbeatPatch(node: Node, facts: NodeFacts, now: Date): object {
  const { cpuManager, endpoint, hardwareVirtualization, hypervisors, schedulable } = facts;
  const skipped = node.metadata.annotations?.[skipLabelsAnnotation] !== undefined;
  return {
    metadata: {
      labels: {
        ...(skipped ? {} : labelChanges(node.metadata.labels ?? {}, facts.labels)),
        [labels.schedulable]: String(schedulable),
        [labels.cpuManager]: String(cpuManager),
        [deprecatedCpuManager]: String(cpuManager),
        ...Object.fromEntries(hypervisors.map((name) => [`virtkit.dev/hypervisor.${name}`, 'true'])),
      },
      annotations: {
        'kubevirt.io/heartbeat': now.toISOString().replace(/\.\d+Z$/, 'Z'),
        [endpointAnnotation]: endpoint,
        [virtualizationAnnotation]: JSON.stringify(hardwareVirtualization),
      },
    },
  };
}

/**
 * Keeps the Node's heartbeat fresh until the signal aborts, then marks the node unschedulable: running machines stay, new
 * ones go elsewhere or wait. A failed beat is logged and the next one comes sooner.
 */
export async function runHeartbeat(options: HeartbeatOptions): Promise<void> {
  const { client, clock, facts, logger, nodeName, signal } = options;
  const nodes = client.resource<Node>(resources.nodes);
  while (!signal.aborted) {
    let pause = period * (1 + Math.random() * maxJitter);
    let schedulable = true;
    try {
      const node = await nodes.get(nodeName, { signal });
      const found = facts();
      const body = heartbeatPatch(node, found, new Date(clock.now()));
      await nodes.patch(nodeName, { type: 'merge', body }, { signal });
      ({ schedulable } = found);
    } catch (error) {
      if (signal.aborted) break;
      pause = missingNodePause;
      if (isApiError(error, 'not-found')) logger.debug('the node is not registered yet', { node: nodeName });
      else logger.warn('the heartbeat failed', { node: nodeName, error: String(error) });
    }
    await pauseFor(pause, schedulable ? undefined : options.untilSchedulable(), clock, signal);
  }
  try {
    const body = { metadata: { labels: { 'kubevirt.io/schedulable': 'false' } } };
    await nodes.patch(nodeName, { type: 'merge', body }, { signal: AbortSignal.timeout(2_000) });
  } catch (error) {
    logger.warn('the node could not be marked unschedulable', { node: nodeName, error: String(error) });
  }
}

/** Ends early, without an error, when the signal aborts or the news are there. */
async function pauseFor(
  milliseconds: number,
  news: Promise<void> | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  try {
    const late = clock.sleep(milliseconds, { signal: AbortSignal.any([signal, over.signal]) });
    await (news === undefined ? late : Promise.race([late, news]));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    over.abort();
  }
}
