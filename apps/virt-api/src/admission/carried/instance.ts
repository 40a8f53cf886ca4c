import { notSupported, type Finding } from '@virtkit/admission';
import { uncarried } from '@virtkit/machine-plan';
import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** What an instance's spec sets but nothing carries. */
export function instanceGaps(spec: VirtualMachineInstanceSpec, root: string): readonly Finding[] {
  return uncarried(spec, root).map(({ path, reason }): Finding => ({
    rule: 'VK-CARRIED',
    ...notSupported(path, reason),
  }));
}
