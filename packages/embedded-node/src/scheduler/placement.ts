// Where a Pod goes. Pure.
import type { Node, PersistentVolumeClaim, Pod } from '@virtkit/core-types';
import { Quantity } from '@virtkit/core-types';
import { matchesNodeSelection, preferenceOf } from './node-affinity.ts';
import { conflictsWithNeighbours } from './pod-affinity.ts';
import { claimProblem, noStorage, unboundClaims, volumeConflict, type StorageView } from './pod-claims.ts';
import { amountsOf, missingResources, podRequests, sum, type Amounts } from './requests.ts';
import { dislikedTaints, untoleratedTaint } from './taints.ts';

/** What the scheduler sees of the cluster. */
export interface ClusterView {
  readonly nodes: readonly Node[];
  /** Pods that are bound to a node and have not ended. */
  readonly bound: readonly Pod[];
  /** Claims and volumes; none when absent. */
  readonly storage?: StorageView;
}

/** A node by name, or why no node will do, in the words of Kubernetes' scheduler (`0/1 nodes are available: ...`). */
export type Placement =
  | {
      readonly type: 'node';
      readonly name: string;
      /** Claims whose volumes have to be made on that node, or bound there, before the Pod is. */
      readonly unbound?: readonly PersistentVolumeClaim[];
    }
  | { readonly type: 'unschedulable'; readonly message: string };

/** Chooses a node: of those that pass all filters the one with the best score, by name when equal. */
export function place(pod: Pod, view: ClusterView): Placement {
  const storage = view.storage ?? noStorage;
  const problem = claimProblem(pod, storage);
  if (problem !== undefined)
    return { type: 'unschedulable', message: `0/${view.nodes.length} nodes are available: ${problem}.` };
  const wanted = podRequests(pod);
  const reasons: string[] = [];
  let best: { name: string; score: number } | undefined;
  for (const node of [...view.nodes].sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1))) {
    const used = usedOn(node, view.bound);
    const refused = refusals(pod, wanted, node, used, view);
    reasons.push(...refused);
    if (refused.length > 0) continue;
    const score = scoreOf(pod, node, used);
    if (best === undefined || score > best.score) best = { name: node.metadata.name!, score };
  }
  if (best !== undefined) {
    const unbound = unboundClaims(pod, storage);
    return { type: 'node', name: best.name, ...(unbound.length > 0 && { unbound }) };
  }
  return { type: 'unschedulable', message: unschedulableMessage(view.nodes.length, reasons) };
}

/** Why a Pod cannot go to a node, in the words that people know from Kubernetes' scheduler; empty when it can. */
function refusals(pod: Pod, wanted: Amounts, node: Node, used: Amounts, view: ClusterView): string[] {
  if (node.spec?.unschedulable === true && !toleratesUnschedulable(pod))
    return ['node(s) were unschedulable'];
  if (node.status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True')
    return ['node(s) were not ready'];
  const taint = untoleratedTaint(pod, node);
  if (taint !== undefined) return [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`];
  if (!matchesNodeSelection(pod, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  const conflict = conflictsWithNeighbours(pod, node, view);
  if (conflict !== undefined) return [conflict];
  const volume = volumeConflict(pod, node, view.storage ?? noStorage, view.bound);
  if (volume !== undefined) return [volume];
  return missingResources(wanted, used, amountsOf(node.status.allocatable ?? {})).map((name) =>
    name === 'pods' ? 'Too many pods' : `Insufficient ${name}`,
  );
}

function toleratesUnschedulable({ spec }: Pod): boolean {
  return (spec.tolerations ?? []).some(
    ({ key, operator }) =>
      operator === 'Exists' && (key === undefined || key === 'node.kubernetes.io/unschedulable'),
  );
}

function usedOn(node: Node, bound: readonly Pod[]): Amounts {
  return bound
    .filter(({ spec }) => spec.nodeName === node.metadata.name)
    .map(podRequests)
    .reduce(sum, new Map<string, Quantity>());
}

/** Preferences first; among equals the emptier node, measured by the fuller of CPU and memory. */
function scoreOf(pod: Pod, node: Node, used: Amounts): number {
  const allocatable = amountsOf(node.status?.allocatable ?? {});
  const free = ['cpu', 'memory'].map((name) => {
    const total = allocatable.get(name)?.toNumber() ?? 0;
    return total === 0 ? 0 : 1 - (used.get(name)?.toNumber() ?? 0) / total;
  });
  return preferenceOf(pod, node) - 100 * dislikedTaints(pod, node) + Math.min(...free);
}

function unschedulableMessage(nodes: number, reasons: readonly string[]): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${parts.join(', ')}.`;
}
