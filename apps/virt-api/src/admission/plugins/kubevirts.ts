import type { AdmissionPlugin } from '@virtkit/apiserver';
import { applyRules, denialOf, kubeVirtRules, parseObject } from '@virtkit/admission';
import { KubeVirtSchema } from '@virtkit/core-types';

import { writesTo, type AdmissionContext } from './context.ts';

/** Checks the cluster's configuration. */
export function kubeVirtAdmission(context: AdmissionContext): AdmissionPlugin {
  return {
    name: 'kubevirt.kubevirt.io',
    matches: writesTo('kubeVirts'),
    async validate({ object, operation }) {
      const parsed = parseObject(KubeVirtSchema, object);
      if (!parsed.ok) return denialOf(parsed.findings);
      // KVC-1
      if (operation === 'CREATE' && (await context.kubeVirts()).length > 0)
        return {
          denied: { code: 400, reason: 'BadRequest', message: 'there is a KubeVirt object already' },
        };
      const { hypervisors } = context;
      return denialOf(applyRules(kubeVirtRules, { kubevirt: parsed.value, hypervisors }));
    },
  };
}
