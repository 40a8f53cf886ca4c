// Values that the export API gives a meaning to.

/** KubeVirt exports: `status.phase`; `Skipped` has nothing to export. */
export const exportPhases = ['Pending', 'Ready', 'Terminated', 'Skipped'] as const;
export type ExportPhase = (typeof exportPhases)[number];

/** KubeVirt exports: formats of a volume. */
export const exportFormats = ['raw', 'gzip', 'dir', 'tar.gz'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** KubeVirt exports: what can be read of a backup: the ranges that changed, and bytes. */
export const exportBackupEndpoints = ['map', 'data'] as const;
export type ExportBackupEndpoint = (typeof exportBackupEndpoints)[number];

/** KubeVirt exports: kinds of manifests; `oci` is not in v1beta1. */
export const exportManifests = ['all', 'auth-header-secret', 'oci'] as const;
export type ExportManifest = (typeof exportManifests)[number];
