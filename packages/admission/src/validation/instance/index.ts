import type { Finding } from '../finding.ts';
import { applyRules } from '../rule.ts';
import { bootFindings } from './boot-order.ts';
import { claimFindings } from './claim/index.ts';
import { cpuRules } from './cpu.ts';
import { diskFindings } from './disk/index.ts';
import { firmwareFindings, secureBootRule } from './firmware.ts';
import { identityRules } from './identity.ts';
import { machineRules } from './machine.ts';
import { memoryRules } from './memory.ts';
import { networkFindings } from './network/index.ts';
import { placementRules } from './placement.ts';
import { probeRules } from './probes.ts';
import type { InstanceCheck, InstanceRule, InstanceSubject } from './subject.ts';
import { volumeFindings } from './volume/index.ts';

const by =
  (rules: readonly InstanceRule[]): InstanceCheck =>
  (subject) =>
    applyRules(rules, subject);

/** What is checked of an instance's spec, in KubeVirt's order, which decides which causes are among the ten that are told. */
const checks: readonly InstanceCheck[] = [
  // Identity, memory, machine, CPU.
  by(identityRules),
  by(memoryRules),
  by(cpuRules),
  by(machineRules),
  // Placement.
  by(placementRules),
  // Networks and interfaces.
  networkFindings,
  // Dynamic resource claims.
  claimFindings,
  // Boot order and the mapping of disks to volumes.
  bootFindings,
  // Inputs, I/O threads, probes.
  by(probeRules),
  // Disks.
  ({ spec, root }) => diskFindings(spec.domain.devices.disks ?? [], `${root}.domain.devices.disks`),
  // Firmware.
  ({ spec, root }) => firmwareFindings(spec.domain.firmware, `${root}.domain.firmware`),
  by([secureBootRule]),
  // Volumes.
  volumeFindings,
];

/** Findings of an instance's spec, in the order in which KubeVirt has them; of instances, machines, replica sets and pools. */
export function instanceFindings(subject: InstanceSubject): Finding[] {
  return checks.flatMap((check) => check(subject));
}
