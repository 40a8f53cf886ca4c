import {
  clusterConfiguration,
  defaultInstanceSpec,
  denialOf,
  instanceFindings,
  type Verdict,
} from '@virtkit/admission';
import type { VirtualMachineInstance } from '@virtkit/core-types';

/** What a cluster with the built-in configuration would say of an instance, without asking one. */
export function judge(instance: VirtualMachineInstance): Verdict {
  const configuration = clusterConfiguration();
  const spec = defaultInstanceSpec(instance.spec, configuration);
  return denialOf(instanceFindings({ spec, root: 'spec', configuration }));
}
