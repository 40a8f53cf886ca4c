import type { Finding, Objection } from './finding.ts';

/**
 * One rule. Ids are those of KubeVirt's admission facts (`NET-25`); rules of Virtkit itself start with `VK-`. `check` is
 * pure, never throws for an object that fits its schema, and yields one objection per offence.
 */
export interface Rule<Subject> {
  readonly id: string;
  check(this: void, subject: Subject): Iterable<Objection>;
}

/** All findings, in the order of the rules. */
export function applyRules<Subject>(rules: readonly Rule<Subject>[], subject: Subject): Finding[] {
  return rules.flatMap(({ id, check }) =>
    Array.from(check(subject), (objection): Finding => ({ rule: id, ...objection })),
  );
}
