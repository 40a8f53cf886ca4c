import type { Finding, Objection } from './finding.ts';

/**
 * One rule. Ids are those of KubeVirt's admission facts (`NET-25`); rules of Virtkit itself start with `VK-`. `check` is
 * pure, never throws for an object that fits its schema, and yields one objection per offence.
 */
export interface Rule<Subject> {
  readonly id: string;
  /** What the rule has against the subject, one objection for each offence. */
  check(this: void, subject: Subject): Iterable<Objection>;
}

/** All findings, in the order of the rules. */
export function applyRules<Subject>(rules: readonly Rule<Subject>[], subject: Subject): Finding[] {
  // Loops, not chains of arrays: this runs tens of thousands of times for an instance with hundreds of devices.
  const findings: Finding[] = [];
  for (const { id, check } of rules)
    for (const objection of check(subject)) findings.push({ rule: id, ...objection });
  return findings;
}

/** All findings of subjects that are judged one by one: all rules for the first, then all for the next. */
export function applyToEach<Subject>(
  rules: readonly Rule<Subject>[],
  subjects: readonly Subject[],
): Finding[] {
  return subjects.flatMap((subject) => applyRules(rules, subject));
}

/** The findings of the first group that has any: each group answers alone. */
export function firstFindings(...groups: readonly (() => readonly Finding[])[]): readonly Finding[] {
  for (const group of groups) {
    const findings = group();
    if (findings.length > 0) return findings;
  }
  return [];
}

/** The findings of the first rule that has any: each rule answers alone. */
export function firstRuleFindings<Subject>(
  rules: readonly Rule<Subject>[],
  subject: Subject,
): readonly Finding[] {
  return firstFindings(...rules.map((rule) => () => applyRules([rule], subject)));
}
