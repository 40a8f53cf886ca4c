import { jsonEqual, type VirtualMachineInstance } from '@virtkit/core-types';

/**
 * An instance after an update (KubeVirt defaulting, VMI mutation on update): instances have no status subresource, so what
 * anyone but KubeVirt's components writes to the status is undone without a word. Undefined when nothing is to be changed.
 */
export function restoredStatus(
  before: VirtualMachineInstance,
  after: VirtualMachineInstance,
  trusted: boolean,
): VirtualMachineInstance | undefined {
  if (trusted || jsonEqual(before.status ?? undefined, after.status ?? undefined)) return undefined;
  const { status: _written, ...rest } = after;
  return before.status === undefined ? rest : { ...rest, status: before.status };
}
