import { DomainResourcesSchema, type DomainSpec } from '@virtkit/core-types';
import { semanticallyEqual } from '../../validation/semantic-equality.ts';
import { presetMembers, sameMember } from './members.ts';

/**
 * Copies into a domain what it leaves open and a preset sets. Tells whether the preset counts as applied: at least one of its
 * members is the domain's now. The domain is the caller's own copy.
 */
export function mergePreset(preset: DomainSpec, domain: DomainSpec): boolean {
  let applied = mergeRequests(preset, domain);
  for (const member of presetMembers) {
    if (member.read(preset) === undefined) continue;
    if (member.read(domain) === undefined) member.copy(preset, domain);
    applied = sameMember(member, preset, domain) || applied;
  }
  return applied;
}

/** Requests are taken all together, when the domain has none at all. */
function mergeRequests(preset: DomainSpec, domain: DomainSpec): boolean {
  const requests = preset.resources?.requests ?? {};
  if (Object.keys(requests).length === 0) return false;
  const resources = (domain.resources ??= {});
  resources.requests ??= { ...requests };
  return semanticallyEqual(DomainResourcesSchema, { requests }, { requests: resources.requests });
}
