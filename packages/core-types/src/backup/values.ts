// Values that the backup API gives a meaning to.

/** KubeVirt backups: `spec.mode`: written to a claim, or fetched from outside; `Push` is what an absent one means. No others are admitted. */
export const backupModes = ['Push', 'Pull'] as const;
export type BackupMode = (typeof backupModes)[number];

/** KubeVirt backups: `status.type`: all data, or what changed since the last checkpoint. */
export const backupTypes = ['Full', 'Incremental'] as const;
export type BackupType = (typeof backupTypes)[number];
