import type { AdmissionPlugin } from '@virtkit/apiserver';
import {
  denialOf,
  kubeVirtCreateFindings,
  kubeVirtUpdateFindings,
  kubeVirtUpdateWarnings,
  parseObject,
  unlimitedDenialOf,
} from '@virtkit/admission';
import { KubeVirtSchema } from '@virtkit/core-types';
import { kubeVirtGaps } from '../carried/kubevirt.ts';

import { writesTo, type AdmissionContext } from './context.ts';

/** Checks the cluster's configuration. */
export function kubeVirtAdmission(context: AdmissionContext): AdmissionPlugin {
  return {
    name: 'kubevirt.kubevirt.io',
    matches: writesTo('kubeVirts'),
    async validate({ object, oldObject }) {
      const parsed = parseObject(KubeVirtSchema, object);
      if (!parsed.ok) return denialOf(parsed.findings);
      const gaps = kubeVirtGaps(parsed.value, context.hypervisors);
      const before = parseObject(KubeVirtSchema, oldObject);
      if (!before.ok) return denialOf([...kubeVirtCreateFindings(await context.kubeVirts()), ...gaps]);
      const update = { before: before.value, after: parsed.value };
      return unlimitedDenialOf([...kubeVirtUpdateFindings(update), ...gaps], kubeVirtUpdateWarnings(update));
    },
  };
}
