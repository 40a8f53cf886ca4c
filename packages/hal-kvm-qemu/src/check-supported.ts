import { HalError, type MachineSpec } from '@virtkit/hal';

/** Refuses what a MachineSpec can say and this backend cannot do. @throws HalError `unsupported` with the field. */
export function checkSupported(spec: MachineSpec): void {
  const refuse = (field: string, what: string): never => {
    throw new HalError('unsupported', `kvm-qemu: ${what}`, { field });
  };
  if (spec.architecture !== 'x86_64')
    refuse('/architecture', `guests of ${spec.architecture} are not carried yet`);
  for (const option of Object.keys(spec.backend['kvm-qemu'] ?? {}))
    refuse(`/backend/kvm-qemu/${option}`, 'this backend has no options');
  for (const [index, nic] of spec.interfaces.entries())
    if (nic.backend.kind === 'user' && nic.backend.forwards.length > 0)
      refuse(`/interfaces/${index}/backend/forwards`, 'user-mode networking cannot forward ports');
  if (spec.watchdog?.model === 'diag288') refuse('/watchdog/model', 'diag288 exists on s390x only');
}
