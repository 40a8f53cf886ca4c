import { meetsRequirement, type Node, type NodeSelector, type Pod } from '@virtkit/core-types';

type Term = NodeSelector['nodeSelectorTerms'][number];

/** Whether a node meets the Pod's nodeSelector and its required node affinity. */
export function matchesNodeSelection(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return selected && (required === undefined || matchesNodeSelector(required, node));
}

/** Whether a node meets at least one of the selector's terms. */
export function matchesNodeSelector({ nodeSelectorTerms }: NodeSelector, node: Node): boolean {
  return nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** The sum of the weights of the preferences that a node meets. */
export function preferenceOf(pod: Pod, node: Node): number {
  const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred.reduce(
    (total, { weight, preference }) => total + (matchesTerm(preference, node) ? weight : 0),
    0,
  );
}

/** All requirements of a term must hold; a term without any matches nothing (Kubernetes API, NodeSelectorTerm). */
function matchesTerm({ matchExpressions = [], matchFields = [] }: Term, node: Node): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  const fields: Readonly<Record<string, string | undefined>> = { 'metadata.name': node.metadata.name };
  return (
    matchExpressions.every(({ values = [], ...one }) => meetsRequirement({ ...one, values }, labels)) &&
    matchFields.every(({ values = [], ...one }) => meetsRequirement({ ...one, values }, fields))
  );
}
