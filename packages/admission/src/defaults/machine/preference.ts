import type { VirtualMachine, VirtualMachinePreferenceSpec } from '@virtkit/core-types';

/**
 * What a preference decides on the virtual machine itself already (KubeVirt defaulting, early preference effects): the
 * architecture, the machine type and the storage class of its volumes, where they are open. On the caller's own copy.
 */
export function fillFromPreference(
  { spec: { template, dataVolumeTemplates = [] } }: VirtualMachine,
  { preferredArchitecture, machine, volumes }: VirtualMachinePreferenceSpec,
): void {
  const { spec } = template;
  if (spec !== undefined && preferredArchitecture) spec.architecture ||= preferredArchitecture;
  if (spec !== undefined && machine?.preferredMachineType) {
    (spec.domain.machine ??= {}).type ||= machine.preferredMachineType;
  }
  const storageClass = volumes?.preferredStorageClassName;
  if (!storageClass) return;
  for (const { spec: volume } of dataVolumeTemplates) {
    if (volume.pvc !== undefined) volume.pvc.storageClassName ??= storageClass;
    if (volume.storage !== undefined) volume.storage.storageClassName ??= storageClass;
  }
}
