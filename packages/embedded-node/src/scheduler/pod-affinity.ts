import { matchesLabels, type Node, type Pod, type PodAffinityTerm } from '@virtkit/core-types';
import type { ClusterView } from './placement.ts';

/**
 * Required affinity and anti-affinity between Pods, also that of the Pods which are there already. Gives the reason
 * why a node is out. Namespace selectors are taken as matching no namespace beyond those named.
 */
export function conflictsWithNeighbours(pod: Pod, node: Node, view: ClusterView): string | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  for (const term of podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
    if (!neighbours(term, pod, node, view).some(() => true) && !isFirstOfItsKind(term, pod, view))
      return "node(s) didn't match pod affinity rules";
  for (const term of podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
    if (neighbours(term, pod, node, view).length > 0) return "node(s) didn't match pod anti-affinity rules";
  const unwelcome = view.bound.some((other) =>
    (other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
      (term) => selects(term, other, pod) && sameDomain(term.topologyKey, node, nodeOf(other, view)),
    ),
  );
  return unwelcome ? "node(s) didn't satisfy existing pods anti-affinity rules" : undefined;
}

function neighbours(term: PodAffinityTerm, pod: Pod, node: Node, view: ClusterView): Pod[] {
  return view.bound.filter(
    (other) => selects(term, pod, other) && sameDomain(term.topologyKey, node, nodeOf(other, view)),
  );
}

/** Otherwise the first Pod of a group that wants to be together could never start. */
function isFirstOfItsKind(term: PodAffinityTerm, pod: Pod, view: ClusterView): boolean {
  return selects(term, pod, pod) && !view.bound.some((other) => selects(term, pod, other));
}

function selects(term: PodAffinityTerm, owner: Pod, other: Pod): boolean {
  const namespaces = term.namespaces ?? [owner.metadata.namespace ?? ''];
  return (
    namespaces.includes(other.metadata.namespace ?? '') &&
    matchesLabels(term.labelSelector, other.metadata.labels)
  );
}

function nodeOf(pod: Pod, view: ClusterView): Node | undefined {
  return view.nodes.find(({ metadata }) => metadata.name === pod.spec.nodeName);
}

function sameDomain(topologyKey: string, a: Node, b: Node | undefined): boolean {
  const value = a.metadata.labels?.[topologyKey];
  return value !== undefined && value === b?.metadata.labels?.[topologyKey];
}
