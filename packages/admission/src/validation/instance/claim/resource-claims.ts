import type { VirtualMachineInstanceResourceClaim } from '@virtkit/core-types';
import { duplicate, invalid, required, type Finding } from '../../finding.ts';
import { isDnsLabel, isDnsSubdomain } from '../../formats.ts';
import { applyToEach, type Rule } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';

interface ClaimPlace {
  readonly claim: VirtualMachineInstanceResourceClaim;
  /** `spec.resourceClaims[0]`. */
  readonly field: string;
  /** Whether an earlier claim has the same name. */
  readonly isNameTaken: boolean;
}

/** The two ways to say which claim is meant. */
const ways = ['resourceClaimName', 'resourceClaimTemplateName'] as const;

const rules: readonly Rule<ClaimPlace>[] = [
  {
    id: 'DRA-01',
    *check({ claim: { name }, field }) {
      if (name === '') yield required(`${field}.name`, 'a resource claim has a name');
    },
  },
  {
    id: 'DRA-02',
    *check({ claim: { name }, field, isNameTaken }) {
      if (isNameTaken) yield duplicate(`${field}.name`, `there is another resource claim "${name}"`);
    },
  },
  {
    id: 'DRA-03',
    *check({ claim: { name }, field }) {
      if (!isDnsLabel(name)) yield invalid(`${field}.name`, `"${name}" is not a DNS label`);
    },
  },
  {
    id: 'DRA-04',
    *check({ claim, field }) {
      if (ways.every((way) => claim[way] !== undefined))
        yield invalid(field, `${ways.join(' and ')} exclude each other`);
    },
  },
  {
    id: 'DRA-05',
    *check({ claim, field }) {
      if (ways.every((way) => claim[way] === undefined))
        yield invalid(field, `either ${ways.join(' or ')} must be given`);
    },
  },
  ...ways.map((way, index): Rule<ClaimPlace> => ({
    id: `DRA-0${index + 6}`,
    *check({ claim, field }) {
      const name = claim[way];
      if (name !== undefined && !isDnsSubdomain(name))
        yield invalid(`${field}.${way}`, `"${name}" is not a DNS subdomain`);
    },
  })),
];

/** The dynamic resource claims of an instance, one by one. */
export function resourceClaimFindings({ spec: { resourceClaims = [] }, root }: InstanceSubject): Finding[] {
  const seen = new Set<string>();
  const places = resourceClaims.map((claim, index): ClaimPlace => {
    const isNameTaken = seen.has(claim.name);
    seen.add(claim.name);
    return { claim, field: `${root}.resourceClaims[${index}]`, isNameTaken };
  });
  return applyToEach(rules, places);
}
