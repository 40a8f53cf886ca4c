import type { Network } from '@virtkit/core-types';
import { duplicate, invalid, notFound, required, type Finding } from '../../finding.ts';
import { applyRules, applyToEach, firstRuleFindings, type Rule } from '../../rule.ts';
import { claimKey } from '../claim/claim-key.ts';
import type { InstanceRule, InstanceSubject } from '../subject.ts';
import { networkPlaces, type NetworkPlace } from './place.ts';

const isClaimed = ({ resourceClaim }: Network): boolean => resourceClaim !== undefined;

/** Each of these ends the judgement of claimed networks. */
const useRules: readonly InstanceRule[] = [
  {
    id: 'NET-17',
    *check({ root, configuration }) {
      if (!configuration.gates.has('NetworkDevicesWithDRA'))
        yield invalid(`${root}.networks`, 'feature gate NetworkDevicesWithDRA is off');
    },
  },
  {
    id: 'NET-18',
    *check({ spec: { networks = [] }, root }) {
      if (networks.some(({ multus }) => multus !== undefined))
        yield invalid(`${root}.networks`, 'networks by resource claim and by Multus exclude each other');
    },
  },
];

const bindingRule: InstanceRule = {
  id: 'NET-19',
  *check({ spec: { networks = [], domain }, root }) {
    const claimed = new Set(networks.filter(isClaimed).map(({ name }) => name));
    for (const { name, sriov, binding } of domain.devices.interfaces ?? [])
      if (claimed.has(name) && sriov === undefined && binding === undefined)
        yield invalid(
          `${root}.domain.devices.interfaces`,
          `interface "${name}" of a claimed network is bound by sriov or by a plug-in`,
        );
  },
};

interface ClaimPlace extends NetworkPlace {
  readonly claimNames: ReadonlySet<string>;
  /** Whether an earlier network uses the same request of the same claim. */
  readonly isTaken: boolean;
}

const claimRules: readonly Rule<ClaimPlace>[] = [
  {
    id: 'NET-20',
    *check({ network: { resourceClaim }, field }) {
      for (const member of ['claimName', 'requestName'] as const)
        if (!resourceClaim?.[member])
          yield required(`${field}.resourceClaim.${member}`, 'a claimed network names its claim and request');
    },
  },
  {
    id: 'NET-21',
    *check({ network: { resourceClaim }, field, claimNames }) {
      const { claimName = '', requestName = '' } = resourceClaim ?? {};
      if (claimName !== '' && requestName !== '' && !claimNames.has(claimName))
        yield notFound(`${field}.resourceClaim.claimName`, `there is no resource claim "${claimName}"`);
    },
  },
  {
    id: 'NET-22',
    *check({ field, isTaken }) {
      if (isTaken) yield duplicate(field, 'another network uses this request of the claim');
    },
  },
];

function claimPlaces(subject: InstanceSubject): ClaimPlace[] {
  const claimNames = new Set((subject.spec.resourceClaims ?? []).map(({ name }) => name));
  const seen = new Set<string>();
  return networkPlaces(subject)
    .filter(({ network }) => isClaimed(network))
    .map((place) => {
      const key = claimKey(place.network.resourceClaim);
      const isTaken = key !== undefined && seen.has(key);
      if (key !== undefined) seen.add(key);
      return { ...place, claimNames, isTaken };
    });
}

/** Networks whose device comes from a dynamic resource claim. */
export function claimedNetworkFindings(subject: InstanceSubject): readonly Finding[] {
  if (!(subject.spec.networks ?? []).some(isClaimed)) return [];
  const stopped = firstRuleFindings(useRules, subject);
  if (stopped.length > 0) return stopped;
  return [...applyRules([bindingRule], subject), ...applyToEach(claimRules, claimPlaces(subject))];
}
