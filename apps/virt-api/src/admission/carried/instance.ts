import { notSupported, type Finding } from '@virtkit/admission';
import { uncarried } from '@virtkit/machine-plan';
import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** What an instance's spec sets but nothing carries; a field that a rule objects to already is not named again. */
export function instanceGaps(
  spec: VirtualMachineInstanceSpec,
  root: string,
  findings: readonly Finding[],
): Finding[] {
  const named = new Set(findings.map(({ field }) => field));
  return uncarried(spec, root)
    .filter(({ path }) => !named.has(path))
    .map(({ path, reason }): Finding => ({ rule: 'VK-CARRIED', ...notSupported(path, reason) }));
}
