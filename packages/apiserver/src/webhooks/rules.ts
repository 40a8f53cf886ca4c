import type { AdmissionOperation } from '../admission/types.ts';
import type { GroupVersionResource } from '../object/types.ts';
import type { WebhookRule } from './types.ts';

/** What a rule looks at. */
export interface RuleSubject extends GroupVersionResource {
  readonly subresource: string | undefined;
  readonly operation: AdmissionOperation;
  /** The namespace, or the name of the Namespace that the request is about. */
  readonly namespace: string | undefined;
}

/** Whether a rule covers a request. */
export function ruleMatches(rule: WebhookRule, subject: RuleSubject): boolean {
  return (
    scopeMatches(rule, subject) &&
    among(rule.operations, subject.operation) &&
    among(rule.apiGroups, subject.group) &&
    among(rule.apiVersions, subject.version) &&
    rule.resources.some((resource) => resourceMatches(resource, subject))
  );
}

function scopeMatches({ scope = '*' }: WebhookRule, subject: RuleSubject): boolean {
  if (scope === '*') return true;
  const isNamespace = subject.group === '' && subject.resource === 'namespaces';
  const isClusterWide = isNamespace || subject.namespace === undefined || subject.namespace === '';
  return scope === 'Cluster' ? isClusterWide : scope === 'Namespaced' && !isClusterWide;
}

function among(choices: readonly string[], value: string): boolean {
  return choices.includes('*') || choices.includes(value);
}

/** `*` alone names main resources only; subresources have to be asked for. */
function resourceMatches(pattern: string, { resource, subresource = '' }: RuleSubject): boolean {
  const slash = pattern.indexOf('/');
  const main = slash < 0 ? pattern : pattern.slice(0, slash);
  const sub = slash < 0 ? '' : pattern.slice(slash + 1);
  return (main === '*' || main === resource) && (sub === '*' || sub === subresource);
}
