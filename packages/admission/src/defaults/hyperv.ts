import type { CPU, FeatureHyperv } from '@virtkit/core-types';
import type { SpecFill } from './fill.ts';

/** What each feature needs, in the order in which KubeVirt completes them. */
const requirements = [
  ['evmcs', 'vapic'],
  ['ipi', 'vpindex'],
  ['tlbflush', 'vpindex'],
  ['synictimer', 'synic'],
  ['synic', 'vpindex'],
] as const;

/**
 * Switches on what enabled Hyper-V features need, and the CPU feature vmx for evmcs. It stops at the first feature that needs
 * one which is switched off; validation then refuses the instance (rules HYP).
 */
export const fillHypervRequirements: SpecFill = ({ domain }) => {
  const hyperv = domain.features?.hyperv;
  if (hyperv === undefined || !completeFeatures(hyperv)) return;
  if (isEnabled(hyperv.evmcs)) requireVmx((domain.cpu ??= {}));
};

function completeFeatures(hyperv: FeatureHyperv): boolean {
  for (const [name, needed] of requirements) {
    if (!isEnabled(hyperv[name])) continue;
    const requirement = (hyperv[needed] ??= {});
    requirement.enabled ??= true;
    if (!requirement.enabled) return false;
  }
  return true;
}

function isEnabled(feature: { enabled?: boolean | undefined } | undefined): boolean {
  return feature !== undefined && feature.enabled !== false;
}

function requireVmx(cpu: CPU): void {
  const features = (cpu.features ??= []);
  const vmx = features.find(({ name }) => name === 'vmx');
  if (vmx === undefined) features.push({ name: 'vmx', policy: 'require' });
  else vmx.policy = 'require';
}
