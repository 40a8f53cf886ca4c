import type { VirtualMachineInstance, Volume } from '@virtkit/core-types';

/** What is known of a claim that a volume names. */
export interface ClaimFacts {
  readonly uid?: string | undefined;
  readonly volumeMode: 'Block' | 'Filesystem';
  readonly accessModes: readonly string[];
}

/**
 * What a launcher Pod depends on beside its instance and the cluster's configuration: everything that has to be looked up.
 * What is absent is taken as not there.
 */
export interface LauncherFacts {
  /** Claims of the instance's namespace, by name; every claim of a volume has to be here. */
  readonly claims?: ReadonlyMap<string, ClaimFacts> | undefined;
  /** Labels of the instance's namespace. */
  readonly namespaceLabels?: Readonly<Record<string, string>> | undefined;
  /** Names of the resources that quotas of the namespace limit, for example `limits.memory`. */
  readonly quotaResources?: ReadonlySet<string> | undefined;
  /** By network of the instance: the resource that its NetworkAttachmentDefinition asks for. */
  readonly networkResources?: ReadonlyMap<string, string> | undefined;
  /** Claim with the persistent state of TPM, UEFI variables and changed blocks. */
  readonly stateClaim?: string | undefined;
}

/** The claim behind a volume: its own, that of its DataVolume, or that below an ephemeral disk. */
export function claimOf(volume: Volume): string | undefined {
  return (
    volume.persistentVolumeClaim?.claimName ??
    volume.dataVolume?.name ??
    volume.ephemeral?.persistentVolumeClaim?.claimName
  );
}

/** Volumes that are attached while the guest runs, by Pods of their own, are not the launcher's. */
export function isHotplugged(volume: Volume, { status }: VirtualMachineInstance): boolean {
  const source = volume.persistentVolumeClaim ?? volume.dataVolume ?? volume.memoryDump;
  return (
    source?.hotpluggable === true ||
    (status?.volumeStatus ?? []).some(
      ({ name, hotplugVolume }) => name === volume.name && hotplugVolume !== undefined,
    )
  );
}

/** The volumes that are the launcher's from its start, with their places in `spec.volumes`. */
export function launcherVolumes(instance: VirtualMachineInstance): { volume: Volume; index: number }[] {
  return (instance.spec.volumes ?? [])
    .map((volume, index) => ({ volume, index }))
    .filter(({ volume }) => !isHotplugged(volume, instance));
}

/** Names of the claims that have to be looked up before the Pod can be rendered. */
export function claimNames(instance: VirtualMachineInstance): string[] {
  const names = launcherVolumes(instance).map(({ volume }) => claimOf(volume));
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Names of all claims behind volumes, those that are attached later among them. */
export function allClaimNames({ spec }: VirtualMachineInstance): string[] {
  const names = (spec.volumes ?? []).map((volume) => claimOf(volume) ?? volume.memoryDump?.claimName);
  return [...new Set(names.filter((name) => name !== undefined))];
}
