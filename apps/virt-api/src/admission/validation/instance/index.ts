import { uncarried } from '@virtkit/machine-plan';
import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { notSupported, type Finding } from '../finding.ts';
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

/**
 * Findings of an instance's spec: the rules on the complete spec, and what is set in the given one but not carried. A field
 * that a rule objects to already is not named again for being not carried.
 *
 * @param given the spec as its author wrote it, when defaults were added for judging only
 */
export function instanceFindings(
  subject: InstanceSubject,
  given: VirtualMachineInstanceSpec = subject.spec,
): Finding[] {
  const findings = applyRules(instanceRules, subject);
  const named = new Set(findings.map(({ field }) => field));
  const missing = uncarried(given, subject.root)
    .filter(({ path }) => !named.has(path))
    .map(({ path, reason }): Finding => ({ rule: 'VK-CARRIED', ...notSupported(path, reason) }));
  return [...findings, ...missing];
}
