import { architectureSettings } from '../../../configuration/lookups.ts';
import { invalid, required, type Finding } from '../../finding.ts';
import { applyRules } from '../../rule.ts';
import { effectiveArchitecture } from '../architecture.ts';
import { requestedDevices } from './grace-devices.ts';
import type { InstanceRule, InstanceSubject } from '../subject.ts';

/** What an instance must say that is given the GPU of an NVIDIA Grace superchip. */
export function graceFindings(subject: InstanceSubject): readonly Finding[] {
  const gate = applyRules(gateRules, subject);
  if (gate.some(({ rule }) => rule === 'GRC-2')) return gate;
  const grace = requestedDevices(subject.spec, subject.configuration).some((device) => device.grace);
  return [...gate, ...(grace ? applyRules(machineRules, subject) : [])];
}

const gateRules: readonly InstanceRule[] = [
  {
    id: 'GRC-1',
    *check({ spec, root, configuration }) {
      if (!configuration.gates.has('GraceIOVirtualization')) return;
      for (const { member, anyOfVendor } of requestedDevices(spec, configuration))
        if (anyOfVendor)
          yield invalid(
            `${root}.domain.devices.${member}`,
            'a resource must say which device it is: it permits every one of NVIDIA',
          );
    },
  },
  {
    id: 'GRC-2',
    *check({ spec, root, configuration }) {
      if (configuration.gates.has('GraceIOVirtualization')) return;
      const device = requestedDevices(spec, configuration).find(({ grace }) => grace);
      if (device !== undefined)
        yield invalid(
          `${root}.domain.devices.${device.member}`,
          'the feature gate GraceIOVirtualization is off',
        );
    },
  },
];

const machineRules: readonly InstanceRule[] = [
  {
    id: 'GRC-3',
    *check(subject) {
      if (effectiveArchitecture(subject) !== 'arm64')
        yield invalid(`${subject.root}.architecture`, 'Grace superchips are arm64');
    },
  },
  {
    id: 'GRC-4',
    *check(subject) {
      const { spec, root, configuration } = subject;
      const own = architectureSettings(configuration, effectiveArchitecture(subject)).machineType;
      const type = spec.domain.machine?.type || own;
      if (!type.startsWith('virt'))
        yield invalid(`${root}.domain.machine.type`, `"${type}" is not the machine type virt`);
    },
  },
  {
    id: 'GRC-5',
    *check({ spec, root }) {
      if (spec.domain.cpu?.dedicatedCpuPlacement !== true)
        yield required(
          `${root}.domain.cpu.dedicatedCpuPlacement`,
          'the GPU of a Grace superchip is for guests with dedicated CPUs',
        );
    },
  },
  ...(['PCINUMAAwareTopology', 'IOMMUFD'] as const).map((gate, index): InstanceRule => ({
    id: `GRC-${index + 6}`,
    *check({ root, configuration: { gates } }) {
      if (!gates.has(gate)) yield invalid(`${root}.domain.devices`, `the feature gate ${gate} is off`);
    },
  })),
];
