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
import type { InstanceCheck, InstanceRule, InstanceSubject } from './subject.ts';
import { volumeRules } from './volumes.ts';

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
  by(networkRules),
  by(interfaceRules),
  // Boot order and the mapping of disks to volumes.
  by(bootRules),
  // Inputs, I/O threads, probes.
  by(probeRules),
  // Disks.
  by(diskRules),
  // Volumes.
  by(volumeRules),
  by(cloudInitRules),
];

/** Findings of an instance's spec, in the order in which KubeVirt has them; of instances, machines, replica sets and pools. */
export function instanceFindings(subject: InstanceSubject): Finding[] {
  return checks.flatMap((check) => check(subject));
}
