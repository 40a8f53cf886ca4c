import type { Finding } from '../finding.ts';
import { applyRules } from '../rule.ts';
import { accessCredentialFindings } from './access-credentials.ts';
import { bootFindings } from './boot-order.ts';
import { claimFindings } from './claim/index.ts';
import { dedicatedCpuFindings } from './cpu/dedicated.ts';
import { numaFindings } from './cpu/numa.ts';
import { realtimeRules } from './cpu/realtime.ts';
import { cpuRequestRules } from './cpu/request.ts';
import { cpuRules } from './cpu/topology.ts';
import { deviceRules } from './device/devices.ts';
import { graceFindings } from './device/grace.ts';
import { hostDeviceRules } from './device/host-devices.ts';
import { inputFindings } from './device/inputs.ts';
import { soundRules } from './device/sound.ts';
import { diskFindings } from './disk/index.ts';
import { dnsFindings } from './dns.ts';
import { evictionRules } from './eviction.ts';
import { firmwareTableRules } from './firmware-tables.ts';
import { firmwareFindings, secureBootRule } from './firmware.ts';
import { gatedMemberRules } from './gated-members.ts';
import { identityRules } from './identity.ts';
import { ioThreadRules } from './io-threads.ts';
import { launchSecurityFindings } from './launch-security.ts';
import { machineTypeRules } from './machine-type.ts';
import { memoryRules } from './memory.ts';
import { networkFindings } from './network/index.ts';
import { nodeAffinityFindings } from './placement/node-affinity.ts';
import { podAffinityFindings } from './placement/pod-affinity.ts';
import { topologySpreadFindings } from './placement/topology-spread.ts';
import { probeFindings } from './probes.ts';
import { serviceAccountRules } from './service-account.ts';
import { startStrategyRules } from './start-strategy.ts';
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
  by(machineTypeRules),
  by(firmwareTableRules),
  by(cpuRequestRules),
  dedicatedCpuFindings,
  numaFindings,
  by(cpuRules),
  by(startStrategyRules),
  by(realtimeRules),
  // Placement.
  nodeAffinityFindings,
  podAffinityFindings,
  topologySpreadFindings,
  // Networks and interfaces.
  networkFindings,
  // Dynamic resource claims.
  claimFindings,
  // Boot order and the mapping of disks to volumes.
  bootFindings,
  // Inputs, I/O threads, probes.
  inputFindings,
  by(ioThreadRules),
  probeFindings,
  // Disks.
  ({ spec, root }) => diskFindings(spec.domain.devices.disks ?? [], `${root}.domain.devices.disks`),
  // Firmware.
  ({ spec, root }) => firmwareFindings(spec.domain.firmware, `${root}.domain.firmware`),
  by([secureBootRule]),
  // Volumes.
  volumeFindings,
  // Credentials and name resolution.
  accessCredentialFindings,
  dnsFindings,
  // Eviction, devices, what depends on feature gates.
  by(evictionRules),
  by(hostDeviceRules),
  graceFindings,
  by(soundRules),
  launchSecurityFindings,
  by(deviceRules),
  by(gatedMemberRules),
  by(serviceAccountRules),
];

/** Findings of an instance's spec, in the order in which KubeVirt has them; of instances, machines, replica sets and pools. */
export function instanceFindings(subject: InstanceSubject): Finding[] {
  return checks.flatMap((check) => check(subject));
}
