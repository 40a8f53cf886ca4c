import type { Finding } from '../finding.ts';
import { applyRules } from '../rule.ts';
import { bootRules } from './boot-order.ts';
import { cloudInitRules } from './cloud-init.ts';
import { cpuRules } from './cpu.ts';
import { diskRules } from './disks.ts';
import { identityRules } from './identity.ts';
import { interfaceRules } from './interfaces.ts';
import { machineRules } from './machine.ts';
import { memoryRules } from './memory.ts';
import { networkRules } from './networks.ts';
import { placementRules } from './placement.ts';
import { probeRules } from './probes.ts';
import type { InstanceRule, InstanceSubject } from './subject.ts';
import { volumeRules } from './volumes.ts';

/** All rules for an instance's spec. */
export const instanceRules: readonly InstanceRule[] = [
  ...identityRules,
  ...memoryRules,
  ...cpuRules,
  ...machineRules,
  ...placementRules,
  ...networkRules,
  ...interfaceRules,
  ...bootRules,
  ...probeRules,
  ...diskRules,
  ...volumeRules,
  ...cloudInitRules,
];

/** Findings of an instance's spec, in the order in which KubeVirt has them. */
export function instanceFindings(subject: InstanceSubject): Finding[] {
  return applyRules(instanceRules, subject);
}
