import type { VirtualMachineInstancePreset } from '@virtkit/core-types';
import { required, type Finding } from '../finding.ts';
import { diskFindings } from '../instance/disk/index.ts';
import { firmwareFindings } from '../instance/firmware.ts';
import { applyRules, type Rule } from '../rule.ts';

const domainRules: readonly Rule<VirtualMachineInstancePreset>[] = [
  {
    id: 'PRE-1',
    *check({ spec }) {
      if (spec?.domain === undefined) yield required('spec.domain', 'a preset sets something of the domain');
    },
  },
];

/** Findings of a preset that fits its schema: of its disks and its firmware (KubeVirt rule PRE-2). */
export function presetFindings(preset: VirtualMachineInstancePreset): readonly Finding[] {
  const without = applyRules(domainRules, preset);
  const domain = preset.spec?.domain;
  if (without.length > 0 || domain === undefined) return without;
  return [
    ...diskFindings(domain.devices.disks ?? [], 'spec.domain.devices.disks'),
    ...firmwareFindings(domain.firmware, 'spec.domain.firmware'),
  ];
}
