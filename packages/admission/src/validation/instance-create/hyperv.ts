import type { FeatureHyperv, FeatureState } from '@virtkit/core-types';
import { invalid, required } from '../finding.ts';
import type { InstanceRule } from '../instance/subject.ts';

/** Which enlightenment needs which. */
const requirements = [
  { feature: 'evmcs', needs: 'vapic' },
  { feature: 'ipi', needs: 'vpindex' },
  { feature: 'tlbflush', needs: 'vpindex' },
  { feature: 'synictimer', needs: 'synic' },
  { feature: 'synic', needs: 'vpindex' },
] as const satisfies readonly { feature: keyof FeatureHyperv; needs: keyof FeatureHyperv }[];

const isOn = (state: FeatureState | undefined): boolean => state !== undefined && state.enabled !== false;

const dependencyRules = requirements.map(({ feature, needs }, index): InstanceRule => ({
  id: `HYP-${index + 1}`,
  *check({ spec, root }) {
    const hyperv = spec.domain.features?.hyperv;
    // KubeVirt reports the path of the feature below the path of the feature group.
    const field = `${root}.domain.features.hyperv.domain.features.hyperv.${feature}`;
    if (isOn(hyperv?.[feature]) && !isOn(hyperv?.[needs])) yield invalid(field, `${feature} needs ${needs}`);
  },
}));

/** Hyper-V enlightenments that need each other, and what they need of the CPU. */
export const hypervRules: readonly InstanceRule[] = [
  ...dependencyRules,
  {
    id: 'HYP-6',
    *check({ spec: { domain }, root }) {
      if (isOn(domain.features?.hyperv?.evmcs) && (domain.cpu?.features ?? []).length === 0)
        yield required(`${root}.domain.cpu.features`, 'evmcs needs the CPU feature vmx');
    },
  },
  {
    id: 'HYP-7',
    *check({ spec: { domain }, root }) {
      if (!isOn(domain.features?.hyperv?.evmcs)) return;
      for (const [index, { name, policy }] of (domain.cpu?.features ?? []).entries())
        if (name === 'vmx' && policy !== 'require')
          yield invalid(
            `${root}.domain.cpu.features[${index}].policy`,
            'evmcs needs the CPU feature vmx with the policy require',
          );
    },
  },
  {
    id: 'HYP-8',
    *check({ spec: { domain }, root }) {
      const { hyperv, hypervPassthrough } = domain.features ?? {};
      if (hyperv !== undefined && hypervPassthrough !== undefined)
        yield invalid(
          `${root}.domain.features.hyperv`,
          'enlightenments are listed, or all that the host has, not both',
        );
    },
  },
];
