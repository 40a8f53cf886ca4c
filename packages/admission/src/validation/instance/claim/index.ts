import type { Finding } from '../../finding.ts';
import { applyRules } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';
import { claimUseRules } from './claim-use.ts';
import { claimedDeviceFindings } from './claimed-devices.ts';
import { resourceClaimFindings } from './resource-claims.ts';

/** Dynamic resource claims, and the GPUs and devices of the host that come from them (KubeVirt rules DRA-01 to DRA-16). */
export function claimFindings(subject: InstanceSubject): Finding[] {
  return [
    ...resourceClaimFindings(subject),
    ...claimedDeviceFindings(subject),
    ...applyRules(claimUseRules, subject),
  ];
}
