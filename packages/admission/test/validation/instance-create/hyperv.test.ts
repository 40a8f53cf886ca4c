import type { CPUFeature, FeatureHyperv, Features } from '@virtkit/core-types';
import { testCreationSides, type CreationParts } from '../../support/creation-sides.ts';

const features = (members: Features, cpuFeatures?: CPUFeature[]): CreationParts => ({
  parts: {
    domain: { features: members, ...(cpuFeatures === undefined ? {} : { cpu: { features: cpuFeatures } }) },
  },
});
const hyperv = (members: FeatureHyperv, cpuFeatures?: CPUFeature[]): CreationParts =>
  features({ hyperv: members }, cpuFeatures);
const on = { enabled: true };
const off = { enabled: false };
const vmx = (policy?: string): CPUFeature => ({ name: 'vmx', policy });
const at = (feature: string) => `spec.domain.features.hyperv.domain.features.hyperv.${feature}`;

testCreationSides('enlightenments and what they need', [
  {
    id: 'HYP-1',
    refuses: hyperv({ evmcs: on, vapic: off }),
    accepts: hyperv({ evmcs: on, vapic: {} }),
    reason: 'I',
    fields: [at('evmcs')],
  },
  {
    id: 'HYP-2',
    refuses: hyperv({ ipi: {} }),
    accepts: hyperv({ ipi: off }),
    reason: 'I',
    fields: [at('ipi')],
  },
  {
    id: 'HYP-3',
    refuses: hyperv({ tlbflush: on, vpindex: off }),
    accepts: hyperv({ tlbflush: on, vpindex: on }),
    reason: 'I',
    fields: [at('tlbflush')],
  },
  {
    id: 'HYP-4',
    refuses: hyperv({ synictimer: on, synic: off }),
    accepts: hyperv({ synictimer: on, synic: on }),
    reason: 'I',
    fields: [at('synictimer')],
  },
  {
    id: 'HYP-5',
    refuses: hyperv({ synic: on, vpindex: off }),
    accepts: hyperv({ synic: on, vpindex: on }),
    reason: 'I',
    fields: [at('synic')],
  },
  {
    id: 'HYP-6',
    refuses: hyperv({ evmcs: {}, vapic: on }, []),
    accepts: hyperv({ evmcs: on, vapic: on }, [{ name: 'ssse3' }]),
    reason: 'R',
    fields: ['spec.domain.cpu.features'],
  },
  {
    id: 'HYP-6',
    refuses: hyperv({ evmcs: on, vapic: on }),
    accepts: hyperv({ evmcs: off }),
    reason: 'R',
    fields: ['spec.domain.cpu.features'],
  },
  {
    id: 'HYP-7',
    refuses: hyperv({ evmcs: on, vapic: on }, [{ name: 'ssse3' }, vmx('disable'), vmx()]),
    accepts: hyperv({ evmcs: on, vapic: on }, [{ name: 'ssse3', policy: 'disable' }, vmx('require')]),
    reason: 'I',
    fields: ['spec.domain.cpu.features[1].policy', 'spec.domain.cpu.features[2].policy'],
  },
  {
    id: 'HYP-8',
    refuses: features({ hyperv: {}, hypervPassthrough: on }),
    accepts: features({ hypervPassthrough: on }),
    reason: 'I',
    fields: ['spec.domain.features.hyperv'],
  },
]);
