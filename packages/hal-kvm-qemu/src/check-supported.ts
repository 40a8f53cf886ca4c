import { HalError, type MachineSpec } from '@virtkit/hal';

/** Refuses what a MachineSpec can say and this backend cannot do. @throws HalError `unsupported` with the field. */
export function checkSupported(spec: MachineSpec): void {
  const refuse = (field: string, what: string): never => {
    throw new HalError('unsupported', `kvm-qemu: ${what}`, { field });
  };
  for (const option of Object.keys(spec.backend['kvm-qemu'] ?? {}))
    refuse(`/backend/kvm-qemu/${option}`, 'this backend has no options');
  for (const [index, nic] of spec.interfaces.entries())
    if (nic.backend.kind === 'user' && nic.backend.forwards.length > 0)
      refuse(`/interfaces/${index}/backend/forwards`, 'user-mode networking cannot forward ports');
  for (const [index, { backend, queues = 1 }] of spec.interfaces.entries())
    if (backend.kind === 'passt' && queues > 1)
      refuse(`/interfaces/${index}/queues`, 'passt serves one pair of queues');
  for (const [index, { source }] of spec.disks.entries())
    if (source.kind === 'tracked') refuse(`/disks/${index}/source`, 'changed blocks are not tracked');
  const s390x = spec.architecture === 's390x';
  if (spec.watchdog !== undefined && (spec.watchdog.model === 'diag288') !== s390x)
    refuse('/watchdog/model', `a ${spec.architecture} machine has no watchdog ${spec.watchdog.model}`);
  if (s390x && spec.pci !== undefined) refuse('/pci', 's390x machines place no devices on PCI buses');
  if (spec.launchSecurity?.kind === 'secure-execution' && !s390x)
    refuse('/launchSecurity', 'Secure Execution exists on s390x only');
  const { tpm } = spec.extraDevices ?? {};
  if (tpm?.persistent === true && tpm.stateFolder === undefined)
    refuse('/extraDevices/tpm/stateFolder', 'the state of a TPM is kept only where the spec says');
}
