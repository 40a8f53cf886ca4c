import type { VirtualMachineClone } from '@virtkit/core-types';

const targetType = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine' };

/** A new clone as it is stored (KubeVirt defaulting, clone mutation): its target is a virtual machine with a name. */
export function defaultClone(
  clone: VirtualMachineClone,
  /** Five random characters of lower-case letters and digits. */
  suffix: () => string,
): VirtualMachineClone {
  const { source, target } = clone.spec;
  if (target?.name) return clone;
  const named = { ...(target ?? targetType), name: `clone-${source.name}-${suffix()}` };
  return { ...clone, spec: { ...clone.spec, target: named } };
}
