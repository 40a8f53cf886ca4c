import type { MigrationPolicy } from '@virtkit/core-types';

type Labels = Readonly<Record<string, string>>;

/** What policies select by. */
export interface PolicySubject {
  /** Labels of the instance; undefined when it has no map of labels at all. */
  readonly instanceLabels: Labels | undefined;
  readonly namespaceLabels: Labels | undefined;
}

interface Match {
  readonly policy: MigrationPolicy;
  readonly ofInstance: number;
  readonly total: number;
}

/**
 * The policy for the migrations of an instance (KubeVirt: migration policies): of those whose labels all match, the one with most
 * of them, then with most on the instance's side, then the one whose name comes first. Undefined when none matches.
 */
export function matchMigrationPolicy(
  policies: Iterable<MigrationPolicy>,
  subject: PolicySubject,
): MigrationPolicy | undefined {
  let best: Match | undefined;
  for (const policy of policies) {
    const match = matchOf(policy, subject);
    if (match !== undefined && (best === undefined || precedes(match, best))) best = match;
  }
  return best?.policy;
}

function precedes(a: Match, b: Match): boolean {
  if (a.total !== b.total) return a.total > b.total;
  if (a.ofInstance !== b.ofInstance) return a.ofInstance > b.ofInstance;
  return (a.policy.metadata.name ?? '') < (b.policy.metadata.name ?? '');
}

/** An instance without a map of labels is selected by any selectors, as in KubeVirt; a policy without selectors selects nothing. */
function matchOf(
  policy: MigrationPolicy,
  { instanceLabels, namespaceLabels }: PolicySubject,
): Match | undefined {
  const selectors: MigrationPolicy['spec']['selectors'] | undefined = policy.spec.selectors;
  if (selectors === undefined) return undefined;
  if (instanceLabels === undefined) return { policy, ofInstance: 0, total: 0 };
  const ofInstance = pairsIn(selectors.virtualMachineInstanceSelector, instanceLabels);
  const ofNamespace = pairsIn(selectors.namespaceSelector, namespaceLabels ?? {});
  if (ofInstance === undefined || ofNamespace === undefined) return undefined;
  return { policy, ofInstance, total: ofInstance + ofNamespace };
}

/** How many labels the selector names; undefined when one of them is another. */
function pairsIn(selector: Labels = {}, labels: Labels): number | undefined {
  const pairs = Object.entries(selector);
  return pairs.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
    ? pairs.length
    : undefined;
}
